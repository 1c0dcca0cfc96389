// One value at a time, its edges, for each type but times (times_test.cc).
#include "decode/values.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "decode/test_column.h"

namespace headrace {
inline namespace v0 {
namespace {

ColumnSpec Spec(TypeKind kind, int precision = 0, int scale = 0) {
  ColumnSpec spec;
  spec.type.kind = kind;
  spec.type.precision = precision;
  spec.type.scale = scale;
  spec.nulls = {};
  return spec;
}

template <class T>
constexpr TypeKind kKindOf = TypeKind::kInt64;
template <>
constexpr TypeKind kKindOf<int8_t> = TypeKind::kInt8;
template <>
constexpr TypeKind kKindOf<int16_t> = TypeKind::kInt16;
template <>
constexpr TypeKind kKindOf<int32_t> = TypeKind::kInt32;
template <>
constexpr TypeKind kKindOf<uint8_t> = TypeKind::kUInt8;
template <>
constexpr TypeKind kKindOf<uint16_t> = TypeKind::kUInt16;
template <>
constexpr TypeKind kKindOf<uint32_t> = TypeKind::kUInt32;
template <>
constexpr TypeKind kKindOf<uint64_t> = TypeKind::kUInt64;

std::string Text(__int128 value) {
  std::string digits;
  const bool negative = value < 0;
  unsigned __int128 rest = negative ? 0 - static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  do digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  while ((rest /= 10) != 0);
  return (negative ? "-" : "") + digits;
}

template <class T>
class IntegerTest : public testing::Test {};
using IntegerTypes = testing::Types<int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t>;
TYPED_TEST_SUITE(IntegerTest, IntegerTypes);

TYPED_TEST(IntegerTest, RangeAndShapes) {
  using T = TypeParam;
  const auto greatest = static_cast<__int128>(static_cast<uint64_t>(std::numeric_limits<T>::max()));
  const __int128 least = std::is_signed_v<T> ? -greatest - 1 : 0;
  std::vector<TestField> fields;
  std::vector<__int128> expected;
  const auto add = [&](const std::string& text, __int128 value) {
    fields.push_back({text});
    expected.push_back(value);
  };
  for (int i = 0; i < 12; i++) {
    add(Text(greatest - i), greatest - i);
    add("+" + Text(greatest - i), greatest - i);
    add(std::string(static_cast<size_t>(i), '0') + Text(greatest), greatest);
    add(Text(least + i), least + i);
    add(Text(i * 10), i * 10);
  }
  add("-0", 0);
  add("+0", 0);
  add("-" + std::string(40, '0'), 0);
  add(std::string(300, '0') + "7", 7);
  for (__int128 power = 1; power <= greatest; power *= 10) {
    add(Text(power), power);
    add(Text(power - 1), power - 1);
    if (least < 0) add(Text(-power), -power);
  }
  const auto rows = DecodeEverywhere(Spec(kKindOf<T>), fields);
  for (size_t i = 0; i < rows.size(); i++) {
    ASSERT_TRUE(rows[i].value.has_value()) << fields[i].text;
    EXPECT_TRUE(rows[i].template As<T>() == expected[i]) << fields[i].text;
  }
}

TYPED_TEST(IntegerTest, Refused) {
  using T = TypeParam;
  const auto greatest = static_cast<__int128>(static_cast<uint64_t>(std::numeric_limits<T>::max()));
  const __int128 least = std::is_signed_v<T> ? -greatest - 1 : 0;
  std::vector<TestField> wide;
  for (int i = 1; i < 12; i++) {
    wide.push_back({Text(greatest + i)});
    wide.push_back({"000" + Text(greatest + i * greatest)});
    wide.push_back({Text(least - i)});
    wide.push_back({Text(greatest + 1) + std::string(static_cast<size_t>(i), '0')});
  }
  wide.push_back({std::string(1000, '9')});
  wide.push_back({"-" + std::string(30, '9')});
  for (const TestRow& row : DecodeEverywhere(Spec(kKindOf<T>), wide)) EXPECT_EQ(row.bad, RejectKind::kOutOfRange);
  std::vector<TestField> malformed;
  for (const std::string text : {"",
                                 "-",
                                 "+",
                                 "--1",
                                 "+-1",
                                 "-+1",
                                 "1-",
                                 "1 ",
                                 " 1",
                                 "1.",
                                 "1.0",
                                 ".",
                                 "1e3",
                                 "0x1",
                                 "1_000",
                                 "1,000",
                                 "12a",
                                 "a12",
                                 "1234567a",
                                 "a2345678",
                                 "123456789012345x",
                                 "x234567890123456",
                                 "12345678901234567890x",
                                 "\xB1",
                                 "1\xB1",
                                 "nan",
                                 "1234567:",
                                 "1234567/",
                                 "12345678\t"}) {
    malformed.push_back({text});
  }
  malformed.push_back({std::string("1\0", 2)});
  malformed.push_back({std::string("\0", 1)});
  const auto rows = DecodeEverywhere(Spec(kKindOf<T>), malformed);
  for (size_t i = 0; i < rows.size(); i++) EXPECT_EQ(rows[i].bad, RejectKind::kBadInteger) << malformed[i].text;
}

// Every byte at every place of a number of every length.
TYPED_TEST(IntegerTest, EveryByteAtEveryPlace) {
  using T = TypeParam;
  std::vector<TestField> fields;
  for (size_t length = 1; length <= 21; length++) {
    for (size_t place = 0; place < length; place++) {
      for (int byte = 0; byte < 256; byte++) {
        if (byte >= '0' && byte <= '9') continue;
        if (place == 0 && length > 1 && (byte == '-' || byte == '+')) continue;
        fields.push_back({std::string(length, '0')});
        fields.back().text[place] = static_cast<char>(byte);
      }
    }
  }
  for (const TestRow& row : DecodeEverywhere(Spec(kKindOf<T>), fields)) ASSERT_EQ(row.bad, RejectKind::kBadInteger);
}

TEST(FloatTest, Shapes) {
  const std::vector<std::pair<std::string, double>> cases = {
      {"0", 0},
      {"-0", -0.0},
      {"+1", 1},
      {"1.5", 1.5},
      {".5", .5},
      {"5.", 5},
      {"-.5", -.5},
      {"+5.", 5},
      {"1e3", 1e3},
      {"1E+3", 1e3},
      {"1e-3", 1e-3},
      {"1.e2", 100},
      {".1e2", 10},
      {"00012.50", 12.5},
      {"0.0", 0},
      {"-0.0", -0.0},
      {"0e999999999999999999999", 0},
      {"0.0000000000000000000000000000000000", 0},
      {"123456789012345678901234567890", 123456789012345678901234567890.0},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"4.9406564584124654e-324", 4.9406564584124654e-324},
      {"0.08136262351125882", 0.08136262351125882},
      {"11.028366381681026", 11.028366381681026},
      {"1.6694816709098628E-5", 1.6694816709098628E-5},
      {"9007199254740993", 9007199254740992.0},
      {"9007199254740993.0000000000000000000000000001", 9007199254740994.0},
      {"1234567.25", 1234567.25},
      {"12345678.25", 12345678.25},
      {"0.000000000000000000000000000000000000001", 1e-39}};
  std::vector<TestField> fields;
  for (const auto& [text, value] : cases) fields.push_back({text});
  const auto rows = DecodeEverywhere(Spec(TypeKind::kFloat64), fields);
  for (size_t i = 0; i < rows.size(); i++) {
    ASSERT_TRUE(rows[i].value.has_value()) << fields[i].text;
    EXPECT_EQ(rows[i].As<uint64_t>(), std::bit_cast<uint64_t>(cases[i].second)) << fields[i].text;
  }
}

TEST(FloatTest, Words) {
  for (const std::string word : {"inf", "Inf", "INF", "infinity", "Infinity", "INFINITY", "iNfInItY"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), word).As<double>(), INFINITY);
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), "+" + word).As<double>(), INFINITY);
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), "-" + word).As<double>(), -INFINITY);
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), "-" + word).As<float>(), -INFINITY);
  }
  for (const std::string word : {"nan", "NaN", "NAN", "-nan", "+nan"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), word).As<uint64_t>(), 0x7FF8000000000000U) << word;
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), word).As<uint32_t>(), 0x7FC00000U) << word;
  }
}

