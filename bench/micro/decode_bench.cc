// Text to values, a column at a time: nanoseconds a field, by type and SIMD level. The list is a window's: 250 rows
// whose fields stand in records of 65 bytes (16 KiB of text, in L1 or L2), decoded into the same memory again and
// again.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "decode/column_decoder.h"
#include "decode/test_numbers.h"
#include "simd/level.h"

namespace {

using namespace headrace;

constexpr uint32_t kRows = 250;
constexpr size_t kRecordBytes = 65, kWindows = 16;

using MakeField = std::function<std::string(Random&)>;

// The shortest text that gives the double back, as the Milan files have it: 16 to 18 digits.
std::string Shortest(double value) {
  for (int digits = 15; digits < 17; digits++) {
    const std::string text = Print("%.*g", digits, value);
    if (std::stod(text) == value) return text;
  }
  return Print("%.17g", value);
}

struct Case {
  const char* name;
  TypeKind kind;
  MakeField make;
  int percent_null = 0;
  TimeUnit unit = TimeUnit::kMilli;
};

std::string Milan(Random& random) {
  const double scale[] = {0.1, 1, 10, 100};
  double value;
  do value = Uniform(random) * scale[random() % 4];
  while (value < 1e-4);
  return Shortest(value);
}

std::string Date(Random& random) {
  return Print("20%02d-%02d-%02d", int(random() % 30), int(1 + random() % 12), int(1 + random() % 28));
}

std::string DateTime(Random& random) {
  return Date(random) + Print(" %02d:%02d:%02d", int(random() % 24), int(random() % 60), int(random() % 60));
}

std::string Words(Random& random, bool ascii) {
  std::string text;
  for (uint64_t i = random() % 20; i > 0; i--) text += ascii || i % 5 != 0 ? "x" : "\xC3\xA9";
  return text;
}

// The same field so many times, then another.
MakeField InRunsOf(uint64_t length, const MakeField& make) {
  return [=, count = uint64_t{0}, text = std::string()](Random& random) mutable {
    if (count++ % length == 0) text = make(random);
    return text;
  };
}

std::vector<Case> Cases() {
  std::vector<Case> cases = {
      {"float64_milan", TypeKind::kFloat64, Milan},
      {"float64_milan_half_null", TypeKind::kFloat64, Milan, 48},
      {"float64_2_decimals", TypeKind::kFloat64, [](Random& r) { return Print("%.2f", Uniform(r) * 1000); }},
      {"float64_signed_6", TypeKind::kFloat64, [](Random& r) { return Print("%.6f", Uniform(r) * 200 - 100); }},
      {"float64_integers", TypeKind::kFloat64, [](Random& r) { return Print("%d", int(r() % 100000)); }},
      {"float64_exponents", TypeKind::kFloat64, [](Random& r) { return Shortest(Uniform(r) * 1e-5); }},
      {"float64_exponents_1_in_8", TypeKind::kFloat64,
       [](Random& r) { return r() % 8 == 0 ? Shortest(Uniform(r) * 1e-5) : Milan(r); }},
      {"float64_exponents_short", TypeKind::kFloat64,
       [](Random& r) { return Print("%de%d", int(r() % 100), int(r() % 20)); }},
      {"float64_12_before_dot", TypeKind::kFloat64, [](Random& r) { return Print("%.2f", Uniform(r) * 1e12); }},
      {"float32_exponents", TypeKind::kFloat32, [](Random& r) { return Print("%.7e", Uniform(r)); }},
      {"float32_milan", TypeKind::kFloat32, Milan},
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
      {"all_null", TypeKind::kFloat64, Milan, 100},
      {"timestamp_iso_s_runs_of_20", TypeKind::kTimestamp, InRunsOf(20, DateTime)},
      {"timestamp_epoch_ms_runs_of_20", TypeKind::kTimestamp,
       InRunsOf(20, [](Random& r) { return std::to_string(1383260400000 + r() % 10 * 600000); })},
      {"date_runs_of_20", TypeKind::kDate, InRunsOf(20, Date)},
      {"int32_runs_of_100", TypeKind::kInt32, InRunsOf(100, [](Random& r) { return std::to_string(r() % 10000); })},
      {"float64_2_decimals_runs_of_20", TypeKind::kFloat64,
       InRunsOf(20, [](Random& r) { return Print("%.2f", Uniform(r) * 1000); })},
      {"int32_of_two", TypeKind::kInt32, [](Random& r) { return std::to_string(r() % 2); }},
      {"date_of_two", TypeKind::kDate, [](Random& r) { return std::string(r() % 2 ? "2013-11-01" : "2013-11-02"); }},
  };
  return cases;
}

// One window of text and memory for its column.
struct Window {
  Window(const Case& test_case, uint64_t seed)
      : text(kTextPadding, ' '),
        rows(kRows),
        present_begin(kRows + FieldList::kPadding),
        present_end(kRows + FieldList::kPadding),
        bad(kRows),
        validity(kRows / 64 + 9) {
    Random random(seed);
    for (uint32_t row = 0; row < kRows; row++) {
      const size_t from = text.size();
      begin.push_back(static_cast<uint32_t>(from));
      if (static_cast<int>(random() % 100) >= test_case.percent_null) text += test_case.make(random);
      end.push_back(static_cast<uint32_t>(text.size()));
      field_bytes += text.size() - from;
      text += '\t';
      text.resize(std::max(text.size(), from + kRecordBytes), 'x');
    }
    text.append(kTextPadding, ' ');
    for (std::vector<uint32_t>* list : {&begin, &end}) {
      list->resize(kRows + FieldList::kPadding);
      PadList(list->data(), kRows);
    }
    values.resize(kRows * 16 + 128);
    bytes.resize(kRows * kRecordBytes);
    fields.text = text.data();
    fields.begin = begin.data();
    fields.end = end.data();
    fields.size = kRows;
    fields.utf8 = true;
    for (const char c : text) fields.utf8 &= static_cast<unsigned char>(c) < 0x80;
  }
  std::string text;
  std::vector<uint32_t> begin, end, rows, present_begin, present_end;
  std::vector<BadValue> bad;
  std::vector<uint64_t> validity;
  std::vector<uint8_t> values;
  std::vector<char> bytes;
  size_t field_bytes = 0;
  FieldList fields;
};

void DecodeColumn(benchmark::State& state, const Case& test_case, SimdLevel level) {
  ForceSimdLevelForTesting(level);
  ColumnSpec spec;
  spec.type.kind = test_case.kind;
  spec.type.unit = test_case.unit;
  spec.type.precision = 15;
  spec.type.scale = 2;
  const ColumnDecoder decoder(spec);
  std::vector<std::unique_ptr<Window>> windows;
  size_t field_bytes = 0;
  for (uint64_t seed = 0; seed < kWindows; seed++) {
    windows.push_back(std::make_unique<Window>(test_case, seed));
    field_bytes += windows.back()->field_bytes;
  }
  uint64_t bad_values = 0;
  size_t turn = 0;
  for (auto _ : state) {
    Window& memory = *windows[0];
    const FieldList& fields = windows[turn++ % kWindows]->fields;
    ColumnOut out;
    out.values = memory.values.data();
    out.bytes = memory.bytes.data();
    out.validity = memory.validity.data();
    BadValueList bad{memory.bad.data(), 0};
    decoder.Decode(fields, {memory.rows.data(), memory.present_begin.data(), memory.present_end.data()}, &out, &bad);
    bad_values += bad.size;
    benchmark::DoNotOptimize(out);
    benchmark::ClobberMemory();
  }
  if (bad_values != 0) state.SkipWithError("the fields are to be values");
  const auto num_fields = static_cast<double>(state.iterations()) * kRows;
  state.counters["s/field"] = benchmark::Counter(num_fields, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * field_bytes / kWindows));
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const Case& test_case : Cases()) {
    for (const SimdLevel level : SimdLevels()) {
      const std::string name = std::string("Decode/") + test_case.name + "/" + std::string(SimdLevelName(level));
      benchmark::RegisterBenchmark(name.c_str(),
                                   [=](benchmark::State& state) { DecodeColumn(state, test_case, level); });
    }
  }
  return true;
}();

}  // namespace
