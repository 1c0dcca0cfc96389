// Dates, times, timestamps and epochs: values against the C library's calendar, edges, zones.
#include <gtest/gtest.h>

#include <ctime>

#include "decode/test_column.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

ColumnSpec Spec(TypeKind kind, TimeUnit unit = TimeUnit::kMilli, const std::string& zone = "",
                TimeFormat format = TimeFormat::kDefault) {
  ColumnSpec spec;
  spec.type.kind = kind;
  spec.type.unit = unit;
  spec.type.zone = zone;
  spec.format = format;
  if (NeedsZone(spec.type)) {
    // Clocks of Rome in 2013: ahead by one hour, and by two from March 31 to October 27, 01:00 UTC.
    spec.zone = std::make_shared<const LocalZone>(
        *LocalZone::Make(3600, {{1364691600, 3600, 7200}, {1382835600, 7200, 3600}}, false));
  }
  return spec;
}

TestRow Timestamp(const std::string& text, TimeUnit unit = TimeUnit::kMilli, const std::string& zone = "",
                  TimeFormat format = TimeFormat::kDefault) {
  return DecodeOne(Spec(TypeKind::kTimestamp, unit, zone, format), text);
}

TEST(DateTest, EveryDayOfTheCalendar) {
  std::vector<TestField> fields;
  std::vector<int32_t> expected;
  char text[32];
  for (int year = 1; year <= 9999; year += year < 1890 || year > 2110 ? 7 : 1) {
    for (int month = 0; month <= 13; month++) {
      for (int day = 0; day <= 32; day++) {
        std::tm civil{};
        civil.tm_year = year - 1900, civil.tm_mon = month - 1, civil.tm_mday = day;
        const std::time_t seconds = timegm(&civil);
        const bool same = civil.tm_year == year - 1900 && civil.tm_mon == month - 1 && civil.tm_mday == day;
        std::snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
        fields.push_back({text});
        expected.push_back(same ? static_cast<int32_t>(seconds / 86400) : INT32_MIN);
      }
    }
  }
  const auto rows = DecodeFields(ColumnDecoder(Spec(TypeKind::kDate)), fields);
  for (size_t i = 0; i < rows.size(); i++) {
    ASSERT_EQ(rows[i].bad.has_value(), expected[i] == INT32_MIN) << fields[i].text;
    if (!rows[i].bad) {
      ASSERT_EQ(rows[i].As<int32_t>(), expected[i]) << fields[i].text;
    }
  }
}

TEST(DateTest, Refused) {
  for (const std::string text :
       {"0000-01-01", "2024-1-01", "2024-01-1", "20240101", "2024/01/01", "2024-01-01 ", " 2024-01-01",
        "2024-01-01T00:00:00", "02024-01-01", "+2024-01-01", "-024-01-01", "2024-0a-01", "1700000000000"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kDate), text).bad, RejectKind::kBadDate) << text;
  }
}

// Every byte at every place of a timestamp: only digits may replace digits.
TEST(TimestampTest, EveryByteAtEveryPlace) {
  const std::string good = "2013-11-11 11:11:11.111";
  std::vector<TestField> fields;
  for (size_t place = 0; place < good.size(); place++) {
    for (int byte = 0; byte < 256; byte++) {
      fields.push_back({good});
      fields.back().text[place] = static_cast<char>(byte);
    }
  }
  const auto rows = DecodeEverywhere(Spec(TypeKind::kTimestamp), fields);
  for (size_t i = 0; i < rows.size(); i++) {
    const char was = good[i / 256], now = static_cast<char>(i % 256);
    const bool digits = std::isdigit(was) && std::isdigit(static_cast<unsigned char>(now));
    const bool may_be_value = now == was || digits || (was == ' ' && (now == 'T' || now == 't'));
    if (!may_be_value) {
      EXPECT_TRUE(rows[i].bad.has_value()) << fields[i].text;
    }
    if (now == was) {
      EXPECT_EQ(rows[i].As<int64_t>(), 1384168271111);
    }
  }
}

