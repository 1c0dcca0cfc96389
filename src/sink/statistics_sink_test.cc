#include "sink/statistics_sink.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "sink/test_batch.h"
#include "sink/value_text.h"

namespace headrace {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

DataType Kind(TypeKind kind, TimeUnit unit = TimeUnit::kMilli, std::string zone = "") {
  DataType type;
  type.kind = kind;
  type.unit = unit;
  type.zone = std::move(zone);
  return type;
}

// Each unit through an encoder of its own, as on as many workers.
template <class Add>
ColumnReport Scan(const DataType& type, int units, const Add& add) {
  StatisticsSink sink({{"x", type}});
  int64_t rows = 0;
  for (int k = 0; k < units; ++k) {
    TestBatch unit;
    add(k, &unit);
    auto encoder = sink.MakeEncoder().ValueOrDie();
    EXPECT_TRUE(sink.Commit(encoder->Encode(unit.batch(), {k, 0}).ValueOrDie(), {k, 0}).ok());
    rows += unit.batch().rows;
  }
  EXPECT_TRUE(sink.Finish().ok());
  EXPECT_EQ(sink.Inspect().ValueOrDie()[0].rows, rows);
  ColumnReport report = sink.columns()[0];
  EXPECT_EQ(report.name, "x");
  EXPECT_EQ(report.count + report.nulls, rows);
  return report;
}

template <class T>
ColumnReport ScanOne(const DataType& type, const std::vector<std::optional<T>>& values) {
  return Scan(type, 1, [&](int, TestBatch* unit) { unit->Add(type, values); });
}

ColumnReport ScanTexts(TypeKind kind, const std::vector<std::vector<std::optional<std::string>>>& units) {
  return Scan(Kind(kind), static_cast<int>(units.size()),
              [&](int k, TestBatch* unit) { unit->AddStrings(Kind(kind), units[static_cast<size_t>(k)]); });
}

std::string Text(__int128 value) {
  WideInteger wide;
  wide.Add(value);
  return WideText(wide);
}

template <class T>
void CheckIntegers(TypeKind kind) {
  std::mt19937_64 random(5);
  for (int rows : {1, 7, 64, 1000}) {
    std::vector<std::vector<std::optional<T>>> units(3);
    __int128 sum = 0;
    T min = std::numeric_limits<T>::max(), max = std::numeric_limits<T>::min();
    int64_t count = 0;
    for (auto& unit : units) {
      for (int i = 0; i < rows; ++i) {
        const auto value = static_cast<T>(random());
        if (random() % 4 == 0 && !(rows == 1 && &unit == &units[0])) {
          unit.push_back(std::nullopt);
          continue;
        }
        unit.push_back(value);
        sum += value;
        min = std::min(min, value);
        max = std::max(max, value);
        ++count;
      }
    }
    const ColumnReport report =
        Scan(Kind(kind), 3, [&](int k, TestBatch* unit) { unit->Add(Kind(kind), units[static_cast<size_t>(k)]); });
    EXPECT_EQ(report.count, count);
    EXPECT_EQ(report.min, Text(min));
    EXPECT_EQ(report.max, Text(max));
    EXPECT_EQ(report.sum, Text(sum));
    EXPECT_EQ(report.extremes_quoted, sizeof(T) == 8);
    EXPECT_TRUE(report.sum_quoted);
  }
}

TEST(StatisticsSink, Integers) {
  CheckIntegers<int8_t>(TypeKind::kInt8);
  CheckIntegers<int16_t>(TypeKind::kInt16);
  CheckIntegers<int32_t>(TypeKind::kInt32);
  CheckIntegers<int64_t>(TypeKind::kInt64);
  CheckIntegers<uint8_t>(TypeKind::kUInt8);
  CheckIntegers<uint16_t>(TypeKind::kUInt16);
  CheckIntegers<uint32_t>(TypeKind::kUInt32);
  CheckIntegers<uint64_t>(TypeKind::kUInt64);
}

TEST(StatisticsSink, IntegerSumsDoNotWrap) {
  const std::vector<std::optional<int64_t>> low(3000, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ScanOne(Kind(TypeKind::kInt64), low).sum, "-27670116110564327424000");
  const std::vector<std::optional<uint64_t>> high(3000, std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(ScanOne(Kind(TypeKind::kUInt64), high).sum, "55340232221128654845000");
}

TEST(StatisticsSink, DecimalSumsGoBeyond128Bits) {
  DataType type = Kind(TypeKind::kDecimal);
  type.precision = 38;
  type.scale = 2;
  __int128 most = 1;
  for (int i = 0; i < 38; ++i) most *= 10;
  --most;
  const std::vector<std::optional<__int128>> values(100, most);
  ColumnReport report = ScanOne(type, values);
  EXPECT_EQ(report.max, "999999999999999999999999999999999999.99");
  EXPECT_EQ(report.sum, "99999999999999999999999999999999999999.00");
  report = Scan(type, 20, [&](int k, TestBatch* unit) {
    unit->Add(type, std::vector<std::optional<__int128>>(100, k % 2 == 0 ? -most : -most / 3));
  });
  EXPECT_EQ(report.min, "-999999999999999999999999999999999999.99");
  EXPECT_EQ(report.sum, "-1333333333333333333333333333333333333320.00");
  report = ScanOne<__int128>(type, {5, -7});
  EXPECT_EQ(report.min, "-0.07");
  EXPECT_EQ(report.max, "0.05");
  EXPECT_EQ(report.sum, "-0.02");
  EXPECT_TRUE(report.extremes_quoted);
}

// The contract, word by word.
double ContractSum(const std::vector<std::vector<std::optional<double>>>& units) {
  double total = 0;
  for (const auto& unit : units) {
    double partial[8] = {};
    for (size_t row = 0; row < unit.size(); ++row) partial[row % 8] += unit[row].value_or(0.0);
    total += ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
             ((partial[4] + partial[5]) + (partial[6] + partial[7]));
  }
  return total;
}

TEST(StatisticsSink, FloatSumsHaveTheOrderOfTheContract) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> draw(-1e10, 1e10);
  for (int rows : {1, 8, 63, 65, 511, 512, 513, 1700}) {
    for (int nulls : {0, 1, 2, 3}) {
      std::vector<std::vector<std::optional<double>>> units(3);
      double min = kInfinity, max = -kInfinity;
      for (auto& unit : units) {
        for (int i = 0; i < rows; ++i) {
          const double value = std::ldexp(draw(random), static_cast<int>(random() % 80) - 40);
          const bool null = nulls == 3 ? i >= rows / 2 : random() % 4 < static_cast<unsigned>(nulls);
          unit.push_back(null ? std::nullopt : std::optional(value));
          if (null) continue;
          min = std::min(min, value);
          max = std::max(max, value);
        }
      }
      const ColumnReport report = Scan(Kind(TypeKind::kFloat64), 3, [&](int k, TestBatch* unit) {
        unit->Add(Kind(TypeKind::kFloat64), units[static_cast<size_t>(k)]);
      });
      if (report.count == 0) continue;
      EXPECT_EQ(report.sum, FloatText(ContractSum(units)));
      EXPECT_EQ(report.min, FloatText(min));
      EXPECT_EQ(report.max, FloatText(max));
      EXPECT_FALSE(report.extremes_quoted);
      EXPECT_FALSE(report.sum_quoted);
    }
  }
}

TEST(StatisticsSink, FloatsThatAreNotNumbers) {
  const auto scan = [](const std::vector<std::optional<double>>& values) {
    return ScanOne(Kind(TypeKind::kFloat64), values);
  };
  ColumnReport report = scan({kNan, 2.0, std::nullopt, -1.0, kNan});
  EXPECT_EQ(report.min, "-1");
  EXPECT_EQ(report.max, "2");
  EXPECT_EQ(report.sum, "nan");
  EXPECT_FALSE(report.extremes_quoted);
  EXPECT_TRUE(report.sum_quoted);
  report = scan({kNan, kNan});
  EXPECT_FALSE(report.has_extremes);
  EXPECT_TRUE(report.has_sum);
  report = scan({1.0, kInfinity, 0.5});
  EXPECT_EQ(report.min, "0.5");
  EXPECT_EQ(report.max, "inf");
  EXPECT_TRUE(report.extremes_quoted);
  EXPECT_EQ(report.sum, "inf");
  report = scan(std::vector<std::optional<double>>(20, -kInfinity));
  EXPECT_EQ(report.min, "-inf");
  EXPECT_EQ(report.max, "-inf");
}

TEST(StatisticsSink, ZerosHaveAnOrder) {
  for (int place = 0; place < 20; ++place) {
    std::vector<std::optional<double>> values(20, 0.0);
    values[static_cast<size_t>(place)] = -0.0;
    ColumnReport report = ScanOne(Kind(TypeKind::kFloat64), values);
    EXPECT_EQ(report.min, "-0");
    EXPECT_EQ(report.max, "0");
    EXPECT_EQ(report.sum, "0");
    for (auto& value : values) value = value.has_value() && std::signbit(*value) ? 0.0 : -0.0;
    report = ScanOne(Kind(TypeKind::kFloat64), values);
    EXPECT_EQ(report.min, "-0");
    EXPECT_EQ(report.max, "0");
  }
  const ColumnReport units = Scan(Kind(TypeKind::kFloat64), 2, [](int k, TestBatch* unit) {
    unit->Add<double>(Kind(TypeKind::kFloat64), {k == 0 ? 0.0 : -0.0});
  });
  EXPECT_EQ(units.min, "-0");
  EXPECT_EQ(units.max, "0");
}

TEST(StatisticsSink, Float32IsShortButSummedAsDouble) {
  const ColumnReport report = ScanOne<float>(Kind(TypeKind::kFloat32), {0.1f, 0.2f, std::nullopt});
  EXPECT_EQ(report.min, "0.1");
  EXPECT_EQ(report.max, "0.2");
  EXPECT_EQ(report.sum, FloatText(static_cast<double>(0.1f) + static_cast<double>(0.2f)));
}

TEST(StatisticsSink, Texts) {
  ColumnReport report =
      ScanTexts(TypeKind::kString, {{"pear", std::nullopt, "peach"}, {}, {"pearl", "", "zebra crossing"}});
  EXPECT_EQ(report.min, "");
  EXPECT_EQ(report.max, "zebra crossing");
  EXPECT_FALSE(report.has_sum);
  EXPECT_TRUE(report.extremes_quoted);
  report = ScanTexts(TypeKind::kDictionary, {{"same prefix b", "same prefix a", "same prefix c", "same pre"}});
  EXPECT_EQ(report.min, "same pre");
  EXPECT_EQ(report.max, "same prefix c");
  const std::string zero("a\0", 2);
  report = ScanTexts(TypeKind::kString, {{zero, "a"}});
  EXPECT_EQ(report.min, "a");
  EXPECT_EQ(report.max, zero);
  report = ScanTexts(TypeKind::kBinary, {{"\x7f", "\xff\x01", "\x80"}});
  EXPECT_EQ(report.min, "7f");
  EXPECT_EQ(report.max, "ff01");
}

TEST(StatisticsSink, RandomTexts) {
  std::mt19937_64 random(9);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::optional<std::string>> values;
    std::string min(20, '\xff'), max;
    for (int i = 0; i < 40; ++i) {
      std::string value = random() % 2 ? "thirteen byte" : "";  // and more: a key ends behind fifteen
      for (size_t k = random() % 12; k > 0; --k) value.push_back("ab\0\xe9"[random() % 4]);
      min = std::min(min, value);
      max = std::max(max, value);
      values.emplace_back(value);
    }
    const ColumnReport report = ScanTexts(TypeKind::kString, {values});
    EXPECT_EQ(report.min, min);
    EXPECT_EQ(report.max, max);
  }
}

