// The public conformance suites, value by value and as columns, at every SIMD level.
// $HEADRACE_SUITES, or ../shared/suites beside the repository; skipped where neither is there.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "decode/test_column.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

using nlohmann::json;

/// Cases that we decide otherwise, and why. `count` of them must be in the suite, and must really come out otherwise.
struct LeftOut {
  const char* what;
  int count;
  const char* reason;
};

class SuiteTest : public testing::Test {
 protected:
  void Open(const std::string& name) {
    const char* root = std::getenv("HEADRACE_SUITES");
    folder_ = std::filesystem::path(root != nullptr ? root : "../shared/suites") / name;
    found_ = std::filesystem::exists(folder_ / "cases.json");
    if (found_) std::ifstream(folder_ / "cases.json") >> suite_;
  }
  void ExpectLeftOut(const std::vector<LeftOut>& table) {
    for (const LeftOut& entry : table) {
      EXPECT_EQ(left_out_[entry.what], entry.count) << entry.what << ": " << entry.reason;
      left_out_.erase(entry.what);
    }
    for (const auto& [what, count] : left_out_) ADD_FAILURE() << count << " cases left out without a reason: " << what;
  }
  std::filesystem::path folder_;
  bool found_ = false;
  json suite_;
  std::map<std::string, int> left_out_;
  int passed_ = 0;
};

DataType TypeOf(const std::string& name) {
  static const std::map<std::string, TypeKind> kinds = {
      {"bool", TypeKind::kBool},          {"int8", TypeKind::kInt8},       {"int16", TypeKind::kInt16},
      {"int32", TypeKind::kInt32},        {"int64", TypeKind::kInt64},     {"uint8", TypeKind::kUInt8},
      {"uint16", TypeKind::kUInt16},      {"uint32", TypeKind::kUInt32},   {"uint64", TypeKind::kUInt64},
      {"float32", TypeKind::kFloat32},    {"float64", TypeKind::kFloat64}, {"date32", TypeKind::kDate},
      {"date64", TypeKind::kDate},        {"time32", TypeKind::kTime},     {"time64", TypeKind::kTime},
      {"timestamp", TypeKind::kTimestamp}};
  static const std::map<std::string, TimeUnit> units = {
      {"s", TimeUnit::kSecond}, {"ms", TimeUnit::kMilli}, {"us", TimeUnit::kMicro}, {"ns", TimeUnit::kNano}};
  DataType type;
  const size_t bracket = name.find('[');
  type.kind = kinds.at(name.substr(0, bracket));
  if (bracket != std::string::npos) type.unit = units.at(name.substr(bracket + 1, name.size() - bracket - 2));
  if (type.kind == TypeKind::kTimestamp) type.zone = "UTC";
  return type;
}

ColumnSpec SpecOf(const DataType& type) {
  ColumnSpec spec;
  spec.type = type;
  spec.nulls = {};
  return spec;
}

std::string ValueText(const DataType& type, const TestRow& row) {
  switch (type.kind) {
    case TypeKind::kBool:
      return row.As<uint8_t>() ? "true" : "false";
    case TypeKind::kUInt64:
      return std::to_string(row.As<uint64_t>());
    default:
      break;
  }
  const bool is_signed = type.kind < TypeKind::kUInt8 || type.kind > TypeKind::kUInt64;
  switch (ValueWidth(type)) {
    case 1:
      return std::to_string(is_signed ? row.As<int8_t>() : row.As<uint8_t>());
    case 2:
      return std::to_string(is_signed ? row.As<int16_t>() : row.As<uint16_t>());
    case 4:
      return std::to_string(is_signed ? int64_t{row.As<int32_t>()} : int64_t{row.As<uint32_t>()});
    default:
      return std::to_string(row.As<int64_t>());
  }
}

