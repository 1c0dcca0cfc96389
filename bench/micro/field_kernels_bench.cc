// The kernels that read a window's fields, in blocks of 64: ticks a field. `left` is the share of the fields whose
// values they leave to their plain twins; bytes are those of the fields. Other kernels are in kernels_bench.cc.
#include <benchmark/benchmark.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/fields.h"
#include "bench/micro/levels.h"
#include "bench/micro/ticks.h"
#include "simd/kernels.h"

namespace {

using namespace headrace;
using benchmark::State;

constexpr uint32_t kRows = ColumnText::kRows;

// Call read(block, first), which returns the mask of fields that are left, for the blocks of each window.
template <class Read>
void ReadBlocks(State& state, const MakeField& make, int percent_null, Read read) {
  ColumnTexts texts(make, percent_null);
  uint64_t left = 0, bytes = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const ColumnText& text = texts.Next();
    text.ForEachBlock([&](const FieldBlock& block, uint32_t first) {
      left += static_cast<uint64_t>(std::popcount(read(block, first)));
    });
    benchmark::ClobberMemory();
    bytes += text.bytes();
  }
  const uint64_t fields = state.iterations() * uint64_t{kRows};
  ticks.Report("field", fields, bytes);
  state.counters["left"] = static_cast<double>(left) / static_cast<double>(fields);
}

// What a block kernel of `T` gives goes to a window's values. Without nulls, as all that decoders hand on.
template <class T, class Kernel>
void ReadValues(State& state, const MakeField& make, Kernel kernel) {
  std::vector<T> values(kRows + 8);
  ReadBlocks(state, make, 0,
             [&](const FieldBlock& block, uint32_t first) { return kernel(block, values.data() + first); });
  benchmark::DoNotOptimize(values.data());
}

void FindPresent(State& state, FindPresentFn kernel, int percent_null) {
  std::vector<uint32_t> rows(kRows), begin(kRows), end(kRows);
  uint64_t present = 0;
  PresentLists lists;
  ReadBlocks(
      state, [](Random& random) { return Words(random, true) + "x"; }, percent_null,
      [&](const FieldBlock& block, uint32_t first) {
        if (first == 0) lists = {rows.data(), begin.data(), end.data()};
        present |= kernel(block.begin - first, block.end - first, first, block.size, &lists);
        return uint64_t{0};
      });
  benchmark::DoNotOptimize(present);
}

// A column that has told nearly all it will.
void FindTelling(State& state, FindTellingNumbersFn kernel, const MakeField& make) {
  ToldNumbers told;
  uint64_t telling = 0, all = 0;
  ReadBlocks(state, make, 0, [&](const FieldBlock& block, uint32_t) {
    const uint64_t left = kernel(block, &told, &telling);
    all |= telling;
    return left;
  });
  benchmark::DoNotOptimize(all);
}

template <class T>
void RegisterNumbers(const std::string& name, const MakeField& make) {
  RegisterKernel("ReadNumbers/" + name, &Kernels::read_numbers<T>,
                 [=](State& state, BlockKernel<T> kernel) { ReadValues<T>(state, make, kernel); });
}

// Of `bits` bits at most, of all lengths.
std::string Integer(Random& random, int bits, bool is_signed) {
  const auto value = static_cast<int64_t>((random() & ((uint64_t{1} << bits) - 1)) >> random() % 8);
  return std::to_string(is_signed && random() % 2 != 0 ? -value : value);
}

void RegisterIntegers() {
  RegisterNumbers<int8_t>("int8", [](Random& r) { return Integer(r, 7, true); });
  RegisterNumbers<int16_t>("int16", [](Random& r) { return Integer(r, 15, true); });
  RegisterNumbers<int32_t>("int32", [](Random& r) { return Integer(r, 31, true); });
  RegisterNumbers<int64_t>("int64", [](Random& r) { return Integer(r, 50, true); });
  RegisterNumbers<int64_t>("int64_13_digits", [](Random& r) { return std::to_string(1383260400000 + r() % 1000000); });
  RegisterNumbers<uint8_t>("uint8", [](Random& r) { return Integer(r, 8, false); });
  RegisterNumbers<uint16_t>("uint16", [](Random& r) { return Integer(r, 16, false); });
  RegisterNumbers<uint32_t>("uint32", [](Random& r) { return Integer(r, 32, false); });
  RegisterNumbers<uint64_t>("uint64", [](Random& r) { return Integer(r, 50, false); });
}

void RegisterFloats() {
  const auto cents = [](Random& r) { return Print("%.2f", Uniform(r) * 1000); };
  const auto exponents = [](Random& r) { return Print("%.7e", Uniform(r)); };
  RegisterNumbers<float>("float32_7_digits", [](Random& r) { return Print("%.6f", Uniform(r)); });
  RegisterNumbers<float>("float32_exponents", exponents);
  RegisterNumbers<double>("float64_milan", MilanNumber);
  RegisterNumbers<double>("float64_2_decimals", cents);
  RegisterNumbers<double>("float64_exponents", exponents);
  RegisterKernel("ReadDecimals/15_2", &Kernels::read_decimals, [=](State& state, ReadDecimalsFn kernel) {
    ReadValues<__int128>(state, cents,
                         [=](const FieldBlock& block, __int128* values) { return kernel(block, 15, 2, values); });
  });
}

void RegisterTimestamps(const std::string& name, int digits, Zulu zulu, const MakeField& make) {
  RegisterKernel("ReadTimestamps/" + name, &Kernels::read_timestamps, [=](State& state, ReadTimestampsFn kernel) {
    ReadValues<int64_t>(state, make,
                        [=](const FieldBlock& block, int64_t* values) { return kernel(block, digits, zulu, values); });
  });
}

void RegisterTimes() {
  RegisterKernel("ReadDates", &Kernels::read_dates,
                 [](State& state, ReadDatesFn kernel) { ReadValues<int32_t>(state, Date, kernel); });
  RegisterTimestamps("seconds", 0, Zulu::kNone, DateTime);
  RegisterTimestamps("milliseconds", 3, Zulu::kNone,
                     [](Random& r) { return DateTime(r) + Print(".%03d", int(r() % 1000)); });
  RegisterTimestamps("microseconds_z", 6, Zulu::kMay,
                     [](Random& r) { return DateTime(r) + Print(".%06dZ", int(r() % 1000000)); });
}

void RegisterFinds() {
  for (const int percent_null : {0, 50, 95}) {
    RegisterKernel("FindPresent/null_percent_" + std::to_string(percent_null), &Kernels::find_present,
                   [=](State& state, FindPresentFn kernel) { FindPresent(state, kernel, percent_null); });
  }
  RegisterKernel("FindTellingNumbers/milan", &Kernels::find_telling_numbers,
                 [](State& state, auto kernel) { FindTelling(state, kernel, MilanNumber); });
  RegisterKernel("FindTellingNumbers/integers", &Kernels::find_telling_numbers, [](State& state, auto kernel) {
    FindTelling(state, kernel, [](Random& r) { return Integer(r, 31, true); });
  });
}

[[maybe_unused]] const bool kRegistered = [] {
  RegisterFinds();
  RegisterIntegers();
  RegisterFloats();
  RegisterTimes();
  return true;
}();

}  // namespace
