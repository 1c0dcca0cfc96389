#include "tune/tuner_thread.h"

#include <chrono>
#include <utility>

#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr auto kTick = std::chrono::milliseconds(50);
constexpr double kAllottedSeconds = 1;  // between looks at affinity and quota

double Now() { return static_cast<double>(SteadyNanoseconds()) * 1e-9; }

}  // namespace

TunerThread::TunerThread(const Gauges* gauges, std::vector<TunerKnob> knobs, TunerOptions options,
                         std::function<void(const Setting&)> apply)
    : gauges_(gauges), apply_(std::move(apply)), tuner_(std::move(knobs), [&] {
        options.now = Now();
        options.allotted_cpus = probe_.AllottedCpus().value_or(0);
        return std::move(options);
      }()) {
  StartThread(&thread_, [this] { Work(); });  // without one, nothing is turned
}

TunerThread::~TunerThread() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TunerThread::Note(const Verdict& verdict, bool memory_pressure) {
  std::lock_guard<std::mutex> lock(mutex_);
  verdict_ = verdict.verdict;
  saturated_ = verdict.verdict == VerdictClass::kCpuBound && verdict.sub_reason == "cores";
  memory_pressure_ = memory_pressure_ || memory_pressure;
}

std::vector<Decision> TunerThread::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto& all = tuner_.decisions();
  std::vector<Decision> news(all.begin() + static_cast<std::ptrdiff_t>(taken_), all.end());
  taken_ = all.size();
  return news;
}

// Wait a tick; false where the job has ended.
bool TunerThread::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  return !stop_.wait_for(lock, kTick, [this] { return stopped_; });
}

void TunerThread::Work() {
  double allotted = 0, asked = 0;
  while (Wait()) {
    Measurement m;
    m.now = Now();
    if (m.now - asked >= kAllottedSeconds) {
      allotted = probe_.AllottedCpus().value_or(0);
      asked = m.now;
    }
    Totals totals;
    Levels levels;
    gauges_->Read(&totals, &levels);
    m.bytes = totals.text_bytes;
    m.reads = totals.reads;
    m.units = totals.units;
    m.allotted_cpus = allotted;
    Setting setting;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      m.verdict = verdict_;
      m.saturated = saturated_;
      m.memory_pressure = std::exchange(memory_pressure_, false);
      if (!tuner_.Feed(m)) continue;
      setting = tuner_.setting();
    }
    apply_(setting);
  }
}

}  // namespace v0
}  // namespace headrace
