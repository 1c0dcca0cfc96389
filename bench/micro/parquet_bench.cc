// Decoded columns to Parquet row groups: a unit of 420,000 rows, about 32 MiB of Milan text. Bytes are those of the
// text that such values come from, so that the figures compare with the speed of the decoder.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bench/micro/kept_pool.h"
#include "bench/micro/made_columns.h"
#include "bench/micro/ticks.h"
#include "sink/parquet_file.h"

namespace {

using namespace headrace;

constexpr int64_t kRows = MadeColumn::kRows;

void Encode(benchmark::State& state, const MadeBatch& made, const Options& options, int64_t text_bytes_of_row) {
  KeptPool pool;
  const auto layout = ParquetLayout::Make(made.columns, options, &pool).ValueOrDie();
  const auto encoder = RowGroupEncoder::Make(layout).ValueOrDie();
  int64_t bytes = encoder->Encode(made.batch).ValueOrDie().bytes->size();  // memory is there from here on
  const Ticks ticks(&state);
  for (auto _ : state) bytes = encoder->Encode(made.batch).ValueOrDie().bytes->size();
  ticks.Report("field", state.iterations() * made.fields(), state.iterations() * kRows * text_bytes_of_row);
  state.counters["MB"] = static_cast<double>(bytes) * 1e-6;
}

void ParquetMilan(benchmark::State& state, Codec codec, ParquetCompat compat) {
  Options options;
  options.codec = codec;
  options.parquet_compat = compat;
  Encode(state, MakeMilanBatch(), options, kMilanTextBytes);
}

void Column(benchmark::State& state, MadeColumn made, int64_t text_bytes) {
  std::vector<MadeColumn> columns;
  columns.push_back(std::move(made));
  Encode(state, MadeBatch(std::move(columns)), Options(), text_bytes);
}

std::mt19937_64 random_source(3);

void ParquetIntegers(benchmark::State& state) {
  const auto distinct = static_cast<uint64_t>(state.range(0));
  Column(state,
         MadeColumn::Of<int64_t>(TypeOf(TypeKind::kInt64), 0,
                                 [&](int64_t) { return static_cast<int64_t>(random_source() % distinct * 1'000'003); }),
         10);
}

void ParquetSmallIntegers(benchmark::State& state) {
  Column(state,
         MadeColumn::Of<int16_t>(TypeOf(TypeKind::kInt16), 10,
                                 [](int64_t) { return static_cast<int16_t>(random_source() % 500); }),
         4);
}

void ParquetBools(benchmark::State& state) {
  Column(state, MadeColumn::Of<uint8_t>(TypeOf(TypeKind::kBool), 0, [](int64_t) { return random_source() & 1; }), 5);
}

void ParquetPrices(benchmark::State& state) {
  DataType price = TypeOf(TypeKind::kDecimal);
  price.precision = 9;
  price.scale = 2;
  Column(state,
         MadeColumn::Of<__int128>(price, 0, [](int64_t) { return static_cast<__int128>(random_source() % 3'000'000); }),
         8);
}

void ParquetTexts(benchmark::State& state) {
  const auto distinct = static_cast<uint64_t>(state.range(0));
  Column(state,
         MadeColumn::OfTexts(TypeOf(TypeKind::kString), 0,
                             [&](int64_t) {
                               const uint64_t pick = random_source() % distinct;
                               return "text number " + std::to_string(pick);
                             }),
         18);
}

BENCHMARK_CAPTURE(ParquetMilan, zstd_wide, Codec::kZstd, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ParquetMilan, zstd_latest, Codec::kZstd, ParquetCompat::kLatest)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ParquetMilan, lz4_wide, Codec::kLz4, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ParquetMilan, snappy_wide, Codec::kSnappy, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ParquetMilan, none_wide, Codec::kNone, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK(ParquetIntegers)->Arg(100)->Arg(30'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(ParquetSmallIntegers)->Unit(benchmark::kMillisecond);
BENCHMARK(ParquetBools)->Unit(benchmark::kMillisecond);
BENCHMARK(ParquetPrices)->Unit(benchmark::kMillisecond);
BENCHMARK(ParquetTexts)->Arg(200)->Arg(30'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
