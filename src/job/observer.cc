#include "job/observer.h"

#include <algorithm>

#include "tune/samples.h"

namespace headrace {
inline namespace v0 {
namespace {

bool AreSame(const Verdict& a, const Verdict& b) { return a.verdict == b.verdict && a.sub_reason == b.sub_reason; }

}  // namespace

RunObserver::RunObserver(const JobState& job, const SettledJob& settled, const RunContext& context)
    : context_(context), facts_(settled.facts) {
  if (!context.sample && !context.observes) return;
  samples_.interval = context.sample_interval;
  SamplerOptions options;
  options.interval = context.sample_interval;
  options.facts = facts_;
  sampler_ = std::make_unique<Sampler>(job.gauges.get(), std::move(options),
                                       [this](const Sample& sample) { Receive(sample); });
  sampler_->Start();
}

RunObserver::~RunObserver() {
  if (sampler_) sampler_->Finish();
}

void RunObserver::Receive(const Sample& sample) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    AddSample(sample, &samples_);
    newest_ = sample;
    const auto seen =
        std::find_if(seen_.begin(), seen_.end(), [&](const auto& one) { return AreSame(one.first, sample.verdict); });
    if (seen == seen_.end()) {
      seen_.emplace_back(sample.verdict, sample.interval);
    } else {
      seen->second += sample.interval;
    }
  }
  if (context_.sample) context_.sample(sample);
}

// Judge the whole run of the pipeline. The more of its intervals agree, the surer is the verdict.
void RunObserver::TakeWhole() {
  sampler_->Take();
  std::lock_guard<std::mutex> lock(mutex_);
  Verdict whole = Judge(newest_.totals, newest_.levels, newest_.seconds, facts_);
  double agree = 0, all = 0;
  for (const auto& [verdict, seconds] : seen_) {
    all += seconds;
    if (AreSame(verdict, whole)) agree += seconds;
  }
  if (samples_.samples > 1 && all > 0) whole.confidence *= 0.5 + 0.5 * agree / all;
  whole_ = std::move(whole);
  samples_.cpu_percent = CpuPercent(newest_.totals, newest_.levels, newest_.seconds);
  samples_.memory_percent = MemoryPercent(newest_.levels);
  samples_.io_wait_percent = IoWaitPercent(newest_.totals);
}

void RunObserver::Watch(Pipeline* pipeline) {
  if (sampler_) pipeline->set_before_end([this] { TakeWhole(); });
}

void RunObserver::Finish(Report* report) {
  if (!sampler_) return;
  sampler_->Finish();
  sampler_.reset();
  report->samples = samples_;
  report->verdict = whole_;
}

}  // namespace v0
}  // namespace headrace
