// Decoded columns to Arrow arrays, and to statistics: a unit of 420,000 rows, about 32 MiB of Milan text.
#include <arrow/memory_pool.h>
#include <benchmark/benchmark.h>

#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "sink/column_statistics.h"
#include "sink/to_arrow.h"

namespace {

using namespace headrace;

constexpr int64_t kRows = 420'000;

// A column of `kind` whose rows are null with `percent` in a hundred.
struct MadeColumn {
  MadeColumn(TypeKind kind, int percent) {
    std::mt19937_64 random(1);
    validity.assign((kRows + 63) / 64, 0);
    column.type.kind = kind;
    column.type.precision = 18;
    for (int64_t row = 0; row < kRows; ++row) {
      if (static_cast<int>(random() % 100) < percent) continue;
      validity[static_cast<size_t>(row / 64)] |= uint64_t{1} << row % 64;
      ++column.num_values;
    }
    values.resize(static_cast<size_t>(column.num_values + 9) * 16);
    if (IsVariableWidth(kind)) {
      auto* offsets = reinterpret_cast<int32_t*>(values.data());
      for (int64_t i = 0; i < column.num_values; ++i) {
        const uint64_t pick = random() % 300;
        bytes += kind == TypeKind::kDictionary ? "country " + std::to_string(pick) : std::string(pick % 24, 'x');
        offsets[i + 1] = static_cast<int32_t>(bytes.size());
      }
      column.bytes = bytes.data();
    } else if (kind == TypeKind::kBool) {
      for (uint8_t& value : values) value = random() & 1;
    } else {
      for (int64_t i = 0; i < column.num_values; ++i) {
        if (kind == TypeKind::kFloat64)
          reinterpret_cast<double*>(values.data())[i] = static_cast<double>(random()) * 1e-18;
        if (kind == TypeKind::kInt64)
          reinterpret_cast<int64_t*>(values.data())[i] = static_cast<int64_t>(random() >> 20);
      }
    }
    column.rows = kRows;
    column.values = values.data();
    column.validity = validity.data();
  }

  std::vector<uint8_t> values;
  std::string bytes;
  std::vector<uint64_t> validity;
  DecodedColumn column;
};

void ToArrow(benchmark::State& state) {
  const MadeColumn made(static_cast<TypeKind>(state.range(0)), static_cast<int>(state.range(1)));
  Batch batch;
  batch.rows = kRows;
  batch.columns.assign(5, made.column);
  std::vector<SinkColumn> columns(5, SinkColumn{"x", made.column.type});
  const auto schema = ArrowSchema(columns).ValueOrDie();
  std::shared_ptr<arrow::RecordBatch> kept;
  for (auto _ : state) {
    kept = ToRecordBatch(batch, schema, arrow::default_memory_pool()).ValueOrDie();
    benchmark::DoNotOptimize(kept);
  }
  state.SetItemsProcessed(state.iterations() * kRows * 5);
}

void Statistics(benchmark::State& state) {
  const MadeColumn made(static_cast<TypeKind>(state.range(0)), static_cast<int>(state.range(1)));
  for (auto _ : state) {
    ColumnStatistics statistics(made.column);
    benchmark::DoNotOptimize(statistics);
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}

void Cases(benchmark::internal::Benchmark* bench) {
  for (TypeKind kind : {TypeKind::kFloat64, TypeKind::kInt64, TypeKind::kFloat32, TypeKind::kInt16, TypeKind::kDecimal,
                        TypeKind::kBool, TypeKind::kString, TypeKind::kDictionary}) {
    for (int percent : {0, 50}) bench->Args({static_cast<int>(kind), percent});
  }
}

BENCHMARK(ToArrow)->Apply(Cases);
BENCHMARK(Statistics)->Apply(Cases);

}  // namespace
