#include "job/observer.h"

#include <algorithm>
#include <string>

#include "tune/samples.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kLeastChunk = 256 << 10, kMostChunk = 32 << 20;
constexpr double kFullMemory = 0.95;  // of the memory limit

bool AreSame(const Verdict& a, const Verdict& b) { return a.verdict == b.verdict && a.sub_reason == b.sub_reason; }

bool IsTuned(const SettledJob& settled) {
  const Config& config = settled.config;
  const bool tunes_workers = config.tunes && config.workers.origin != Origin::kUser && settled.max_workers > 1;
  return tunes_workers || settled.tunes_chunk;
}

// What an earlier setting says in a report, where a decision came behind it.
void Correct(const std::vector<Decision>& decisions, std::vector<KnobReport>* config) {
  for (const Decision& decision : decisions) {
    for (KnobReport& knob : *config) {
      if (knob.name != decision.knob) continue;
      knob.value = decision.to;
      knob.origin = OriginName(Origin::kTuned);
      knob.reason = decision.evidence;
    }
  }
}

}  // namespace

RunObserver::RunObserver(const JobState& job, const SettledJob& settled, const RunContext& context)
    : job_(job), settled_(settled), context_(context), facts_(settled.facts) {
  if (!context.sample && !context.observes && !IsTuned(settled)) return;
  samples_.interval = context.sample_interval;
  SamplerOptions options;
  options.interval = context.sample_interval;
  options.facts = facts_;
  sampler_ = std::make_unique<Sampler>(job.gauges.get(), std::move(options),
                                       [this](const Sample& sample) { Receive(sample); });
  if (!IsTuned(settled)) sampler_->Start();  // else when there is a tuner
}

RunObserver::~RunObserver() {
  if (sampler_) sampler_->Finish();
}

void RunObserver::Receive(const Sample& looked) {
  Sample sample = looked;
  if (tuner_) {
    const double limit = static_cast<double>(settled_.config.memory_limit_bytes.value);
    const double rss = static_cast<double>(sample.levels.rss_bytes.value_or(0));
    tuner_->Note(sample.verdict, rss > kFullMemory * limit);
    for (Decision& decision : tuner_->Take()) {
      if (context_.decision) context_.decision(decision);
      std::lock_guard<std::mutex> lock(mutex_);
      decisions_.push_back(std::move(decision));
    }
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    sample.decisions = static_cast<int64_t>(decisions_.size());
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
  Levels levels = newest_.levels;
  levels.busiest_helper.reset();  // that is of the last interval
  Verdict whole = Judge(newest_.totals, levels, newest_.seconds, facts_);
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
  if (!sampler_) return;
  pipeline->set_before_end([this] { TakeWhole(); });
  if (IsTuned(settled_)) Tune(pipeline);
}

void RunObserver::Tune(Pipeline* pipeline) {
  const Config& config = settled_.config;
  TunerKnob workers{"workers", config.workers.value, 1, settled_.max_workers, true};
  if (config.workers.origin == Origin::kUser) workers.least = workers.most = workers.value;
  TunerKnob chunk{"chunk", config.chunk_bytes.value, kLeastChunk, kMostChunk, false};
  if (!settled_.tunes_chunk) chunk.least = chunk.most = chunk.value;
  TunerOptions options;
  options.fits = [fits = settled_.fits](const Setting& setting) { return fits(setting[0], setting[1]); };
  auto tuner = std::make_unique<TunerThread>(job_.gauges.get(), std::vector<TunerKnob>{workers, chunk},
                                             std::move(options), [pipeline](const Setting& setting) {
                                               pipeline->SetWorkers(setting[0]);
                                               pipeline->SetChunkBytes(setting[1]);
                                             });
  tuner_ = std::move(tuner);
  sampler_->Start();
}

// Of each knob what trials have shown, and no more: what the user set, or a quota or memory forced, is not best for
// later runs.
void RunObserver::SaveFound() const {
  SavedSetting found = settled_.saved.value_or(SavedSetting());
  const SavedSetting before = found;
  for (const Decision& decision : decisions_) {
    if (!decision.by_trials) continue;
    (decision.knob == "workers" ? found.workers : found.chunk_bytes) = std::stoll(decision.to);
  }
  if (found != before) SaveSetting(SavedSettingsPath(), SettingKey(settled_), found);
}

void RunObserver::Finish(Report* report) {
  if (!sampler_) return;
  sampler_->Finish();
  sampler_.reset();
  if (tuner_) SaveFound();
  tuner_.reset();
  report->decisions = decisions_;
  Correct(decisions_, &report->config);
  report->samples = samples_;
  report->verdict = whole_;
}

}  // namespace v0
}  // namespace headrace