bool IsAsExpected(const json& test_case, const DataType& type, const TestRow& row) {
  if (!test_case["valid"]) return row.bad.has_value();
  if (!row.value) return false;
  if (test_case.contains("bits")) {
    const uint64_t bits = std::stoull(test_case["bits"].get<std::string>(), nullptr, 16);
    return type.kind == TypeKind::kFloat32 ? row.As<uint32_t>() == bits : row.As<uint64_t>() == bits;
  }
  if (test_case["type"] == "date64")
    return std::to_string(row.As<int32_t>() * int64_t{86400000}) == test_case["expected"];
  return ValueText(type, row) == test_case["expected"];
}

TEST_F(SuiteTest, ArrowValues) {
  Open("arrow-values");
  if (!found_) GTEST_SKIP() << "no suites; set HEADRACE_SUITES";
  for (const json& test_case : suite_["cases"]) {
    const std::string id = test_case["id"], policy = test_case.value("policy", "");
    const std::string type_name = test_case["type"];
    if (type_name == "float16")
      left_out_["float16"]++;
    else if (test_case.contains("decimal_point"))
      left_out_["decimal_point"]++;
    else if (policy == "custom_format")
      left_out_["custom_format"]++;
    else {
      const DataType type = TypeOf(type_name);
      const TestRow row = DecodeOne(SpecOf(type), test_case["text"]);
      if (IsAsExpected(test_case, type, row))
        passed_++;
      else if (!policy.empty())
        left_out_[policy]++;
      else
        ADD_FAILURE() << id << " '" << test_case["text"] << "' as " << type_name;
    }
  }
  EXPECT_EQ(suite_["cases"].size(), 509U);
  EXPECT_EQ(passed_, 393);
  ExpectLeftOut({
      {"float16", 22, "there is no such column type"},
      {"decimal_point", 12, "the decimal point is a dot"},
      {"custom_format", 11, "formats beyond ISO 8601 and epochs are not offered"},
      {"hex_integer", 48, "an integer is decimal digits"},
      {"bool_spelling", 2, "a closed list of spellings: tRuE is none of them"},
      {"overflow_to_infinity", 4, "a number too large is a bad value, not infinity"},
      {"underflow_to_zero", 4, "a number too close to zero is a bad value, not zero"},
      {"hour_only_time", 13, "2018-11-13 17 is no timestamp: a time has minutes"},
  });
}

// The units since the epoch (or midnight) of a normal form such as 1985-04-12T23:20:50.52Z; INT64_MIN where the
// fraction has more than six digits.
int64_t MicrosOf(const std::string& form) {
  std::tm civil{};
  civil.tm_year = 70, civil.tm_mday = 1;
  const bool has_date = form.size() >= 10 && form[4] == '-';
  const char* at = form.c_str();
  if (has_date) {
    std::sscanf(at, "%4d-%2d-%2d", &civil.tm_year, &civil.tm_mon, &civil.tm_mday);
    civil.tm_year -= 1900, civil.tm_mon -= 1;
    at += form.size() == 10 ? 10 : 11;
  }
  std::sscanf(at, "%2d:%2d:%2d", &civil.tm_hour, &civil.tm_min, &civil.tm_sec);
  std::string fraction;
  if (const size_t dot = form.find('.'); dot != std::string::npos) {
    for (size_t i = dot + 1; i < form.size() && std::isdigit(static_cast<unsigned char>(form[i])); i++)
      fraction += form[i];
  }
  if (fraction.size() > 6) return std::numeric_limits<int64_t>::min();
  fraction.resize(6, '0');
  return timegm(&civil) * 1000000 + std::stoll(fraction);
}

TestRow ReadTimestamp(const std::string& text, TimeUnit unit, const std::string& zone) {
  DataType type;
  type.kind = TypeKind::kTimestamp;
  type.unit = unit;
  type.zone = zone;
  return DecodeOne(SpecOf(type), text);
}

// In nanoseconds the same instant or a bad value, never a wrapped one.
void ExpectSameInNanoseconds(const std::string& text, const std::string& zone, const TestRow& micros) {
  const TestRow nanos = ReadTimestamp(text, TimeUnit::kNano, zone);
  if (!micros.value) return;
  int64_t product;
  if (__builtin_mul_overflow(micros.As<int64_t>(), 1000, &product)) {
    EXPECT_EQ(nanos.bad, RejectKind::kOutOfRange) << text;
  } else {
    EXPECT_EQ(nanos.As<int64_t>(), product) << text;
  }
}

