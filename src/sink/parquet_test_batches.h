#pragma once
// Batches for the tests of Parquet: one of every type, and long ones whose values repeat or do not. Tests only.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sink/sink.h"
#include "sink/test_batch.h"

namespace headrace {
inline namespace v0 {

enum class NullShare { kNone, kSome, kAll };
enum class Repeats { kOften, kNever, kRuns };

/// What both kinds of batch share.
class MadeBatch {
 public:
  const Batch& batch() const { return made_.batch(); }
  const std::vector<SinkColumn>& columns() const { return columns_; }

 protected:
  __extension__ using Int128 = __int128;
  MadeBatch(int64_t rows, NullShare nulls) : rows_(rows), nulls_(nulls) {}

  template <class T, class MakeFn>
  void Add(const std::string& name, const DataType& type, MakeFn make) {
    made_.Add<T>(type, Rows<T>(make));
    columns_.push_back({name, type});
  }
  template <class MakeFn>
  void AddTexts(const std::string& name, const DataType& type, MakeFn make) {
    made_.AddStrings(type, Rows<std::string>(make));
    columns_.push_back({name, type});
  }
  bool IsNull() { return nulls_ == NullShare::kAll || (nulls_ == NullShare::kSome && random_() % 3 == 0); }

  template <class T, class MakeFn>
  std::vector<std::optional<T>> Rows(MakeFn make) {
    std::vector<std::optional<T>> rows;
    for (int64_t row = 0; row < rows_; row++) {
      const T value = make(row);
      rows.push_back(IsNull() ? std::optional<T>() : value);
    }
    return rows;
  }

  const int64_t rows_;
  const NullShare nulls_;
  std::mt19937_64 random_{11};
  TestBatch made_;
  std::vector<SinkColumn> columns_;
};

/// A column of every type and unit, with the extremes of each among its values.
class TypesBatch : public MadeBatch {
 public:
  TypesBatch(int64_t rows, NullShare nulls) : MadeBatch(rows, nulls) {
    Add<uint8_t>("bool", Type(TypeKind::kBool), [&](int64_t) { return static_cast<uint8_t>(random_() & 1); });
    AddIntegers<int8_t>("int8", TypeKind::kInt8);
    AddIntegers<int16_t>("int16", TypeKind::kInt16);
    AddIntegers<int32_t>("int32", TypeKind::kInt32);
    AddIntegers<int64_t>("int64", TypeKind::kInt64);
    AddIntegers<uint8_t>("uint8", TypeKind::kUInt8);
    AddIntegers<uint16_t>("uint16", TypeKind::kUInt16);
    AddIntegers<uint32_t>("uint32", TypeKind::kUInt32);
    AddIntegers<uint64_t>("uint64", TypeKind::kUInt64);
    AddIntegers<int32_t>("date", TypeKind::kDate);
    Add<float>("float32", Type(TypeKind::kFloat32), [&](int64_t row) { return static_cast<float>(Double(row)); });
    Add<double>("float64", Type(TypeKind::kFloat64), [&](int64_t row) { return Double(row); });
    for (const int precision : {1, 5, 9, 10, 18, 19, 25, 38}) AddDecimal(precision);
    for (const TimeUnit unit : {TimeUnit::kSecond, TimeUnit::kMilli, TimeUnit::kMicro, TimeUnit::kNano}) AddTimes(unit);
    AddTexts("string", Type(TypeKind::kString), [&](int64_t row) { return Text(row); });
    AddTexts("binary", Type(TypeKind::kBinary), [&](int64_t row) { return std::string("\xFF\0x", 3) + Text(row); });
    AddTexts("dictionary", Type(TypeKind::kDictionary), [&](int64_t row) { return Text(row % 7); });
  }

 private:
  static DataType Type(TypeKind kind) {
    DataType type;
    type.kind = kind;
    return type;
  }
  template <class T>
  void AddIntegers(const std::string& name, TypeKind kind) {
    Add<T>(name, Type(kind), [&](int64_t row) {
      if (row == 5) return std::numeric_limits<T>::min();
      if (row == 6) return std::numeric_limits<T>::max();
      return static_cast<T>(random_());
    });
  }
  void AddDecimal(int precision) {
    DataType type = Type(TypeKind::kDecimal);
    type.precision = precision;
    type.scale = precision / 2;
    Int128 bound = 1;
    for (int i = 0; i < precision; i++) bound *= 10;
    Add<Int128>("decimal" + std::to_string(precision), type, [&](int64_t row) {
      if (row == 5) return 1 - bound;
      if (row == 6) return bound - 1;
      return ((static_cast<Int128>(random_()) << 64 | random_()) & ~(Int128{1} << 127)) % bound *
             (row % 2 == 0 ? 1 : -1);
    });
  }
  void AddTimes(TimeUnit unit) {
    const std::string suffix = std::to_string(static_cast<int>(unit));
    DataType type = Type(TypeKind::kTimestamp);
    type.unit = unit;
    const auto any = [&](int64_t) { return static_cast<int64_t>(random_() >> 12) - (int64_t{1} << 50); };
    Add<int64_t>("timestamp" + suffix, type, any);
    type.zone = "Europe/Rome";
    Add<int64_t>("instant" + suffix, type, any);
    type = Type(TypeKind::kDuration);
    type.unit = unit;
    Add<int64_t>("duration" + suffix, type, any);
    type.kind = TypeKind::kTime;
    constexpr int64_t kPerDay[] = {86'400, 86'400'000, 86'400'000'000, 86'400'000'000'000};
    const auto per_day = static_cast<uint64_t>(kPerDay[static_cast<int>(unit)]);
    if (unit <= TimeUnit::kMilli) {
      Add<int32_t>("time" + suffix, type, [&](int64_t) { return static_cast<int32_t>(random_() % per_day); });
    } else {
      Add<int64_t>("time" + suffix, type, [&](int64_t) { return static_cast<int64_t>(random_() % per_day); });
    }
  }
  double Double(int64_t row) {
    constexpr double kSpecial[] = {0.0, -0.0, 1.5, -1e30, 5e-324, std::numeric_limits<double>::infinity()};
    if (row < 6) return kSpecial[row];
    if (row == 7) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(static_cast<int64_t>(random_())) * 1e-10;
  }
  std::string Text(int64_t row) {
    if (row == 3) return "";
    if (row == 4) return std::string(3000, 'z');
    return "text \xC3\xA9 " + std::to_string(random_() % 50);
  }
};

/// int32, int64, float64, decimal and string columns of many rows.
class LongBatch : public MadeBatch {
 public:
  LongBatch(int64_t rows, NullShare nulls, Repeats repeats) : MadeBatch(rows, nulls) {
    const auto pick = [this, repeats](int64_t row) {
      switch (repeats) {
        case Repeats::kOften:
          return static_cast<int64_t>(random_() % 700);
        case Repeats::kRuns:
          return row / 400;
        default:
          return static_cast<int64_t>(random_());
      }
    };
    DataType type;
    type.kind = TypeKind::kInt32;
    Add<int32_t>("int32", type, [&](int64_t row) { return static_cast<int32_t>(pick(row) * 77'777); });
    type.kind = TypeKind::kInt64;
    Add<int64_t>("int64", type, [&](int64_t row) { return pick(row) - 300; });
    type.kind = TypeKind::kFloat64;
    Add<double>("float64", type, [&](int64_t row) { return static_cast<double>(pick(row)) / 3; });
    type.kind = TypeKind::kDecimal;
    type.precision = 18;
    type.scale = 2;
    Add<Int128>("decimal", type, [&](int64_t row) { return static_cast<Int128>(pick(row) % 999'999'999'999); });
    type = DataType();
    AddTexts("string", type, [&](int64_t row) { return "some text " + std::to_string(pick(row)); });
  }
};

}  // namespace v0
}  // namespace headrace
