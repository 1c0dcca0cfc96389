#include "decode/strict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "decode/test_column.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

struct ClassCase {
  std::string_view text;
  ValueClass value_class;
};

constexpr ClassCase kCases[] = {
    {"0", ValueClass::kInteger},
    {"7", ValueClass::kInteger},
    {"-12", ValueClass::kInteger},
    {"9007199254740992", ValueClass::kInteger},
    {"9007199254740993", ValueClass::kLongInteger},
    {"9223372036854775807", ValueClass::kLongInteger},
    {"-9223372036854775808", ValueClass::kLongInteger},
    {"9223372036854775808", ValueClass::kUnsignedInteger},
    {"18446744073709551615", ValueClass::kUnsignedInteger},
    {"18446744073709551616", ValueClass::kHugeInteger},
    {"-9223372036854775809", ValueClass::kHugeInteger},
    {"99999999999999999999999999999999999999", ValueClass::kHugeInteger},
    {"999999999999999999999999999999999999999", ValueClass::kText},
    {"007", ValueClass::kText},
    {"00", ValueClass::kText},
    {"+1", ValueClass::kText},
    {"1_000", ValueClass::kText},
    {"1,000", ValueClass::kText},
    {"0x1F", ValueClass::kText},
    {" 1", ValueClass::kText},
    {"1 ", ValueClass::kText},
    {"-0", ValueClass::kFloat},
    {"-0.00", ValueClass::kFloat},
    {"12.7", ValueClass::kDecimal},
    {".5", ValueClass::kDecimal},
    {"-.5", ValueClass::kDecimal},
    {"5.", ValueClass::kText},
    {"5.e3", ValueClass::kText},
    {"5.E3", ValueClass::kText},
    {"007.5", ValueClass::kText},
    {"0.08136262351125882", ValueClass::kDecimal},
    {"12345678901234567.5", ValueClass::kLongDecimal},
    {"0.123456789012345678", ValueClass::kLongDecimal},
    {"0.000000000000000000000000000000000000001", ValueClass::kDecimal},
    {"0.0000000000012345678901234567", ValueClass::kDecimal},
    {"0.00000000000123456789012345678", ValueClass::kLongDecimal},
    {"123456789012.12344", ValueClass::kDecimal},
    {"123456789012.12345", ValueClass::kLongDecimal},  // another number's double
    {"1234567890123.12345", ValueClass::kLongDecimal},
    {"1.12345678901234567e-06", ValueClass::kText},
    {"1234567890123456.e-06", ValueClass::kText},
    {"12345678901234567e-06", ValueClass::kText},
    {"1.2345678901234568e10", ValueClass::kFloat},
    {"9007199254740992.0", ValueClass::kDecimal},
    {"9007199254740993.0", ValueClass::kLongDecimal},
    {"-9007199254740993.0", ValueClass::kLongDecimal},
    {"0.1000000000000000", ValueClass::kDecimal},
    {"0.10000000000000000", ValueClass::kDecimal},
    {"0.10000000000000001", ValueClass::kDecimal},  // 0.1 with 17 digits
    {"0.10000000000000004", ValueClass::kLongDecimal},
    {"8.000000000000002", ValueClass::kDecimal},
    {"8.0000000000000018", ValueClass::kDecimal},
    {"8.000000000000003", ValueClass::kLongDecimal},
    {"5e-324", ValueClass::kFloat},
    {"4.9406564584124654e-324", ValueClass::kFloat},
    {"4.9e-324", ValueClass::kText},
    {"4e-324", ValueClass::kText},
    {"0000001.2345678901", ValueClass::kText},
    {"1e5", ValueClass::kFloat},
    {"1.5E-3", ValueClass::kFloat},
    {"1.1246160669797692e-06", ValueClass::kFloat},
    {"1e400", ValueClass::kText},
    {"1e", ValueClass::kText},
    {"1e-400", ValueClass::kText},
    {"inf", ValueClass::kSpecialFloat},
    {"-Infinity", ValueClass::kSpecialFloat},
    {"NaN", ValueClass::kSpecialFloat},
    {"+inf", ValueClass::kText},
    {"true", ValueClass::kBool},
    {"FALSE", ValueClass::kBool},
    {"t", ValueClass::kText},
    {"yes", ValueClass::kText},
    {"NA", ValueClass::kNullWord},
    {"\\N", ValueClass::kNullWord},
    {"-", ValueClass::kNullWord},
    {"2024-02-29", ValueClass::kDate},
    {"2023-02-29", ValueClass::kText},
    {"29/02/2024", ValueClass::kText},
    {"20240229", ValueClass::kInteger},
    {"2024-02-29 12:30", ValueClass::kTimestamp},
    {"2024-02-29T12:30:59.123456789", ValueClass::kTimestamp},
    {"2024-02-29T12:30:59Z", ValueClass::kInstant},
    {"2024-02-29T12:30:59-05:00", ValueClass::kInstant},
    {"12:30", ValueClass::kTime},
    {"12:30:59.5", ValueClass::kTime},
    {"25:00", ValueClass::kText},
    {"192.168.0.1", ValueClass::kText},
    {"1-2", ValueClass::kText},
    {"word", ValueClass::kText},
};