TEST(FloatTest, Refused) {
  std::vector<TestField> fields;
  for (const std::string text : {"",
                                 "-",
                                 "+",
                                 ".",
                                 "-.",
                                 "+.",
                                 "e5",
                                 ".e5",
                                 "-e5",
                                 "1e",
                                 "1e+",
                                 "1e-",
                                 "1.2.3",
                                 "1..2",
                                 " 1",
                                 "1 ",
                                 "0x1p3",
                                 "0x10",
                                 "1_000",
                                 "1,5",
                                 "--1",
                                 "+-1",
                                 "-+1",
                                 "++1",
                                 "1-",
                                 "1e5.0",
                                 "1e5e5",
                                 "nan(1)",
                                 "nanx",
                                 "in",
                                 "infi",
                                 "infinit",
                                 "infinityx",
                                 "na",
                                 "1f",
                                 "1.0f",
                                 "-1.-5",
                                 "1.-5",
                                 "1e5-",
                                 "12345678.9x",
                                 "123456789012345678901234567890x",
                                 "0.12345678901234567890123456789.",
                                 "\xB1",
                                 "1:5",
                                 "1/5"}) {
    fields.push_back({text});
  }
  fields.push_back({std::string("1\0", 2)});
  for (const TypeKind kind : {TypeKind::kFloat32, TypeKind::kFloat64}) {
    const auto rows = DecodeEverywhere(Spec(kind), fields);
    for (size_t i = 0; i < rows.size(); i++) EXPECT_EQ(rows[i].bad, RejectKind::kBadFloat) << fields[i].text;
  }
}

