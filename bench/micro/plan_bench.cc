// Inputs to units: ticks a file of 1,000 files that are joined, and a unit of one large file that is cut. Resolving
// expands a folder and asks the file system for each file's size and time.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/folder.h"
#include "bench/micro/ticks.h"
#include "plan/inputs.h"
#include "plan/units.h"

namespace {

using namespace headrace;

constexpr int64_t kMiB = 1 << 20;
constexpr int64_t kUnitBytes = 32 * kMiB;
constexpr uint64_t kFiles = 1000;

void PlanFiles(benchmark::State& state) {
  std::vector<InputFacts> files(kFiles);
  for (size_t i = 0; i < kFiles; i++) files[i].facts.size = static_cast<int64_t>(i % 9) * kMiB;
  size_t units = 0;
  const Ticks ticks(&state);
  for (auto _ : state) units += PlanUnits(files, kUnitBytes, true).size();
  ticks.Report("file", state.iterations() * kFiles);
  if (units == 0) state.SkipWithError("there are to be units");
}

void PlanLargeFile(benchmark::State& state) {
  std::vector<InputFacts> files(1);
  files[0].facts.size = 100'000 * kMiB;
  size_t units = 0;
  const Ticks ticks(&state);
  for (auto _ : state) units += PlanUnits(files, kUnitBytes, true).size();
  ticks.Report("unit", units);
}

void ResolveFolder(benchmark::State& state) {
  const BenchFolder folder;
  for (size_t i = 0; i < kFiles; i++) folder.Write("file" + std::to_string(i) + ".csv", "1,2\n");
  size_t files = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    files += ResolveInputs({folder.path()}, Options(), nullptr, arrow::StopToken::Unstoppable()).ValueOrDie().size();
  }
  ticks.Report("file", files);
  if (files != state.iterations() * kFiles) state.SkipWithError("every file is to be found");
}

BENCHMARK(PlanFiles);
BENCHMARK(PlanLargeFile);
BENCHMARK(ResolveFolder)->Unit(benchmark::kMillisecond);

}  // namespace