TEST(TimeTest, Values) {
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime, TimeUnit::kSecond), "23:59:59").As<int32_t>(), 86399);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime, TimeUnit::kMilli), "23:59:59.9").As<int32_t>(), 86399900);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime, TimeUnit::kMicro), "00:00:00.000001").As<int64_t>(), 1);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime, TimeUnit::kNano), "23:59:59.123456789").As<int64_t>(), 86399123456789);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime, TimeUnit::kMilli), "12:34").As<int32_t>(), 45240000);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime, TimeUnit::kMilli), "12:34:56.1234").bad, RejectKind::kDigitsBeyondScale);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime, TimeUnit::kSecond), "12:34:56.0").bad, RejectKind::kDigitsBeyondScale);
  for (const std::string text :
       {"24:00:00", "12:60:00", "12:00:60", "12:99", "1:00:00", "12", "12:", "12:3", "12:34:", "12:34:5", "12:34:56.",
        "12:34.5", "12:34:56.1x", "12:34:56Z", "12:34:56 ", "-1:00:00", "12:34:56.1234x", "123456", "12:34:56,1"}) {
    EXPECT_EQ(DecodeOne(Spec(TypeKind::kTime), text).bad, RejectKind::kBadTime) << text;
  }
}

TEST(TimestampTest, WallClock) {
  EXPECT_EQ(Timestamp("2013-11-01 00:10:00").As<int64_t>(), 1383264600000);
  EXPECT_EQ(Timestamp("2013-11-01T00:10:00.5").As<int64_t>(), 1383264600500);
  EXPECT_EQ(Timestamp("2013-11-01t00:10").As<int64_t>(), 1383264600000);
  EXPECT_EQ(Timestamp("2013-11-01").As<int64_t>(), 1383264000000);
  EXPECT_EQ(Timestamp("1969-12-31 23:59:59.999").As<int64_t>(), -1);
  EXPECT_EQ(Timestamp("0001-01-01 00:00:00").As<int64_t>(), -62135596800000);
  EXPECT_EQ(Timestamp("9999-12-31 23:59:59.999").As<int64_t>(), 253402300799999);
  for (const std::string offset : {"Z", "z", "+01:00", "-0100", "+01"}) {
    EXPECT_EQ(Timestamp("2013-11-01 00:10:00" + offset).bad, RejectKind::kUnexpectedOffset) << offset;
  }
  EXPECT_EQ(Timestamp("2013-11-01 00:10:00.1234").bad, RejectKind::kDigitsBeyondScale);
  for (const std::string text : {"2013-11-01 ",
                                 "2013-11-01Z",
                                 "2013-11-01 00",
                                 "2013-11-01 00:10:",
                                 "2013-11-01  00:10:00",
                                 "2013-11-01_00:10:00",
                                 "2013-11-01 24:00:00",
                                 "2013-11-01 23:59:60",
                                 "2013-11-01 00:10:00+1",
                                 "2013-11-01 00:10:00+24:00",
                                 "2013-11-01 00:10:00+01:60",
                                 "2013-11-01 00:10:00+01:0",
                                 "2013-11-01 00:10:00 Z",
                                 "2013-11-01 00:10:00ZZ",
                                 "2013-11-31 00:00:00",
                                 "2013-02-29 00:00:00",
                                 "2013-11-01 00:10:00.",
                                 "11/01/2013",
                                 "x",
                                 "2013-11-01 12:99:00"}) {
    EXPECT_EQ(Timestamp(text).bad, RejectKind::kBadTimestamp) << text;
  }
}

TEST(TimestampTest, Zones) {
  for (const std::string zone : {"UTC", "Etc/UTC", "Z", "+00:00"}) {
    EXPECT_EQ(Timestamp("2013-11-01 00:10:00", TimeUnit::kSecond, zone).As<int64_t>(), 1383264600) << zone;
    EXPECT_EQ(Timestamp("2013-11-01 00:10:00Z", TimeUnit::kSecond, zone).As<int64_t>(), 1383264600) << zone;
    EXPECT_EQ(Timestamp("2013-11-01 01:10:00+01:00", TimeUnit::kSecond, zone).As<int64_t>(), 1383264600) << zone;
    EXPECT_EQ(Timestamp("2013-10-31 23:40:00-0030", TimeUnit::kSecond, zone).As<int64_t>(), 1383264600) << zone;
  }
  EXPECT_EQ(Timestamp("2013-11-01 01:10:00", TimeUnit::kSecond, "+01:00").As<int64_t>(), 1383264600);
  EXPECT_EQ(Timestamp("2013-11-01 00:10:00Z", TimeUnit::kSecond, "+01:00").As<int64_t>(), 1383264600);
  DataType type = Spec(TypeKind::kTimestamp, TimeUnit::kSecond, "-24:00").type;
  EXPECT_TRUE(NeedsZone(type)) << "not an offset";
  EXPECT_EQ(Timestamp("2013-11-01 01:10:00+01", TimeUnit::kSecond, "Europe/Rome").As<int64_t>(), 1383264600);
  EXPECT_EQ(Timestamp("1383264600000", TimeUnit::kMilli, "Europe/Rome").As<int64_t>(), 1383264600000);
}