TEST(StatisticsSink, Bools) {
  ColumnReport report = ScanOne<uint8_t>(Kind(TypeKind::kBool), {1, 0, std::nullopt, 1});
  EXPECT_EQ(report.min, "false");
  EXPECT_EQ(report.max, "true");
  EXPECT_EQ(report.sum, "2");
  EXPECT_FALSE(report.extremes_quoted);
  report = ScanOne<uint8_t>(Kind(TypeKind::kBool), {1, 1});
  EXPECT_EQ(report.min, "true");
}

TEST(StatisticsSink, DatesAndTimes) {
  ColumnReport report = ScanOne<int32_t>(Kind(TypeKind::kDate), {0, -1, 16'010});
  EXPECT_EQ(report.min, "1969-12-31");
  EXPECT_EQ(report.max, "2013-11-01");
  EXPECT_FALSE(report.has_sum);
  report = ScanOne<int64_t>(Kind(TypeKind::kTimestamp), {1'383'260'400'000, -1});
  EXPECT_EQ(report.min, "1969-12-31T23:59:59.999");
  EXPECT_EQ(report.max, "2013-10-31T23:00:00.000");
  EXPECT_FALSE(report.has_sum);
  report = ScanOne<int64_t>(Kind(TypeKind::kTimestamp, TimeUnit::kSecond, "Europe/Rome"), {1'383'260'400});
  EXPECT_EQ(report.max, "2013-10-31T23:00:00Z");
  report = ScanOne<int32_t>(Kind(TypeKind::kTime, TimeUnit::kMilli), {86'399'999, 1});
  EXPECT_EQ(report.min, "00:00:00.001");
  EXPECT_EQ(report.max, "23:59:59.999");
  report = ScanOne<int64_t>(Kind(TypeKind::kTime, TimeUnit::kNano), {1});
  EXPECT_EQ(report.min, "00:00:00.000000001");
  report = ScanOne<int64_t>(Kind(TypeKind::kDuration), {-5, 3});
  EXPECT_EQ(report.min, "-5");
  EXPECT_EQ(report.sum, "-2");
  EXPECT_TRUE(report.extremes_quoted);
}

TEST(StatisticsSink, NoValues) {
  const ColumnReport report = ScanOne<double>(Kind(TypeKind::kFloat64), {std::nullopt, std::nullopt});
  EXPECT_EQ(report.count, 0);
  EXPECT_EQ(report.nulls, 2);
  EXPECT_FALSE(report.has_extremes);
  EXPECT_FALSE(report.has_sum);
  StatisticsSink empty({{"a", Kind(TypeKind::kString)}});
  EXPECT_FALSE(empty.columns()[0].has_extremes);
}

TEST(ValueText, FarDates) {
  const DataType date = Kind(TypeKind::kDate);
  EXPECT_EQ(ValueText(date, -719'528), "0000-01-01");
  EXPECT_EQ(ValueText(date, -719'529), "-0001-12-31");
  EXPECT_EQ(ValueText(date, 2'932'896), "9999-12-31");
  EXPECT_EQ(ValueText(date, 2'932'897), "+10000-01-01");
  EXPECT_EQ(ValueText(date, 11'016), "2000-02-29");
  EXPECT_EQ(ValueText(date, std::numeric_limits<int32_t>::min()), "-5877641-06-23");
  EXPECT_EQ(ValueText(Kind(TypeKind::kTimestamp, TimeUnit::kNano), std::numeric_limits<int64_t>::min()),
            "1677-09-21T00:12:43.145224192");
  EXPECT_EQ(ValueText(Kind(TypeKind::kTimestamp, TimeUnit::kSecond), std::numeric_limits<int64_t>::max()),
            "+292277026596-12-04T15:30:07");
}

TEST(ValueText, Wide) {
  WideInteger wide;
  for (int i = 0; i < 1000; ++i) wide.Add(~__int128{0} ^ (__int128{1} << 127));  // 2^127 - 1
  EXPECT_EQ(WideText(wide), "170141183460469231731687303715884105727000");
  WideInteger twice = wide;
  twice.Add(wide);
  EXPECT_EQ(WideText(twice, 3), "340282366920938463463374607431768211454.000");
  EXPECT_EQ(WideText({}, 4), "0.0000");
  WideInteger minus;
  minus.Add(-1);
  EXPECT_EQ(WideText(minus), "-1");
  minus.Add(minus);
  EXPECT_EQ(WideText(minus, 2), "-0.02");
}

}  // namespace
}  // namespace headrace