TEST(FloatTest, Range) {
  for (const std::string text :
       {"1e309", "-1e309", "1.7976931348623159e308", "1e-324", "-1e-400", "1e999999999999999999999",
        "1e-999999999999999999999", "0.0000000000000000000000000000000001e-300"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), text).bad, RejectKind::kFloatRange) << text;
  }
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), std::string(400, '9')).bad, RejectKind::kFloatRange);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), "0." + std::string(400, '0') + "1").bad, RejectKind::kFloatRange);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), "0." + std::string(400, '0') + "1e401").As<double>(), 1);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat64), "1" + std::string(400, '0') + "e-400").As<double>(), 1);
  for (const std::string text : {"3.5e38", "-3.5e38", "1e-46", "1e308", "7e-46"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), text).bad, RejectKind::kFloatRange) << text;
  }
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), "3.4028234e38").As<float>(), std::numeric_limits<float>::max());
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), "1e-45").As<float>(), std::numeric_limits<float>::denorm_min());
}

// A float that would come out wrong by way of a double: the double is a tie that the text is not.
TEST(FloatTest, Float32IsRoundedOnce) {
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), "1.00000005960464477539062500000001").As<float>(), 1.0000001f);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), "1.000000059604644775390625").As<float>(), 1.0f);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), "1.00000005960464477").As<float>(), 1.0f);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kFloat32), "1.00000005960464478").As<float>(), 1.0000001f);
}

TEST(BoolTest, ClosedList) {
  for (const std::string text : {"true", "True", "TRUE", "t", "T", "1"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kBool), text).value, std::string(1, '\1')) << text;
  }
  for (const std::string text : {"false", "False", "FALSE", "f", "F", "0"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kBool), text).value, std::string(1, '\0')) << text;
  }
  for (const std::string& text : std::vector<std::string>{"",
                                                          "tRuE",
                                                          "yes",
                                                          "no",
                                                          "on",
                                                          "y",
                                                          "2",
                                                          "01",
                                                          "10",
                                                          "-1",
                                                          " true",
                                                          "true ",
                                                          "truetrue",
                                                          "falsey",
                                                          "tru",
                                                          "FALSe",
                                                          std::string("1\0", 2),
                                                          std::string("t\0\0\0", 4),
                                                          std::string("\0", 1),
                                                          std::string(100, '1')}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kBool), text).bad, RejectKind::kBadBool) << text;
  }
}