TEST(TimestampTest, NamedZones) {
  const auto rome = [](const std::string& text, TimeUnit unit = TimeUnit::kSecond) {
    return Timestamp(text, unit, "Europe/Rome");
  };
  EXPECT_EQ(rome("2013-11-01 01:10:00").As<int64_t>(), 1383264600);
  EXPECT_EQ(rome("2013-11-01").As<int64_t>(), 1383260400);
  EXPECT_EQ(rome("2013-07-01T12:00:00").As<int64_t>(), 1372672800);
  EXPECT_EQ(rome("2013-07-01T12:00:00.25", TimeUnit::kMilli).As<int64_t>(), 1372672800250);
  EXPECT_EQ(rome("1969-12-31 23:59:59.75", TimeUnit::kMilli).As<int64_t>(), -3600250) << "before the epoch";
  EXPECT_EQ(rome("2013-03-31 01:59:59").As<int64_t>(), 1364691599);
  EXPECT_EQ(rome("2013-03-31 02:00:00").bad, RejectKind::kNonexistentTime);
  EXPECT_EQ(rome("2013-03-31 02:59:59.9", TimeUnit::kMilli).bad, RejectKind::kNonexistentTime);
  EXPECT_EQ(rome("2013-03-31 03:00:00").As<int64_t>(), 1364691600);
  EXPECT_EQ(rome("2013-10-27 01:59:59").As<int64_t>(), 1382831999);
  EXPECT_EQ(rome("2013-10-27 02:00:00").bad, RejectKind::kAmbiguousTime);
  EXPECT_EQ(rome("2013-10-27 02:59:59").bad, RejectKind::kAmbiguousTime);
  EXPECT_EQ(rome("2013-10-27 02:00:00+01:00").As<int64_t>(), 1382835600);
  EXPECT_EQ(rome("2013-10-27 03:00:00").As<int64_t>(), 1382839200);
  ColumnSpec spec = Spec(TypeKind::kTimestamp, TimeUnit::kSecond, "Europe/Rome");
  spec.format.ambiguous = Ambiguous::kEarlier;
  EXPECT_EQ(DecodeOne(spec, "2013-10-27 02:00:00").As<int64_t>(), 1382832000);
  EXPECT_EQ(DecodeOne(spec, "2013-03-31 02:00:00").bad, RejectKind::kNonexistentTime) << "no key makes it exist";
  spec.format.ambiguous = Ambiguous::kLater;
  EXPECT_EQ(DecodeOne(spec, "2013-10-27 02:00:00").As<int64_t>(), 1382835600);
  // Many times in one window, so that whole blocks and the last place of the look-up are used.
  std::vector<TestField> fields;
  for (int hour = 0; hour < 500; hour++) {
    char text[32];
    std::snprintf(text, sizeof(text), "2013-%02d-%02d %02d:30:00%s", 1 + hour * 7 % 12, 1 + hour % 28, hour % 24,
                  hour % 9 == 0 ? "Z" : "");
    fields.push_back({text});
  }
  EXPECT_EQ(DecodeEverywhere(spec, fields).size(), fields.size());
}

TEST(TimestampTest, Nanoseconds) {
  const auto nanos = [](const std::string& text) { return Timestamp(text, TimeUnit::kNano, "UTC"); };
  EXPECT_EQ(nanos("2262-04-11 23:47:16.854775807").As<int64_t>(), INT64_MAX);
  EXPECT_EQ(nanos("1677-09-21 00:12:43.145224192").As<int64_t>(), INT64_MIN);
  EXPECT_EQ(nanos("1677-09-21 01:12:43.145224192+01:00").As<int64_t>(), INT64_MIN);
  for (const std::string text : {"2262-04-11 23:47:16.854775808", "1677-09-21 00:12:43.145224191", "0001-01-01",
                                 "9999-12-31", "2262-04-12", "1677-09-21 00:12:43.145224192+00:01"}) {
    EXPECT_EQ(nanos(text).bad, RejectKind::kOutOfRange) << text;
  }
}

