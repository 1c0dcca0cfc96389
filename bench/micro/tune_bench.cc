// What looking at a run takes of it: a worker's clock, one look at /proc and cgroups, one sample with its verdict, and
// the tuner's part in each measurement.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "bench/micro/ticks.h"
#include "os/thread_number.h"
#include "tune/sampler.h"
#include "tune/test_plant.h"
#include "tune/tuner.h"

namespace {

using namespace headrace;

void EnterStage(benchmark::State& state) {
  WorkerGauge gauge;
  gauge.Start();
  bool reads = false;
  const Ticks ticks(&state);
  for (auto _ : state) gauge.Enter((reads = !reads) ? Stage::kReading : Stage::kWaitClaim);
  ticks.Report("stage", state.iterations());
}

void ReadProbe(benchmark::State& state) {
  Probe probe;
  Totals totals;
  Levels levels;
  const std::vector<int64_t> workers = {ThreadNumber()};
  const Ticks ticks(&state);
  for (auto _ : state) probe.Read(workers, 0, &totals, &levels);
  ticks.Report("look", state.iterations());
  if (!totals.cpu_seconds) state.SkipWithError("the process is to have taken CPU time");
}

void TakeSample(benchmark::State& state) {
  Gauges gauges(2);
  for (size_t i = 0; i < gauges.workers(); i++) gauges.worker(i)->Start();
  uint64_t samples = 0;
  Sampler sampler(&gauges, SamplerOptions(), [&](const Sample&) { samples++; });
  const Ticks ticks(&state);
  for (auto _ : state) sampler.Take();
  ticks.Report("sample", samples);
}

Tuner MakeTuner(double cpus) {
  TunerOptions options;
  options.allotted_cpus = cpus;
  options.fits = [](const Setting&) { return true; };
  return Tuner({{"workers", 16, 1, 18, true}, {"chunk", kPlantMiB, kPlantMiB / 4, 32 * kPlantMiB, false}}, options);
}

// A search to its end on a made-up machine of 16 cores, recorded first: the same measurements lead to the same trials.
void SearchSettings(benchmark::State& state) {
  Plant plant(1, 16);
  std::vector<Measurement> measurements;
  Tuner recorded = MakeTuner(plant.allotted());
  while (!recorded.converged() && measurements.size() < 10'000) {
    plant.Pass(recorded.setting());
    measurements.push_back(plant.Look());
    recorded.Feed(measurements.back());
  }
  const Ticks ticks(&state);
  for (auto _ : state) {
    Tuner tuner = MakeTuner(plant.allotted());
    for (const Measurement& measurement : measurements) tuner.Feed(measurement);
    benchmark::DoNotOptimize(tuner.best());
  }
  ticks.Report("measurement", state.iterations() * measurements.size());
  state.counters["trials"] = static_cast<double>(recorded.trials());
}

BENCHMARK(EnterStage);
BENCHMARK(ReadProbe)->Unit(benchmark::kMicrosecond);
BENCHMARK(TakeSample)->Unit(benchmark::kMicrosecond);
BENCHMARK(SearchSettings)->Unit(benchmark::kMicrosecond);

}  // namespace
