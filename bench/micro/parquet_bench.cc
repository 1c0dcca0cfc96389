// Decoded columns to Parquet row groups: a unit of 420,000 rows, about 32 MiB of Milan text. Bytes are those of the
// text that such values come from, so that the figures compare with the speed of the decoder.
#include <arrow/memory_pool.h>
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "sink/parquet_file.h"

namespace {

using namespace headrace;

constexpr int64_t kRows = 420'000;
DataType Type(TypeKind kind) {
  DataType type;
  type.kind = kind;
  return type;
}

constexpr int64_t kMilanTextBytes = 76;  // of a row: eight fields and seven tabs, half of the activities empty

struct MadeColumn {
  // `make(row)` gives the value of a row; `percent` in a hundred are null.
  template <class T, class MakeFn>
  static MadeColumn Of(const DataType& type, int percent, MakeFn make) {
    MadeColumn made;
    std::mt19937_64 random(7);
    made.Begin(type);
    for (int64_t row = 0; row < kRows; row++) {
      const T value = make(row);
      if (!made.Keep(row, static_cast<int>(random() % 100) >= percent)) continue;
      const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
      made.values.insert(made.values.end(), bytes, bytes + sizeof value);
    }
    return made;
  }

  template <class MakeFn>
  static MadeColumn OfTexts(MakeFn make) {
    MadeColumn made;
    made.Begin(Type(TypeKind::kString));
    std::vector<int32_t> offsets = {0};
    for (int64_t row = 0; row < kRows; row++) {
      made.Keep(row, true);
      made.bytes += make(row);
      offsets.push_back(static_cast<int32_t>(made.bytes.size()));
    }
    made.values.resize(offsets.size() * 4);
    std::memcpy(made.values.data(), offsets.data(), made.values.size());
    return made;
  }

  DecodedColumn decoded() const {
    DecodedColumn result = column;
    result.values = values.data();
    result.bytes = IsVariableWidth(column.type.kind) ? bytes.data() : nullptr;
    result.validity = validity.data();
    return result;
  }

  std::vector<uint8_t> values;
  std::string bytes;
  std::vector<uint64_t> validity;
  DecodedColumn column;

 private:
  void Begin(const DataType& type) {
    column.type = type;
    column.rows = kRows;
    validity.assign((kRows + 63) / 64, 0);
  }
  bool Keep(int64_t row, bool keep) {
    if (!keep) return false;
    validity[static_cast<size_t>(row / 64)] |= uint64_t{1} << row % 64;
    column.num_values++;
    return true;
  }
};

double RandomDouble(std::mt19937_64* random) { return static_cast<double>((*random)() >> 11) * 0x1p-53 * 10; }

void Encode(benchmark::State& state, const std::vector<MadeColumn>& made, const Options& options, int64_t text_bytes) {
  Batch batch;
  batch.rows = kRows;
  std::vector<SinkColumn> columns;
  for (size_t i = 0; i < made.size(); i++) {
    batch.columns.push_back(made[i].decoded());
    columns.push_back({"column" + std::to_string(i), made[i].column.type});
  }
  const auto layout = ParquetLayout::Make(columns, options, arrow::default_memory_pool()).ValueOrDie();
  const auto encoder = RowGroupEncoder::Make(layout).ValueOrDie();
  int64_t bytes = 0;
  for (auto _ : state) bytes = encoder->Encode(batch).ValueOrDie().bytes->size();
  state.counters["MB"] = static_cast<double>(bytes) * 1e-6;
  state.SetBytesProcessed(state.iterations() * text_bytes);
}

// Sorted by square, then by time, as the Milan files are: 144 intervals a day, about three countries in each.
void Milan(benchmark::State& state, Codec codec, ParquetCompat compat) {
  Options options;
  options.codec = codec;
  options.parquet_compat = compat;
  std::mt19937_64 random(1);
  DataType instant = Type(TypeKind::kTimestamp);
  instant.zone = "UTC";
  std::vector<MadeColumn> made;
  made.push_back(MadeColumn::Of<int32_t>(Type(TypeKind::kInt32), 0, [](int64_t row) { return 1 + row / 475; }));
  made.push_back(MadeColumn::Of<int64_t>(
      instant, 0, [](int64_t row) { return 1'383'260'400'000 + row % 475 * 10 / 33 * 600'000; }));
  made.push_back(MadeColumn::Of<int32_t>(Type(TypeKind::kInt32), 0, [&](int64_t row) {
    return row % 3 == 0 ? 39 : static_cast<int32_t>(random() % 300);
  }));
  for (int i = 0; i < 5; i++) {
    made.push_back(
        MadeColumn::Of<double>(Type(TypeKind::kFloat64), 50, [&](int64_t) { return RandomDouble(&random); }));
  }
  Encode(state, made, options, kRows * kMilanTextBytes);
}

void Column(benchmark::State& state, MadeColumn made, int64_t text_bytes) {
  std::vector<MadeColumn> columns;
  columns.push_back(std::move(made));
  Encode(state, columns, Options(), kRows * text_bytes);
}

std::mt19937_64 random_source(3);

void Integers(benchmark::State& state) {
  const auto distinct = static_cast<uint64_t>(state.range(0));
  Column(state,
         MadeColumn::Of<int64_t>(Type(TypeKind::kInt64), 0,
                                 [&](int64_t) { return static_cast<int64_t>(random_source() % distinct * 1'000'003); }),
         10);
}

void SmallIntegers(benchmark::State& state) {
  Column(state,
         MadeColumn::Of<int16_t>(Type(TypeKind::kInt16), 10,
                                 [](int64_t) { return static_cast<int16_t>(random_source() % 500); }),
         4);
}

void Bools(benchmark::State& state) {
  Column(state, MadeColumn::Of<uint8_t>(Type(TypeKind::kBool), 0, [](int64_t) { return random_source() & 1; }), 5);
}

void Prices(benchmark::State& state) {
  DataType price = Type(TypeKind::kDecimal);
  price.precision = 9;
  price.scale = 2;
  Column(state,
         MadeColumn::Of<__int128>(price, 0, [](int64_t) { return static_cast<__int128>(random_source() % 3'000'000); }),
         8);
}

void Texts(benchmark::State& state) {
  const auto distinct = static_cast<uint64_t>(state.range(0));
  Column(state, MadeColumn::OfTexts([&](int64_t) {
           const uint64_t pick = random_source() % distinct;
           return "text number " + std::to_string(pick);
         }),
         18);
}

BENCHMARK_CAPTURE(Milan, zstd_wide, Codec::kZstd, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Milan, zstd_latest, Codec::kZstd, ParquetCompat::kLatest)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Milan, lz4_wide, Codec::kLz4, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Milan, snappy_wide, Codec::kSnappy, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Milan, none_wide, Codec::kNone, ParquetCompat::kWide)->Unit(benchmark::kMillisecond);
BENCHMARK(Integers)->Arg(100)->Arg(30'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(SmallIntegers)->Unit(benchmark::kMillisecond);
BENCHMARK(Bools)->Unit(benchmark::kMillisecond);
BENCHMARK(Prices)->Unit(benchmark::kMillisecond);
BENCHMARK(Texts)->Arg(200)->Arg(30'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