TEST(TimestampTest, Epochs) {
  EXPECT_EQ(Timestamp("1383260400000").As<int64_t>(), 1383260400000);
  EXPECT_EQ(Timestamp("-1").bad, RejectKind::kBadTimestamp) << "digits alone are an epoch, unless a format says so";
  EXPECT_EQ(Timestamp("+1383260400000").bad, RejectKind::kBadTimestamp);
  EXPECT_EQ(Timestamp("-1383260400000").bad, RejectKind::kBadTimestamp);
  EXPECT_EQ(Timestamp("20131101").As<int64_t>(), 20131101) << "digits alone are an epoch, whatever their number";
  EXPECT_EQ(Timestamp("99999999999999999999").bad, RejectKind::kOutOfRange);
  EXPECT_EQ(Timestamp("1383260400000.5").bad, RejectKind::kBadTimestamp);
  EXPECT_EQ(Timestamp("-").bad, RejectKind::kBadTimestamp);
  for (const TimeUnit unit : {TimeUnit::kSecond, TimeUnit::kMicro, TimeUnit::kNano}) {
    EXPECT_EQ(Timestamp("1383260400", unit).bad, RejectKind::kBadTimestamp)
        << "only timestamp[ms] takes an epoch unasked";
  }
  EXPECT_EQ(Timestamp("1383260400000", TimeUnit::kMilli, "", TimeFormat::kIso8601).bad, RejectKind::kBadTimestamp);
  EXPECT_EQ(Timestamp("2013-11-01", TimeUnit::kMilli, "", TimeFormat::kEpochMs).bad, RejectKind::kBadTimestamp);
  const int64_t per_second[] = {1, 1000, 1000000, 1000000000};
  for (int from = 0; from < 4; from++) {
    for (int to = 0; to < 4; to++) {
      const auto read = [&](const std::string& text) {
        const int format = static_cast<int>(TimeFormat::kEpochS) + from;
        return Timestamp(text, static_cast<TimeUnit>(to), "UTC", static_cast<TimeFormat>(format));
      };
      const std::string zeros = std::to_string(per_second[from]).substr(1);
      EXPECT_EQ(read("1383260400" + zeros).As<int64_t>(), 1383260400 * per_second[to]);
      EXPECT_EQ(read("-7" + zeros).As<int64_t>(), -7 * per_second[to]);
      EXPECT_EQ(read("+007" + zeros).As<int64_t>(), 7 * per_second[to]);
      if (from > to) {
        EXPECT_EQ(read("1383260400" + zeros.substr(1) + "1").bad, RejectKind::kDigitsBeyondScale);
      }
      if (from < to) {
        EXPECT_EQ(read("9223372036854775807").bad, RejectKind::kOutOfRange);
      }
      if (from == to && to > 0) {
        EXPECT_EQ(read("9223372036854775807").As<int64_t>(), INT64_MAX);
        EXPECT_EQ(read("-9223372036854775808").As<int64_t>(), INT64_MIN);
      }
      if (to == 0 && from < 2) {  // Parquet's milliseconds
        EXPECT_EQ(read("9223372036854775" + zeros).As<int64_t>(), 9223372036854775);
        EXPECT_EQ(read("9223372036854776" + zeros).bad, RejectKind::kOutOfRange);
        EXPECT_EQ(read("-9223372036854776" + zeros).bad, RejectKind::kOutOfRange);
      }
      if (to > from) {
        EXPECT_EQ(read("1700000000.123").As<int64_t>(), 1700000000123 * (per_second[to] / per_second[from] / 1000));
        EXPECT_EQ(read("-0.5").As<int64_t>(), -(per_second[to] / per_second[from] / 2));
        EXPECT_EQ(read("1." + std::string(10, '0')).bad, RejectKind::kDigitsBeyondScale);
      } else {
        EXPECT_EQ(read("1.5").bad, RejectKind::kDigitsBeyondScale);
      }
      for (const std::string text : {"1.", ".5", "1.5.5", "1,5", "1e3", "--1", "1.5x"}) {
        EXPECT_FALSE(read(text).value.has_value()) << text;
      }
    }
  }
}

TEST(DurationTest, IsAnInteger) {
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kDuration), "-90061001").As<int64_t>(), -90061001);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kDuration), "1:00").bad, RejectKind::kBadInteger);
  EXPECT_EQ(DecodeOne(Spec(TypeKind::kDuration), "9223372036854775808").bad, RejectKind::kOutOfRange);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
