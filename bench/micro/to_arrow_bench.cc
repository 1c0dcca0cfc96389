// Decoded columns to Arrow arrays, and to statistics: a unit of 420,000 rows, about 32 MiB of Milan text.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench/micro/kept_pool.h"
#include "bench/micro/made_columns.h"
#include "bench/micro/ticks.h"
#include "sink/column_statistics.h"
#include "sink/to_arrow.h"

namespace {

using namespace headrace;

constexpr int64_t kRows = MadeColumn::kRows;

template <class T>
MadeColumn MakeIntegers(const DataType& type, int percent) {
  std::mt19937_64 random(1);
  return MadeColumn::Of<T>(type, percent,
                           [&](int64_t) { return static_cast<T>(static_cast<int64_t>(random()) >> 20); });
}

template <class Float>
MadeColumn MakeFloats(const DataType& type, int percent) {
  std::mt19937_64 random(1);
  return MadeColumn::Of<Float>(type, percent, [&](int64_t) { return static_cast<Float>(random()) * Float(1e-18); });
}

MadeColumn MakeTexts(const DataType& type, int percent) {
  std::mt19937_64 random(1);
  return MadeColumn::OfTexts(type, percent, [&](int64_t) {
    const uint64_t pick = random() % 300;
    return type.kind == TypeKind::kDictionary ? "country " + std::to_string(pick) : std::string(pick % 24, 'x');
  });
}

// A column of `kind` whose rows are null with `percent` in a hundred.
MadeColumn Make(TypeKind kind, int percent) {
  DataType type = TypeOf(kind);
  if (kind == TypeKind::kDecimal) type.precision = 18;
  if (kind == TypeKind::kFloat64) return MakeFloats<double>(type, percent);
  if (kind == TypeKind::kFloat32) return MakeFloats<float>(type, percent);
  if (kind == TypeKind::kInt64) return MakeIntegers<int64_t>(type, percent);
  if (kind == TypeKind::kInt16) return MakeIntegers<int16_t>(type, percent);
  if (kind == TypeKind::kDecimal) return MakeIntegers<__int128>(type, percent);
  if (IsVariableWidth(kind)) return MakeTexts(type, percent);
  return MadeColumn::Of<uint8_t>(type, percent, [](int64_t row) { return row * 7 % 3 == 0; });
}

void ToArrow(benchmark::State& state, TypeKind kind, int percent) {
  const MadeColumn made = Make(kind, percent);
  Batch batch;
  batch.rows = kRows;
  batch.columns.assign(5, made.decoded());
  std::vector<SinkColumn> columns(5, SinkColumn{"x", made.column.type});
  const auto schema = ArrowSchema(columns).ValueOrDie();
  KeptPool pool;
  const auto convert = [&] {
    const auto converted = ToRecordBatch(batch, schema, &pool).ValueOrDie();
    benchmark::DoNotOptimize(converted.get());
  };
  convert();  // memory is there from here on
  const Ticks ticks(&state);
  for (auto _ : state) convert();
  ticks.Report("field", state.iterations() * kRows * 5);
}

void Statistics(benchmark::State& state, TypeKind kind, int percent) {
  const MadeColumn made = Make(kind, percent);
  const DecodedColumn column = made.decoded();
  const Ticks ticks(&state);
  for (auto _ : state) {
    ColumnStatistics statistics(column);
    benchmark::DoNotOptimize(statistics);
  }
  ticks.Report("field", state.iterations() * kRows);
}

[[maybe_unused]] const bool kRegistered = [] {
  const std::pair<const char*, TypeKind> kinds[] = {
      {"float64", TypeKind::kFloat64}, {"int64", TypeKind::kInt64},          {"float32", TypeKind::kFloat32},
      {"int16", TypeKind::kInt16},     {"decimal", TypeKind::kDecimal},      {"bool", TypeKind::kBool},
      {"string", TypeKind::kString},   {"dictionary", TypeKind::kDictionary}};
  for (const auto& [type, kind] : kinds) {
    for (const int percent : {0, 50}) {
      const std::string name = std::string(type) + "/null_percent_" + std::to_string(percent);
      benchmark::RegisterBenchmark(("ToArrow/" + name).c_str(), ToArrow, kind, percent);
      benchmark::RegisterBenchmark(("Statistics/" + name).c_str(), Statistics, kind, percent);
    }
  }
  return true;
}();

}  // namespace