TestRow ReadAs(const std::string& format, const std::string& text) {
  const bool local = format == "toml-local-date-time";
  if (local || format == "rfc3339-date-time" || format == "toml-offset-date-time") {
    const std::string zone = local ? "" : "Europe/Berlin";  // a named zone: the text must have an offset
    TestRow row = ReadTimestamp(text, TimeUnit::kMicro, zone);
    ExpectSameInNanoseconds(text, zone, row);
    return row;
  }
  DataType type;
  type.kind = format.ends_with("date") ? TypeKind::kDate : TypeKind::kTime;
  type.unit = TimeUnit::kMicro;
  return DecodeOne(SpecOf(type), text);
}

bool IsAsExpected(const json& test_case) {
  const std::string format = test_case["format"], text = test_case["text"];
  if (format == "toml-any") {
    for (const char* each : {"toml-offset-date-time", "toml-local-date-time", "toml-local-date", "toml-local-time"}) {
      if (!ReadAs(each, text).bad) return false;
    }
    return true;
  }
  const TestRow row = ReadAs(format, text);
  if (!test_case["valid"]) return row.bad.has_value();
  if (!row.value) return false;
  const int64_t expected = MicrosOf(test_case["expected"]);
  if (format.ends_with("-date")) return row.As<int32_t>() * int64_t{86400000000} == expected;
  return row.As<int64_t>() == expected;
}

TEST_F(SuiteTest, Timestamps) {
  Open("timestamps");
  if (!found_) GTEST_SKIP() << "no suites; set HEADRACE_SUITES";
  const std::map<std::string, std::string> by_id = {
      {"js-date-time-024", "offset without a colon"},
      {"toml-invalid-offset-minus-no-hour-minute-sep", "offset without a colon"},
      {"toml-invalid-offset-plus-no-hour-minute-sep", "offset without a colon"},
      {"toml-invalid-offset-minus-no-minute", "offset without a colon"},
      {"toml-invalid-offset-plus-no-minute", "offset without a colon"}};
  for (const json& test_case : suite_["cases"]) {
    const std::string id = test_case["id"], policy = test_case.value("policy", "");
    if (IsAsExpected(test_case))
      passed_++;
    else if (!policy.empty())
      left_out_[policy]++;
    else if (test_case["format"] == "rfc3339-time")
      left_out_["rfc3339-time"]++;
    else if (by_id.count(id) > 0)
      left_out_[by_id.at(id)]++;
    else
      ADD_FAILURE() << id << " '" << test_case["text"] << "' as " << test_case["format"];
  }
  EXPECT_EQ(suite_["cases"].size(), 213U);
  EXPECT_EQ(passed_, 189);
  ExpectLeftOut({
      {"leap_second", 8, "second 60 is refused"},
      {"lower_case", 1, "a time column has no zone, nor z"},
      {"seconds_required", 1, "07:32 is a time (TOML 1.1, and the arrow-values suite)"},
      {"digits_beyond_unit", 1, "digits beyond the unit are a bad value"},
      {"rfc3339-time", 8, "a time column has no zone: 08:30:06Z is refused, 08:30:06 is a value"},
      {"offset without a colon", 5, "+01 and +0117 are ISO 8601, and valid in the arrow-values suite"},
  });
}

struct FloatCase {
  std::string text;
  uint64_t bits64;
  uint32_t bits32;
};

std::vector<FloatCase> ReadFloatCases(const std::filesystem::path& path) {
  std::vector<FloatCase> cases;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    cases.push_back({line.substr(31), std::stoull(line.substr(14, 16), nullptr, 16),
                     static_cast<uint32_t>(std::stoul(line.substr(5, 8), nullptr, 16))});
  }
  return cases;
}

bool IsWord(const std::string& text) { return text.find_first_of("nN") != std::string::npos; }

