#pragma once
// Looks at a run for whoever asked: samples to the caller, and what the report says of them.
// Takes: the gauges of a job. Gives: samples, the report's `samples` and `verdict`. Owns: the sampler.
// Threads: made and ended by the thread that runs the job. Fails: never.
#include <memory>
#include <mutex>

#include "headrace/ingest.h"
#include "job/settle.h"
#include "pipeline/carrier.h"
#include "pipeline/pipeline.h"
#include "tune/sampler.h"
#include "tune/tuner_thread.h"

namespace headrace {
inline namespace v0 {

class RunObserver {
 public:
  /// Begin to look, where `context` or the tuner asks for it.
  RunObserver(const JobState& job, const SettledJob& settled, const RunContext& context);
  ~RunObserver();  ///< the last sample is given also where the run fails

  /// Tune the pipeline, where the job is tuned; look once more while its threads are still there.
  void Watch(Pipeline* pipeline);

  /// Give the last sample, and tell the report.
  void Finish(Report* report);

 private:
  void SaveFound() const;
  void Receive(const Sample& sample);
  void TakeWhole();
  void Tune(Pipeline* pipeline);

  const JobState& job_;
  const SettledJob& settled_;
  const RunContext& context_;
  const JobFacts facts_;
  std::unique_ptr<TunerThread> tuner_;
  std::unique_ptr<Sampler> sampler_;

  std::mutex mutex_;
  // All below is guarded by mutex_.
  SamplesReport samples_;
  std::vector<Decision> decisions_;
  Sample newest_;
  std::vector<std::pair<Verdict, double>> seen_;  // verdicts, and how long each held
  std::optional<Verdict> whole_;                  // of the pipeline's run
};

}  // namespace v0
}  // namespace headrace
