// Sample data: the rows of the Milan generator, about 1 MiB at a time.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "bench/micro/ticks.h"
#include "gen/milan_rows.h"

namespace {

using namespace headrace;

void WriteMilanRows(benchmark::State& state) {
  constexpr int64_t kRows = 16'000;
  const gen::RowTables tables(65);
  gen::RowWriter writer(tables);
  std::vector<int> squares(31);
  std::iota(squares.begin(), squares.end(), 4000);
  std::vector<char> text(kRows * gen::kMaxRowBytes + gen::kSlackBytes);
  uint64_t bytes = 0, key = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const gen::ChunkPlan plan{1, key++, 1'383'260'400'000, 144, squares, kRows};
    bytes += static_cast<uint64_t>(writer.Write(plan, text.data()) - text.data());
    benchmark::ClobberMemory();
  }
  ticks.Report("row", state.iterations() * kRows, bytes);
}

BENCHMARK(WriteMilanRows)->Unit(benchmark::kMillisecond);

}  // namespace