TEST(StrictTest, ClassesByTable) {
  for (const ClassCase& c : kCases) {
    EXPECT_EQ(static_cast<int>(Classify(c.text).value_class), static_cast<int>(c.value_class)) << c.text;
  }
  EXPECT_EQ(Classify("-123.4500").integer_digits, 3);
  EXPECT_EQ(Classify("-123.4500").fraction_digits, 4);
  EXPECT_TRUE(Classify("-1").negative);
  EXPECT_EQ(Classify("12:30:59.1234567").fraction_digits, 7);
}

// The number of a text, without a sign, as its digits and what follows on them.
std::pair<std::string, int> NumberOf(std::string_view text) {
  std::string digits;
  int exponent = 0;
  const size_t e = std::min(text.find('e'), text.size()), point = text.substr(0, e).find('.');
  for (const char c : text.substr(0, e)) {
    if (c != '.' && (c != '0' || !digits.empty())) digits += c;
  }
  if (e < text.size()) exponent = std::stoi(std::string(text.substr(e + 1)));
  if (point != std::string_view::npos) exponent -= static_cast<int>(e - point - 1);
  for (; !digits.empty() && digits.back() == '0'; exponent++) digits.pop_back();
  return {digits, digits.empty() ? 0 : exponent};
}

// Slow and plain: what the C library writes of a double.
bool GivesBackSlowly(const std::string& text, double value) {
  char form[64];
  for (int digits = 1; digits <= 17; digits++) {
    std::snprintf(form, sizeof form, "%.*e", digits - 1, value);
    if (digits < 17 && std::strtod(form, nullptr) != value) continue;
    if (NumberOf(form) == NumberOf(text)) return true;
    digits = std::max(digits, 16);  // the shortest is another one: that of 17 is left
  }
  return false;
}

// A double with 15 to 17 digits, or a neighbour of that number.
std::string ManyDigits(std::mt19937_64& random) {
  char text[64];
  const double value = static_cast<double>(random() >> 11) * std::pow(10.0, static_cast<double>(random() % 20) - 20);
  const auto digits = static_cast<int>(15 + random() % 3);
  if (random() % 4) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
  } else {
    std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
  }
  std::string result = text;
  const size_t last = std::min(result.find('e'), result.size()) - 1;
  if (random() % 2) result[last] = static_cast<char>('0' + random() % 10);
  return result;
}

TEST(StrictTest, DoublesGiveBackTheirOwnForms) {
  std::mt19937_64 random(7);
  ColumnSpec spec;
  spec.type.kind = TypeKind::kFloat64;
  spec.strict = true;
  std::vector<TestField> fields;
  std::vector<bool> given_back;
  while (fields.size() < 20000) {
    const std::string text = ManyDigits(random);
    if (text.find('.') == std::string::npos) continue;
    given_back.push_back(GivesBackSlowly(text, std::strtod(text.c_str(), nullptr)));
    fields.push_back({text});
    const ValueClass found = Classify(text).value_class;
    ASSERT_EQ(found == ValueClass::kDecimal || found == ValueClass::kFloat, given_back.back()) << text;
  }
  const auto lost = std::count(given_back.begin(), given_back.end(), false);
  EXPECT_GT(lost, 2000);
  EXPECT_LT(lost, 18000);
  const std::vector<TestRow> rows = DecodeEverywhere(spec, fields);
  for (size_t i = 0; i < fields.size(); i++) {
    ASSERT_EQ(rows[i].value.has_value(), given_back[i]) << fields[i].text;
    EXPECT_EQ(rows[i].bad == RejectKind::kLooseText, !given_back[i]) << fields[i].text;
  }
}

struct TypeCase {
  DataType type;
  std::vector<ValueClass> classes;
};

// What the decoder of a type takes and is not loose is what has one of the type's classes: else a promise made from a
// sample would be another than one made from the whole.
TEST(StrictTest, NumbersAreLooseWhereTheirValueDoesNotGiveThemBack) {
  const DataType decimal{TypeKind::kDecimal, TimeUnit::kMilli, 20, 10, ""};
  for (const char* text : {"-.5", ".5", "0", "0.0", "-0.5", "10", "-"})
    EXPECT_FALSE(IsLoose(decimal, NumberRules(), text)) << text;
  for (const char* text : {"-.0", "-0", "00", "-00.5", "+1", "1."})
    EXPECT_TRUE(IsLoose(decimal, NumberRules(), text)) << text;
}

