// Columns whose text is not the default of their type: marks of numbers, patterns, ISO 8601 in full, bytes, words.
#include <gtest/gtest.h>

#include <cmath>

#include "decode/iso8601.h"
#include "decode/test_column.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

ColumnSpec Spec(TypeKind kind, Format format = {}, TimeUnit unit = TimeUnit::kMicro, const std::string& zone = "") {
  ColumnSpec spec;
  spec.type.kind = kind;
  spec.type.unit = unit;
  spec.type.zone = zone;
  spec.type.precision = 12;
  spec.type.scale = 4;
  spec.format = std::move(format);
  return spec;
}

Format Marks(char decimal, const std::string& thousands, NumberFormat number = NumberFormat::kPlain) {
  Format format;
  format.decimal = decimal;
  format.thousands = thousands;
  format.number = number;
  return format;
}

Format Pattern(const std::string& text) {
  Format format(TimeFormat::kPattern);
  format.pattern = text;
  return format;
}

template <class T>
void ExpectValue(const ColumnSpec& spec, const std::string& text, T value) {
  const TestRow row = DecodeOne(spec, text);
  ASSERT_TRUE(row.value.has_value()) << text;
  EXPECT_EQ(row.As<T>(), value) << text;
}

void ExpectBad(const ColumnSpec& spec, RejectKind kind, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) EXPECT_EQ(DecodeOne(spec, text).bad, kind) << text;
}

TEST(NumberTextTest, Integers) {
  for (const std::string mark : {".", ",", "'", "_", " ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x99"}) {
    const ColumnSpec spec = Spec(TypeKind::kInt32, Marks(mark == "." ? ',' : '.', mark));
    ExpectValue<int32_t>(spec, "1" + mark + "234", 1234);
    ExpectValue<int32_t>(spec, "-123" + mark + "456" + mark + "789", -123456789);
    ExpectValue<int32_t>(spec, "+12" + mark + "000", 12000);
    ExpectValue<int32_t>(spec, "1234567", 1234567);
    ExpectValue<int32_t>(spec, "007", 7);
    ExpectBad(
        spec, RejectKind::kBadInteger,
        {"1" + mark + "23", "1" + mark + "2345", "1234" + mark + "567", mark + "234", "1" + mark, "0" + mark + "123",
         "1" + mark + mark + "234", "1" + mark + "234" + mark + "56", "-" + mark + "123", mark, "1" + mark + "234567"});
    ExpectBad(spec, RejectKind::kOutOfRange, {"9" + mark + "999" + mark + "999" + mark + "999"});
  }
}

TEST(NumberTextTest, DecimalComma) {
  const ColumnSpec spec = Spec(TypeKind::kFloat64, Marks(',', "."));
  ExpectValue(spec, "1.234,5", 1234.5);
  ExpectValue(spec, "-0,5", -0.5);
  ExpectValue(spec, ",5", 0.5);
  ExpectValue(spec, "5,", 5.0);
  ExpectValue(spec, "1,5e3", 1500.0);
  ExpectValue(spec, "1.000.000", 1000000.0);
  EXPECT_TRUE(std::isinf(DecodeOne(spec, "-inf").As<double>()));
  ExpectBad(spec, RejectKind::kBadFloat, {"1.5", "1,234.5", "1,2,3", "12.34,5", "1.234,567.8", "0.5", ","});
  ExpectBad(Spec(TypeKind::kFloat64, Marks(',', "")), RejectKind::kBadFloat, {"1.5", "1.234", "1.234,5"});
  ExpectBad(spec, RejectKind::kBadFloat, {std::string(1001, '1')});
  ExpectBad(spec, RejectKind::kFloatRange, {"1e999"});
  ExpectValue(Spec(TypeKind::kFloat32, Marks(',', ".")), "16.777.219", 16777220.0F);
  const ColumnSpec decimal = Spec(TypeKind::kDecimal, Marks(',', "'"));
  ExpectValue<__int128>(decimal, "12'345,6789", 123456789);
  ExpectBad(decimal, RejectKind::kDigitsBeyondScale, {"1,23456"});
  ExpectBad(decimal, RejectKind::kOutOfRange, {"123'456'789,0"});
  ExpectBad(decimal, RejectKind::kBadDecimal, {"1.5", "1,5e3", "1,2'345"});
}