bool HasNonzeroDigit(const std::string& text) {
  for (const char c : text) {
    if (c == 'e' || c == 'E') return false;
    if (c >= '1' && c <= '9') return true;
  }
  return false;
}

// True where a number has become infinity or zero, which is a bad value here.
template <class Bits>
bool LeavesRange(const FloatCase& test_case, Bits bits) {
  const Bits magnitude = bits & (std::numeric_limits<Bits>::max() >> 1);
  const Bits infinity = sizeof(Bits) == 8 ? static_cast<Bits>(0x7FF0000000000000) : static_cast<Bits>(0x7F800000);
  if (IsWord(test_case.text)) return false;
  return magnitude == infinity || (magnitude == 0 && HasNonzeroDigit(test_case.text));
}

template <class Bits>
int CheckFloatColumn(TypeKind kind, const std::vector<FloatCase>& cases, Bits FloatCase::*bits) {
  std::vector<TestField> fields;
  for (const FloatCase& test_case : cases) fields.push_back({test_case.text});
  DataType type;
  type.kind = kind;
  const std::vector<TestRow> rows = DecodeEverywhere(SpecOf(type), fields);
  int out_of_range = 0;
  for (size_t i = 0; i < cases.size(); i++) {
    const Bits expected = cases[i].*bits;
    if (LeavesRange(cases[i], expected)) {
      EXPECT_EQ(rows[i].bad, RejectKind::kFloatRange) << cases[i].text;
      out_of_range++;
    } else {
      EXPECT_TRUE(rows[i].value && rows[i].As<Bits>() == expected) << cases[i].text;
    }
  }
  return out_of_range;
}

TEST_F(SuiteTest, Floats) {
  Open("floats");
  if (!found_) GTEST_SKIP() << "no suites; set HEADRACE_SUITES";
  size_t lines = 0;
  int out_of_range_64 = 0, out_of_range_32 = 0;
  for (const json& file : suite_["cases"]) {
    const std::vector<FloatCase> cases = ReadFloatCases(folder_ / file["input"].get<std::string>());
    EXPECT_EQ(cases.size(), file["lines"].get<size_t>());
    lines += cases.size();
    const int out_of_range = CheckFloatColumn<uint64_t>(TypeKind::kFloat64, cases, &FloatCase::bits64);
    EXPECT_EQ(out_of_range, file["overflow_to_infinity"].get<int>() + file["underflow_to_zero"].get<int>());
    out_of_range_64 += out_of_range;
    out_of_range_32 += CheckFloatColumn<uint32_t>(TypeKind::kFloat32, cases, &FloatCase::bits32);
  }
  EXPECT_EQ(lines, 52977U);
  EXPECT_EQ(out_of_range_64, 317) << "bad values, not infinities and zeros";
  EXPECT_EQ(out_of_range_32, 1650) << "bad values, not infinities and zeros";
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

TEST_F(SuiteTest, Utf8) {
  Open("utf8");
  if (!found_) GTEST_SKIP() << "no suites; set HEADRACE_SUITES";
  std::vector<TestField> fields;
  std::vector<bool> valid;
  for (const json& test_case : suite_["cases"]) {
    const std::string bytes = FromHex(test_case["hex"]);
    for (size_t before = 0; before <= 33; before++) {
      for (const size_t behind : {0, 1, 9}) {
        fields.push_back({std::string(before, 'a') + bytes + std::string(behind, 'b'), before % 2 == 1});
        valid.push_back(test_case["valid"]);
      }
    }
  }
  EXPECT_EQ(suite_["cases"].size(), 222U);
  for (const TypeKind kind : {TypeKind::kString, TypeKind::kDictionary}) {
    DataType type;
    type.kind = kind;
    const std::vector<TestRow> rows = DecodeEverywhere(SpecOf(type), fields);
    for (size_t i = 0; i < rows.size(); i++) {
      EXPECT_EQ(rows[i].value, valid[i] ? std::optional(fields[i].text) : std::nullopt);
      EXPECT_EQ(rows[i].bad, valid[i] ? std::nullopt : std::optional(RejectKind::kInvalidUtf8));
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