TEST(StrictTest, DecodersKeepThePromisesOfClasses) {
  using enum ValueClass;
  const auto type = [](TypeKind kind, std::string zone = "") {
    return DataType{kind, TimeUnit::kNano, 0, 0, std::move(zone)};
  };
  const TypeCase types[] = {
      {type(TypeKind::kBool), {kBool}},
      {type(TypeKind::kInt64), {kInteger, kLongInteger}},
      {type(TypeKind::kFloat64), {kInteger, kDecimal, kFloat, kSpecialFloat}},
      {type(TypeKind::kDate), {kDate}},
      {type(TypeKind::kTimestamp), {kTimestamp}},
      {type(TypeKind::kTimestamp, "UTC"), {kInstant}},
      {type(TypeKind::kTime), {kTime}},
  };
  for (const TypeCase& t : types) {
    ColumnSpec spec;
    spec.type = t.type;
    spec.strict = true;
    for (const ClassCase& c : kCases) {
      const bool promised = std::find(t.classes.begin(), t.classes.end(), c.value_class) != t.classes.end();
      const TestRow row = DecodeOne(spec, std::string(c.text));
      EXPECT_EQ(row.value.has_value(), promised) << c.text << " as kind " << static_cast<int>(t.type.kind);
    }
  }
}

// Every one of a block, not the first alone, at every level.
TEST(StrictTest, NegativesAreLooseInUnsignedColumns) {
  ColumnSpec spec;
  spec.type.kind = TypeKind::kUInt32;
  spec.strict = true;
  const auto rows = DecodeEverywhere(spec, {{"1"}, {"-9"}, {"-9"}, {"-0.5"}, {"-7"}, {"2"}});
  for (const size_t i : {1, 2, 3, 4}) EXPECT_EQ(rows[i].bad, RejectKind::kLooseText);
  EXPECT_EQ(rows[5].As<uint32_t>(), 2U);
}

struct MarkedCase {
  std::string_view text;
  ValueClass value_class;
  Grouping grouping;
};

// With a comma before fractions and points between thousands.
constexpr MarkedCase kMarkedCases[] = {
    {"1,5", ValueClass::kDecimal, Grouping::kShort},
    {",5", ValueClass::kDecimal, Grouping::kShort},
    {"-0,5", ValueClass::kDecimal, Grouping::kShort},
    {"1,5e3", ValueClass::kFloat, Grouping::kShort},
    {"12", ValueClass::kInteger, Grouping::kShort},
    {"1234", ValueClass::kInteger, Grouping::kPlain},
    {"1.234", ValueClass::kInteger, Grouping::kGrouped},
    {"1.234.567", ValueClass::kInteger, Grouping::kProven},
    {"-1.234,5", ValueClass::kDecimal, Grouping::kProven},
    {"9.007.199.254.740.993", ValueClass::kLongInteger, Grouping::kProven},
    {"1234,5", ValueClass::kDecimal, Grouping::kPlain},
    {"-0", ValueClass::kFloat, Grouping::kShort},
    {"inf", ValueClass::kSpecialFloat, Grouping::kShort},
    {"-inf", ValueClass::kSpecialFloat, Grouping::kShort},
    {"1.5", ValueClass::kText, Grouping::kShort},
    {"1.2345", ValueClass::kText, Grouping::kShort},
    {"12.34.567", ValueClass::kText, Grouping::kShort},
    {"1234.567", ValueClass::kText, Grouping::kShort},
    {"0.123", ValueClass::kText, Grouping::kShort},
    {"1,", ValueClass::kText, Grouping::kShort},
    {"1,2,3", ValueClass::kText, Grouping::kShort},
    {"1,234.567", ValueClass::kText, Grouping::kShort},
    {"+1,5", ValueClass::kText, Grouping::kShort},
    {"007,5", ValueClass::kText, Grouping::kShort},
    {"192.168.100.200", ValueClass::kText, Grouping::kShort},
    {"31.12.1999", ValueClass::kText, Grouping::kShort},
    {"2024-02-29", ValueClass::kDate, Grouping::kShort},
};

TEST(StrictTest, MarkedNumbersByTable) {
  ColumnSpec spec;
  spec.strict = true;
  spec.format.decimal = ',';
  spec.format.thousands = ".";
  DataType number;
  number.kind = TypeKind::kFloat64;
  for (const TypeKind kind : {TypeKind::kFloat64, TypeKind::kInt64}) {
    spec.type.kind = kind;
    for (const MarkedCase& c : kMarkedCases) {
      const Classified found = Classify(c.text, MakeNumberRules(number, spec.format));
      EXPECT_EQ(static_cast<int>(found.value_class), static_cast<int>(c.value_class)) << c.text;
      EXPECT_EQ(static_cast<int>(found.grouping), static_cast<int>(c.grouping)) << c.text;
      const bool is_integer =
          found.value_class == ValueClass::kInteger || found.value_class == ValueClass::kLongInteger;
      const bool is_float = IsNumberClass(found.value_class) && found.value_class != ValueClass::kLongInteger;
      const bool promised = (kind == TypeKind::kInt64 ? is_integer : is_float) && found.grouping != Grouping::kPlain;
      EXPECT_EQ(DecodeOne(spec, std::string(c.text)).value.has_value(), promised) << c.text;
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