TEST(NumberTextTest, QuotesThatAreMarks) {
  const ColumnSpec spec = Spec(TypeKind::kInt32, Marks('.', "'"));
  for (const TestField& field : {TestField{"1''234", true, true}, TestField{"1'234", true}}) {
    std::vector<TestField> fields(70, TestField{"5"});
    fields[66] = field;
    ColumnDecoder decoder(spec);
    TestText text(fields.data(), 70, {});
    text.list.quote = '\'';
    TestColumnMemory memory(spec.type, 70, 1000);
    TestScratch scratch(70);
    std::vector<BadValue> bad(70);
    BadValueList list{bad.data(), 0};
    decoder.Decode(text.list, scratch.lists(), &memory.out, &list);
    EXPECT_EQ(list.size, 0U);
    EXPECT_EQ(reinterpret_cast<const int32_t*>(memory.values.data())[66], 1234);
  }
}

TEST(NumberTextTest, Percent) {
  const ColumnSpec decimal = Spec(TypeKind::kDecimal, Marks('.', ",", NumberFormat::kPercent));
  ExpectValue<__int128>(decimal, "12.5%", 1250);
  ExpectValue<__int128>(decimal, "-7 %", -700);
  ExpectValue<__int128>(decimal, "0.01%", 1);
  ExpectValue<__int128>(decimal, ".5%", 50);
  ExpectValue<__int128>(decimal, "1,234%", 123400);
  ExpectValue<__int128>(decimal, "150\xC2\xA0%", 15000);
  ExpectBad(decimal, RejectKind::kDigitsBeyondScale, {"12.345%"});
  ExpectBad(decimal, RejectKind::kBadDecimal, {"12.5", "%", ".%", "-%", "12.5%%", "%12", "1e1%", "12.5  %", "nan%"});
  const ColumnSpec real = Spec(TypeKind::kFloat64, Marks('.', "", NumberFormat::kPercent));
  ExpectValue(real, "12.5%", 0.125);
  ExpectValue(real, "7%", 0.07);
  ExpectValue(real, "29%", 0.29);
  ExpectBad(real, RejectKind::kBadFloat, {"12.5", "1e1%", "inf%", ".%", "%"});
}

TEST(NumberTextTest, Currency) {
  Format format = Marks(',', ".", NumberFormat::kCurrency);
  format.currency = "\xE2\x82\xAC";  // before a digit it is \342\202\254, which ends behind three digits
  const ColumnSpec spec = Spec(TypeKind::kDecimal, format);
  for (const std::string text : {"1.234,5", "\342\202\2541.234,5", "\xE2\x82\xAC 1.234,5", "1.234,5 \xE2\x82\xAC",
                                 "1.234,5\xE2\x82\xAC", "1.234,5\xC2\xA0\xE2\x82\xAC", "+\342\202\2541.234,5"}) {
    ExpectValue<__int128>(spec, text, 12345000);
  }
  for (const std::string text : {"-1", "-\342\202\2541", "\xE2\x82\xAC-1", "\xE2\x82\xAC -1", "-1 \xE2\x82\xAC", "(1)",
                                 "(\xE2\x82\xAC 1)", "(1 \xE2\x82\xAC)"}) {
    ExpectValue<__int128>(spec, text, -10000);
  }
  ExpectBad(spec, RejectKind::kBadDecimal,
            {"$1", "\xE2\x82\xAC", "()", "(1", "1)", "(-1)", "-(1)", "--1", "-\xE2\x82\xAC-1",
             "\342\202\2541\xE2\x82\xAC", "\xE2\x82\xAC  1", "1 ", " 1", "- 1"});
}

