// Decoded columns to the record batch message of an Arrow IPC file: a unit of 420,000 rows, about 32 MiB of Milan text,
// whose bytes are told.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "bench/micro/folder.h"
#include "bench/micro/kept_pool.h"
#include "bench/micro/made_columns.h"
#include "bench/micro/ticks.h"
#include "sink/ipc_sink.h"

namespace {

using namespace headrace;

void EncodeIpc(benchmark::State& state, Codec codec) {
  const BenchFolder folder;
  Options options;
  options.codec = codec;
  options.output_path = folder.Path("out.arrow");
  KeptPool pool;
  const MadeBatch made = MakeMilanBatch();
  const auto sink = MakeIpcFileSink(made.columns, options, false, &pool).ValueOrDie();
  const auto encoder = sink->MakeEncoder().ValueOrDie();
  int64_t bytes = encoder->Encode(made.batch, UnitId()).ValueOrDie()->memory_bytes;  // memory is there from here on
  const Ticks ticks(&state);
  for (auto _ : state) bytes = encoder->Encode(made.batch, UnitId()).ValueOrDie()->memory_bytes;
  ticks.Report("field", state.iterations() * made.fields(), state.iterations() * made.batch.rows * kMilanTextBytes);
  state.counters["MB"] = static_cast<double>(bytes) * 1e-6;
}

BENCHMARK_CAPTURE(EncodeIpc, none, Codec::kNone)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(EncodeIpc, lz4, Codec::kLz4)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(EncodeIpc, zstd, Codec::kZstd)->Unit(benchmark::kMillisecond);

}  // namespace
