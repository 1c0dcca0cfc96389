// Whole scans through the public entry, with one worker: a file of 8 MiB in memory, from opening it to the statistics
// of its columns. Bytes are those of the file.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "bench/micro/folder.h"
#include "bench/micro/texts.h"
#include "bench/micro/ticks.h"
#include "headrace/ingest.h"

namespace {

using namespace headrace;

void Scan(benchmark::State& state, const TextShape& shape, const std::string& columns) {
  const BenchFolder folder;
  const std::string text = shape.Make(8 << 20, 1);
  Job job;
  job.inputs = {folder.Write("file", text)};
  job.options.dialect.delimiter = std::string(1, shape.delimiter);
  job.options.schema = columns.empty() ? MilanSchema() : ParseColumns(columns).ValueOrDie();
  job.config.workers.value = 1;
  job.config.tunes = false;
  uint64_t rows = 0;
  const Ticks ticks(&state);
  for (auto _ : state) rows += static_cast<uint64_t>(Ingest(job).ValueOrDie().rows_written);
  ticks.Report("field", rows * TextShape::kColumns, state.iterations() * text.size());
}

const char* const kStrings = "a:string,b:string,c:string,d:string,e:string,f:string,g:string,h:string";

BENCHMARK_CAPTURE(Scan, milan, kMilanShape, "")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(Scan, quoted_doubled_strings, kDoubledShape, kStrings)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