TEST(PatternTest, Dates) {
  const int32_t leap_day = 19782;  // 2024-02-29
  const std::pair<const char*, std::vector<const char*>> cases[] = {
      {"%d/%m/%Y", {"29/02/2024", "29/2/2024"}},
      {"%Y%m%d", {"20240229"}},
      {"%D", {"02/29/24", "2/29/24"}},
      {"%F", {"2024-02-29"}},
      {"%b %e, %Y", {"Feb 29, 2024", "FEB 29, 2024", "feb 29, 2024"}},
      {"%A, %d. %B %Y", {"Thursday, 29. February 2024", "THURSDAY, 29. february 2024"}},
      {"%a%n%d%t%b%n%Y", {"Thu 29 Feb\t 2024"}},
      {"%Y-%j", {"2024-060", "2024-60"}},
      {"%y%j", {"24060"}},
      {"%%%Y|%d|%m", {"%2024|29|02"}}};
  for (const auto& [pattern, texts] : cases) {
    for (const char* text : texts) ExpectValue(Spec(TypeKind::kDate, Pattern(pattern)), text, leap_day);
  }
  ExpectValue<int32_t>(Spec(TypeKind::kDate, Pattern("%d.%m.%y")), "31.12.69", -1);
  ExpectValue<int32_t>(Spec(TypeKind::kDate, Pattern("%d.%m.%y")), "01.01.68", 35794);
  ExpectValue<int32_t>(Spec(TypeKind::kDate, Pattern("%b %e %Y")), "Jan  2 1970", 1);
  ExpectBad(Spec(TypeKind::kDate, Pattern("%d/%m/%Y")), RejectKind::kBadDate,
            {"30/02/2024", "2024-02-29", "29/02/24", "29/02/2024 ", " 29/02/2024", "029/02/2024", "0/1/2024",
             "1/0/2024", "1/13/2024", "1/1/0000", "29/ 2/2024", "/1/2024", "+1/1/2024", "29/02/20240"});
  ExpectBad(Spec(TypeKind::kDate, Pattern("%Y%m%d")), RejectKind::kBadDate, {"2024229", "202411", "2024111"});
  ExpectBad(Spec(TypeKind::kDate, Pattern("%a %F")), RejectKind::kBadDate, {"Fri 2024-02-29", "Thursday 2024-02-29"});
  ExpectBad(Spec(TypeKind::kDate, Pattern("%Y-%j")), RejectKind::kBadDate, {"2023-366", "2024-367", "2024-000"});
}

TEST(PatternTest, Times) {
  const ColumnSpec twelve = Spec(TypeKind::kTime, Pattern("%I:%M %p"), TimeUnit::kSecond);
  ExpectValue<int32_t>(twelve, "12:05 AM", 300);
  ExpectValue<int32_t>(twelve, "12:05 pm", 43500);
  ExpectValue<int32_t>(twelve, "1:00 Pm", 46800);
  ExpectBad(twelve, RejectKind::kBadTime, {"0:05 AM", "13:00 PM", "1:00", "1:00 XM", "1:00 P"});
  const ColumnSpec fraction = Spec(TypeKind::kTime, Pattern("%H%M%S,%f"));
  ExpectValue<int64_t>(fraction, "010203,5", 3723500000);
  ExpectValue<int64_t>(fraction, "010203,000001", 3723000001);
  ExpectBad(fraction, RejectKind::kDigitsBeyondScale, {"010203,0000001"});
  ExpectBad(fraction, RejectKind::kBadTime, {"010203,", "010203,1234567890", "240000,0", "006000,0", "000060,0"});
}

TEST(PatternTest, Timestamps) {
  const ColumnSpec wall = Spec(TypeKind::kTimestamp, Pattern("%d.%m.%Y %T.%f"), TimeUnit::kNano);
  ExpectValue<int64_t>(wall, "02.01.1970 03:04:05.123456789", 97445123456789);
  ExpectBad(wall, RejectKind::kOutOfRange, {"01.01.2500 00:00:00.0"});
  ExpectValue<int64_t>(Spec(TypeKind::kTimestamp, Pattern("%m/%d/%Y"), TimeUnit::kSecond), "1/2/1970", 86400);
  const ColumnSpec offset = Spec(TypeKind::kTimestamp, Pattern("%F %R %z"), TimeUnit::kSecond, "UTC");
  for (const std::string zone : {"+0130", "+01:30"}) ExpectValue<int64_t>(offset, "1970-01-01 01:30 " + zone, 0);
  ExpectValue<int64_t>(offset, "1970-01-01 00:00 Z", 0);
  ExpectValue<int64_t>(offset, "1970-01-01 00:00 -01", 3600);
  ExpectBad(offset, RejectKind::kBadTimestamp, {"1970-01-01 00:00 ", "1970-01-01 00:00 +1", "1970-01-01 00:00 CET"});
  const ColumnSpec name = Spec(TypeKind::kTimestamp, Pattern("%a, %d %b %Y %T %Z"), TimeUnit::kSecond, "UTC");
  ExpectValue<int64_t>(name, "Thu, 01 Jan 1970 00:00:07 GMT", 7);
  ExpectBad(name, RejectKind::kBadTimestamp, {"Thu, 01 Jan 1970 00:00:07 EST", "Thu, 01 Jan 1970 00:00:60 GMT"});
  ExpectValue<int64_t>(Spec(TypeKind::kTimestamp, Pattern("%F %R"), TimeUnit::kSecond, "+02:00"), "1970-01-01 02:00",
                       0);
}

