// Text to values, a column at a time: ticks a field, by type and SIMD level. Lists are those of windows (fields.h),
// decoded into the same memory again and again. Bytes are those of the fields.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/fields.h"
#include "bench/micro/levels.h"
#include "bench/micro/ticks.h"
#include "decode/column_decoder.h"

namespace {

using namespace headrace;

constexpr uint32_t kRows = ColumnText::kRows;

struct Case {
  const char* name;
  TypeKind kind;
  MakeField make;
  int percent_null = 0;
  bool telling = false;  // as the pass that infers types reads: values that tell something new are kept
  const char* pattern = nullptr;
};

// The same field so many times, then another.
MakeField InRunsOf(uint64_t length, const MakeField& make) {
  return [=, count = uint64_t{0}, text = std::string()](Random& random) mutable {
    if (count++ % length == 0) text = make(random);
    return text;
  };
}

std::vector<Case> Cases() {
  std::vector<Case> cases = {
      {"float64_milan", TypeKind::kFloat64, MilanNumber},
      {"float64_milan_half_null", TypeKind::kFloat64, MilanNumber, 48},
      {"float64_2_decimals", TypeKind::kFloat64, [](Random& r) { return Print("%.2f", Uniform(r) * 1000); }},
      {"float64_signed_6", TypeKind::kFloat64, [](Random& r) { return Print("%.6f", Uniform(r) * 200 - 100); }},
      {"float64_integers", TypeKind::kFloat64, [](Random& r) { return Print("%d", int(r() % 100000)); }},
      {"float64_exponents", TypeKind::kFloat64, [](Random& r) { return Shortest(Uniform(r) * 1e-5); }},
      {"float64_exponents_1_in_8", TypeKind::kFloat64,
       [](Random& r) { return r() % 8 == 0 ? Shortest(Uniform(r) * 1e-5) : MilanNumber(r); }},
      {"float64_exponents_short", TypeKind::kFloat64,
       [](Random& r) { return Print("%de%d", int(r() % 100), int(r() % 20)); }},
      {"float64_12_before_dot", TypeKind::kFloat64, [](Random& r) { return Print("%.2f", Uniform(r) * 1e12); }},
      {"float32_exponents", TypeKind::kFloat32, [](Random& r) { return Print("%.7e", Uniform(r)); }},
      {"float32_milan", TypeKind::kFloat32, MilanNumber},
      {"float32_7_digits", TypeKind::kFloat32, [](Random& r) { return Print("%.7g", Uniform(r)); }},
      {"int32_1_to_5", TypeKind::kInt32, [](Random& r) { return std::to_string(r() % 100000 >> r() % 14); }},
      {"int32_signed", TypeKind::kInt32, [](Random& r) { return std::to_string(int(r() % 2000000) - 1000000); }},
      {"int64_7_to_8", TypeKind::kInt64, [](Random& r) { return std::to_string(r() % 100000000); }},
      {"int64_13", TypeKind::kInt64, [](Random& r) { return std::to_string(1383260400000 + r() % 1000000); }},
      {"int64_18", TypeKind::kInt64, [](Random& r) { return std::to_string(100000000000000000 + r() % 1000000); }},
      {"timestamp_epoch_ms", TypeKind::kTimestamp,
       [](Random& r) { return std::to_string(1383260400000 + r() % 10 * 600000); }},
      {"timestamp_iso_s", TypeKind::kTimestamp, DateTime},
      {"timestamp_iso_ms", TypeKind::kTimestamp,
       [](Random& r) { return DateTime(r) + Print(".%03d", int(r() % 1000)); }},
      {"date", TypeKind::kDate, Date},
      {"time", TypeKind::kTime, [](Random& r) { return DateTime(r).substr(11); }},
      {"bool", TypeKind::kBool, [](Random& r) { return std::string(r() % 2 ? "true" : "false"); }},
      {"decimal_15_2", TypeKind::kDecimal, [](Random& r) { return Print("%.2f", Uniform(r) * 100000); }},
      {"string_ascii", TypeKind::kString, [](Random& r) { return Words(r, true); }},
      {"string_utf8", TypeKind::kString, [](Random& r) { return Words(r, false); }},
      {"all_null", TypeKind::kFloat64, MilanNumber, 100},
      {"timestamp_pattern", TypeKind::kTimestamp, DateTime, 0, false, "%Y-%m-%d %H:%M:%S"},
      {"timestamp_pattern_runs_of_4", TypeKind::kTimestamp, InRunsOf(4, DateTime), 0, false, "%Y-%m-%d %H:%M:%S"},
      {"timestamp_pattern_runs_of_20", TypeKind::kTimestamp, InRunsOf(20, DateTime), 0, false, "%Y-%m-%d %H:%M:%S"},
      {"telling_milan", TypeKind::kBinary, MilanNumber, 0, true},
      {"telling_words", TypeKind::kBinary, [](Random& r) { return Words(r, true); }, 0, true},
      {"telling_dates", TypeKind::kBinary, Date, 0, true},
  };
  return cases;
}

// Memory for a window's column.
struct Memory {
  std::vector<uint32_t> rows = std::vector<uint32_t>(kRows);
  std::vector<uint32_t> begin = std::vector<uint32_t>(kRows + FieldList::kPadding), end = begin;
  std::vector<BadValue> bad = std::vector<BadValue>(kRows);
  std::vector<uint64_t> validity = std::vector<uint64_t>(kRows / 64 + 9);
  std::vector<uint8_t> values = std::vector<uint8_t>(kRows * 16 + ColumnOut::kSlack);
  std::vector<char> bytes = std::vector<char>(kRows * ColumnText::kRecordBytes + ColumnOut::kSlack);
};

ColumnSpec SpecOf(const Case& test_case) {
  ColumnSpec spec;
  spec.type.kind = test_case.kind;
  spec.type.precision = 15;
  spec.type.scale = 2;
  spec.telling_only = test_case.telling;
  if (test_case.pattern != nullptr) {
    spec.format.time = TimeFormat::kPattern;
    spec.format.pattern = test_case.pattern;
  }
  return spec;
}

void DecodeColumn(benchmark::State& state, const Case& test_case) {
  const ColumnDecoder decoder(SpecOf(test_case));
  ColumnTexts texts(test_case.make, test_case.percent_null);
  Memory memory;
  ToldValues told;
  uint64_t bad_values = 0, bytes = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const ColumnText& text = texts.Next();
    ColumnOut out;
    out.values = memory.values.data();
    out.bytes = memory.bytes.data();
    out.validity = memory.validity.data();
    out.told = told;
    BadValueList bad{memory.bad.data(), 0};
    decoder.Decode(text.fields(), {memory.rows.data(), memory.begin.data(), memory.end.data()}, &out, &bad);
    told = out.told;
    bad_values += bad.size;
    bytes += text.bytes();
    benchmark::DoNotOptimize(out);
    benchmark::ClobberMemory();
  }
  ticks.Report("field", state.iterations() * uint64_t{kRows}, bytes);
  if (bad_values != 0) state.SkipWithError("the fields are to be values");
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const Case& test_case : Cases()) {
    RegisterRoom(std::string("Decode/") + test_case.name,
                 [=](benchmark::State& state) { DecodeColumn(state, test_case); });
  }
  return true;
}();

}  // namespace
