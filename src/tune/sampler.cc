#include "tune/sampler.h"

#include <chrono>

#include "os/start_thread.h"
#include "os/thread_number.h"
#include "tune/samples.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kLeastInterval = 1e-3;  // a sample right behind another has no time to judge

double SteadyNow() { return static_cast<double>(SteadyNanoseconds()) * 1e-9; }

double WallTime() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

SamplerOptions Completed(SamplerOptions options) {
  if (!options.now) options.now = SteadyNow;
  if (!options.wall_time) options.wall_time = WallTime;
  return options;
}

}  // namespace

Sampler::Sampler(const Gauges* gauges, SamplerOptions options, Receiver receiver)
    : gauges_(gauges),
      options_(Completed(std::move(options))),
      receiver_(std::move(receiver)),
      probe_(options_.root, options_.cpu_seconds),
      began_(options_.now()) {
  Levels levels;
  probe_.Read(gauges_->Threads(), 0, &base_, &levels);
  gauges_->Read(&base_, &levels);
}

Sampler::~Sampler() { Join(); }

void Sampler::Start() {
  StartThread(&thread_, [this] { Work(); });  // without one, there is the last sample alone
}

void Sampler::Work() {
  thread_number_ = ThreadNumber();
  const auto interval = std::chrono::duration<double>(options_.interval);
  auto next = std::chrono::steady_clock::now();
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_) {
    next += std::chrono::duration_cast<std::chrono::steady_clock::duration>(interval);
    if (stop_.wait_until(lock, next, [this] { return stopped_; })) return;
    lock.unlock();
    TakeOne(/*is_last=*/false);
    lock.lock();
  }
}

void Sampler::TakeOne(bool is_last) {
  std::lock_guard<std::mutex> lock(taking_);
  Sample sample;
  sample.seconds = options_.now() - began_;
  sample.interval = sample.seconds - before_seconds_;
  sample.timestamp = options_.wall_time();
  sample.is_last = is_last;
  Totals now;
  probe_.Read(gauges_->Threads(), thread_number_, &now, &sample.levels);
  gauges_->Read(&now, &sample.levels);
  if (sample.levels.busiest_helper && sample.interval > 0) *sample.levels.busiest_helper /= sample.interval;
  sample.totals = Since(base_, now);
  sample.change = Since(before_, sample.totals);
  if (before_seconds_ == 0) sample.change = sample.totals;
  sample.verdict = sample.interval < kLeastInterval
                       ? verdict_.held()
                       : verdict_.Next(Judge(sample.change, sample.levels, sample.interval, options_.facts));
  before_ = sample.totals;
  before_seconds_ = sample.seconds;
  receiver_(sample);
}

void Sampler::Take() { TakeOne(/*is_last=*/false); }

void Sampler::Join() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sampler::Finish() {
  Join();
  TakeOne(/*is_last=*/true);
}

}  // namespace v0
}  // namespace headrace