TEST(DecimalTest, Values) {
  const auto decimal = [](int precision, int scale, const std::string& text) {
    return DecodeOne(Spec(TypeKind::kDecimal, precision, scale), text);
  };
  EXPECT_TRUE(decimal(5, 2, "123.45").As<__int128>() == 12345);
  EXPECT_TRUE(decimal(5, 2, "-123.45").As<__int128>() == -12345);
  EXPECT_TRUE(decimal(5, 2, "+1").As<__int128>() == 100);
  EXPECT_TRUE(decimal(5, 2, ".5").As<__int128>() == 50);
  EXPECT_TRUE(decimal(5, 2, "5.").As<__int128>() == 500);
  EXPECT_TRUE(decimal(5, 2, "-0").As<__int128>() == 0);
  EXPECT_TRUE(decimal(5, 2, "0000000000000000000000000000000000000000000000123.4").As<__int128>() == 12340);
  EXPECT_TRUE(decimal(2, 2, "0.99").As<__int128>() == 99);
  EXPECT_TRUE(decimal(2, 2, "00").As<__int128>() == 0);
  EXPECT_EQ(decimal(2, 2, "1").bad, RejectKind::kOutOfRange);
  EXPECT_EQ(decimal(5, 2, "1000").bad, RejectKind::kOutOfRange);
  EXPECT_EQ(decimal(5, 2, "1.234").bad, RejectKind::kDigitsBeyondScale);
  EXPECT_EQ(decimal(5, 2, "1.000").bad, RejectKind::kDigitsBeyondScale);
  EXPECT_EQ(decimal(5, 0, "1.0").bad, RejectKind::kDigitsBeyondScale);
  EXPECT_TRUE(decimal(5, 0, "1.").As<__int128>() == 1);
  for (const std::string text :
       {"", "-", "+", ".", "-.", "1e2", "1.2.3", "1,2", " 1", "1 ", "0x1", "nan", "--1", "1.234x", "1000x"}) {
    EXPECT_EQ(decimal(5, 2, text).bad, RejectKind::kBadDecimal) << text;
  }
  // The widest: 38 nines, with the dot at every place.
  for (int scale = 0; scale <= 38; scale++) {
    std::string text(38, '9');
    text.insert(static_cast<size_t>(38 - scale), ".");
    __int128 nines = 0;
    for (int i = 0; i < 38; i++) nines = nines * 10 + 9;
    EXPECT_TRUE(decimal(38, scale, text).As<__int128>() == nines) << text;
    EXPECT_TRUE(decimal(38, scale, "-" + text).As<__int128>() == -nines) << text;
    EXPECT_EQ(decimal(38, scale, "1" + text).bad, RejectKind::kOutOfRange);
    EXPECT_EQ(decimal(38, scale, text + "9").bad, RejectKind::kDigitsBeyondScale);
  }
}

TEST(TextTest, BytesAndQuotes) {
  const std::string with_nul("a\0b", 3);
  const std::vector<TestField> fields = {{"plain"},
                                         {with_nul},
                                         {std::string(31, 'x')},
                                         {std::string(32, 'y')},
                                         {std::string(33, 'z')},
                                         {std::string(5000, 'w')},
                                         {"say \"\"hi\"\"", true, true},
                                         {"\"\"", true, true},
                                         {"\"\"\"\"", true, true},
                                         {"quoted", true},
                                         {"", true},
                                         {"gr\xC3\xBC\xC3\x9F"}};
  for (const TypeKind kind : {TypeKind::kString, TypeKind::kBinary, TypeKind::kDictionary}) {
    const auto rows = DecodeEverywhere(Spec(kind), fields);
    for (const size_t i : {0, 1, 2, 3, 4, 5, 9, 10, 11}) EXPECT_EQ(rows[i].value, fields[i].text);
    EXPECT_EQ(rows[6].value, "say \"hi\"");
    EXPECT_EQ(rows[7].value, "\"");
    EXPECT_EQ(rows[8].value, "\"\"");
  }
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kBinary), "\xFF\xC3").value, "\xFF\xC3");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