TEST(PatternTest, Faults) {
  const std::pair<const char*, TypeKind> faults[] = {{"%Q", TypeKind::kDate},
                                                     {"%Y-%m", TypeKind::kDate},
                                                     {"%Y-%m-%d %H", TypeKind::kDate},
                                                     {"%m/%d", TypeKind::kDate},
                                                     {"%Y %y %m %d", TypeKind::kDate},
                                                     {"%F %j", TypeKind::kDate},
                                                     {"%Y-%m-%d%", TypeKind::kDate},
                                                     {"%F %z", TypeKind::kDate},
                                                     {"%T %F", TypeKind::kTime},
                                                     {"%I:%M", TypeKind::kTime},
                                                     {"%H:%M %p", TypeKind::kTime},
                                                     {"%M:%S", TypeKind::kTime},
                                                     {"%H:%S", TypeKind::kTime},
                                                     {"%H:%M.%f", TypeKind::kTime},
                                                     {"%T %z", TypeKind::kTime},
                                                     {"%T", TypeKind::kTimestamp},
                                                     {"%F %M", TypeKind::kTimestamp},
                                                     {"%F %z", TypeKind::kTimestamp},
                                                     {"%F %T %z %Z", TypeKind::kTimestamp},
                                                     {"", TypeKind::kTime}};
  TimePattern pattern;
  for (const auto& [text, kind] : faults) EXPECT_TRUE(CompilePattern(text, kind, &pattern).has_value()) << text;
  EXPECT_NE(CompilePattern("%F %Q", TypeKind::kDate, &pattern)->what.find("%Q"), std::string::npos);
}

TEST(Iso8601Test, Dates) {
  const ColumnSpec spec = Spec(TypeKind::kDate, TimeFormat::kIso8601);
  for (const std::string text : {"2024-01-31", "20240131", "2024-031", "2024031", "2024-W05-3", "2024W053"}) {
    ExpectValue<int32_t>(spec, text, 19753);
  }
  ExpectValue<int32_t>(spec, "2020-W53-5", 18628);  // 2021-01-01
  ExpectValue<int32_t>(spec, "2021-W01-1", 18631);
  ExpectValue<int32_t>(spec, "2025-W01-1", 20087);  // 2024-12-30
  ExpectBad(spec, RejectKind::kBadDate,
            {"2024",       "2024-01",          "202401",     "2024-W05",   "2024W05",   "2021-W53-1",
             "2024-W00-1", "2024-W05-0",       "2024-W05-8", "2024-W053",  "2024W05-3", "2024-0131",
             "202401-31",  "2023-366",         "2023366",    "2024-w05-3", "2024-1-31", "20240230",
             "24-01-31",   "2024-01-31T00:00", "x",          "2024-",      "00000101"});
}

TEST(Iso8601Test, Times) {
  const ColumnSpec spec = Spec(TypeKind::kTime, TimeFormat::kIso8601);
  for (const std::string text : {"12", "12:00", "1200", "12:00:00", "120000", "T12", "t120000", "12:00:00,0", "12.0"}) {
    ExpectValue<int64_t>(spec, text, 43200000000);
  }
  ExpectValue<int64_t>(spec, "12,5", 45000000000);
  ExpectValue<int64_t>(spec, "12:30,25", 45015000000);
  ExpectValue<int64_t>(spec, "12:30:15.000001", 45015000001);
  ExpectBad(spec, RejectKind::kBadTime,
            {"24", "24:00", "1", "123", "12:3", "12:60", "12:00:60", "12:0000", "1200:00", "12.", "12:", "12:00Z",
             "12:00:00.1.1"});
  ExpectBad(spec, RejectKind::kDigitsBeyondScale, {"12:00:00.0000001", "12.00000000001"});
}

