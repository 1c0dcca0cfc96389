// From a job as it was asked for to one that can run: inputs resolved, options checked, the machine looked at, every
// knob set, units planned. Nothing is read of the files, of which there are one or 1,000, in memory.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "bench/micro/folder.h"
#include "bench/micro/texts.h"
#include "bench/micro/ticks.h"
#include "job/settle.h"

namespace {

using namespace headrace;

void SettleJob(benchmark::State& state) {
  const BenchFolder folder;
  for (int64_t i = 0; i < state.range(0); i++) {
    folder.Write("milan" + std::to_string(i) + ".txt", "1\t1383260400000\t0\t0.1\t\t\t\t\n");
  }
  Job job;
  job.inputs = {folder.path()};
  job.options.dialect.delimiter = "\t";
  job.options.schema = MilanSchema();
  size_t files = 0;
  const Ticks ticks(&state);
  for (auto _ : state) files += Settle(job, arrow::StopToken::Unstoppable()).ValueOrDie().files.size();
  ticks.Report("file", files);
}

BENCHMARK(SettleJob)->Arg(1)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