TEST(Iso8601Test, Timestamps) {
  const ColumnSpec wall = Spec(TypeKind::kTimestamp, TimeFormat::kIso8601, TimeUnit::kSecond);
  for (const std::string text : {"2024-01-31T23:59:59", "20240131T235959", "2024-031t23:59:59", "2024W053 235959"}) {
    ExpectValue<int64_t>(wall, text, 1706745599);
  }
  for (const std::string text : {"2024-01-31T24:00:00", "20240131T24", "2024-02-01", "20240201", "2024-01-31 24:00"}) {
    ExpectValue<int64_t>(wall, text, 1706745600);
  }
  ExpectBad(wall, RejectKind::kBadTimestamp,
            {"2024-01-31T24:00:01", "2024-01-31T", "2024-01", "1706745600000", "2024-01-31T24,1"});
  ExpectBad(wall, RejectKind::kUnexpectedOffset, {"20240131T235959Z"});
  const ColumnSpec zoned = Spec(TypeKind::kTimestamp, TimeFormat::kIso8601, TimeUnit::kMilli, "UTC");
  ExpectValue<int64_t>(zoned, "20240131T235959,5+0100", 1706741999500);
  ExpectValue<int64_t>(zoned, "2024-01-31T23+01", 1706738400000);
  // The default has none of them.
  ExpectBad(Spec(TypeKind::kTimestamp, {}, TimeUnit::kSecond), RejectKind::kBadTimestamp,
            {"20240131T235959", "2024-01-31T23", "2024-01-31T24:00:00", "2024-031", "2024-01-31T23:59:59,5"});
}

TEST(BytesTest, Uuids) {
  const std::string bytes("\x12\x3E\x45\x67\xE8\x9B\x12\xD3\xA4\x56\x42\x66\x14\x17\x40\x00", 16);
  const ColumnSpec spec = Spec(TypeKind::kUuid);
  for (const std::string text : {"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
                                 "123e4567e89b12d3a456426614174000"}) {
    EXPECT_EQ(DecodeOne(spec, text).value, bytes) << text;
  }
  ExpectBad(spec, RejectKind::kBadUuid,
            {"{123e4567-e89b-12d3-a456-426614174000}", "123e4567-e89b-12d3-a456-42661417400", "x",
             "123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b12d3--a456-426614174000",
             "123e4567e89b12d3a45642661417400", "123e4567-e89b-12d3-a456-4266141740000"});
  Format format;
  format.braced = true;
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kUuid, format), "{123e4567-e89b-12d3-a456-426614174000}").value, bytes);
  ExpectBad(Spec(TypeKind::kUuid, format), RejectKind::kBadUuid, {"123e4567-e89b-12d3-a456-426614174000"});
}

TEST(BytesTest, HexAndBase64) {
  Format format;
  format.bytes = BytesFormat::kHex;
  ColumnSpec hex = Spec(TypeKind::kBinary, format);
  hex.nulls = {"NULL"};
  for (const std::string text : {"00ff7F", "0x00FF7f", "\\x00ff7f"}) {
    EXPECT_EQ(DecodeOne(hex, text).value, std::string("\x00\xFF\x7F", 3)) << text;
  }
  for (const std::string text : {"", "0x", "\\x"}) EXPECT_EQ(DecodeOne(hex, text).value, "") << text;
  ExpectBad(hex, RejectKind::kBadBinary, {"0", "0x0", "gg", "00 ff", "0X00", "00ff7"});
  format.bytes = BytesFormat::kBase64;
  ColumnSpec base64 = Spec(TypeKind::kBinary, format);
  base64.nulls = {"NULL"};
  const std::pair<const char*, const char*> rfc[] = {{"", ""},
                                                     {"Zg==", "f"},
                                                     {"Zm8=", "fo"},
                                                     {"Zm9v", "foo"},
                                                     {"Zm9vYg==", "foob"},
                                                     {"Zm9vYmE=", "fooba"},
                                                     {"Zm9vYmFy", "foobar"},
                                                     {"+/+/", "\xFB\xFF\xBF"}};
  for (const auto& [text, value] : rfc) EXPECT_EQ(DecodeOne(base64, text).value, value) << text;
  ExpectBad(base64, RejectKind::kBadBinary,
            {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9v", "-_-_", "Zm9v\n"});
  EXPECT_TRUE(DecodeEverywhere(hex, {{"00ff"}, {"x"}, {"0a0b0c"}, {"NULL"}, {"00\"\"ff", true, true}, {""}}).at(4).bad);
}

TEST(BoolTest, Words) {
  Format format;
  format.true_values = {"ja", "J", "\xC3\xA4"};
  format.false_values = {"nein", ""};
  ColumnSpec spec = Spec(TypeKind::kBool, format);
  spec.nulls = {"NULL"};
  for (const std::string text : {"ja", "J", "\xC3\xA4"}) ExpectValue<uint8_t>(spec, text, 1);
  for (const std::string text : {"nein", ""}) ExpectValue<uint8_t>(spec, text, 0);
  ExpectBad(spec, RejectKind::kBadBool, {"JA", "true", "1", "jaa", "nei"});
}

}  // namespace
}  // namespace v0
}  // namespace headrace
