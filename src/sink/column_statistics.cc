#include "sink/column_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

#include "headrace/schema.h"
#include "simd/expand.h"

namespace headrace {
inline namespace v0 {
namespace {

struct IntegerStatistics {
  __int128 min, max;
  WideInteger sum;
};

// Sums of a block fit 64 bits: values of 32 bits as they are, longer ones as two halves without a sign.
template <class T>
IntegerStatistics OfIntegers(const T* values, int64_t num_values) {
  constexpr int64_t kBlockValues = int64_t{1} << 20;
  T min = std::numeric_limits<T>::max(), max = std::numeric_limits<T>::min();
  WideInteger sum;
  for (int64_t begin = 0; begin < num_values; begin += kBlockValues) {
    const int64_t end = std::min(num_values, begin + kBlockValues);
    if constexpr (sizeof(T) == 8) {
      constexpr uint64_t kBias = std::is_signed_v<T> ? uint64_t{1} << 63 : 0;
      uint64_t low = 0, high = 0;
      for (int64_t i = begin; i < end; ++i) {
        min = std::min(min, values[i]);
        max = std::max(max, values[i]);
        const uint64_t biased = static_cast<uint64_t>(values[i]) ^ kBias;
        low += biased & 0xffffffff;
        high += biased >> 32;
      }
      sum.Add((static_cast<__int128>(high) << 32) + low - static_cast<__int128>(kBias) * (end - begin));
    } else {
      int64_t block = 0;
      for (int64_t i = begin; i < end; ++i) {
        min = std::min(min, values[i]);
        max = std::max(max, values[i]);
        block += values[i];
      }
      sum.Add(block);
    }
  }
  return {min, max, sum};
}

IntegerStatistics OfDecimals(const uint8_t* bytes, int64_t num_values) {
  IntegerStatistics result{~(__int128{1} << 127), __int128{1} << 127, {}};
  for (int64_t i = 0; i < num_values; ++i) {
    __int128 value;
    std::memcpy(&value, bytes + 16 * i, sizeof value);
    result.min = std::min(result.min, value);
    result.max = std::max(result.max, value);
    result.sum.Add(value);
  }
  return result;
}

IntegerStatistics OfBools(const uint8_t* bytes, int64_t num_values) {
  int64_t trues = 0;
  for (int64_t i = 0; i < num_values; ++i) trues += bytes[i];
  IntegerStatistics result{trues == num_values, trues != 0, {}};
  result.sum.Add(trues);
  return result;
}

IntegerStatistics OfIntegerColumn(const DecodedColumn& unit) {
  const auto of = [&unit]<class T>(const T*) {
    return OfIntegers(reinterpret_cast<const T*>(unit.values), unit.num_values);
  };
  switch (unit.type.kind) {
    case TypeKind::kBool:
      return OfBools(unit.values, unit.num_values);
    case TypeKind::kInt8:
      return of(static_cast<int8_t*>(nullptr));
    case TypeKind::kInt16:
      return of(static_cast<int16_t*>(nullptr));
    case TypeKind::kUInt8:
      return of(static_cast<uint8_t*>(nullptr));
    case TypeKind::kUInt16:
      return of(static_cast<uint16_t*>(nullptr));
    case TypeKind::kUInt32:
      return of(static_cast<uint32_t*>(nullptr));
    case TypeKind::kUInt64:
      return of(static_cast<uint64_t*>(nullptr));
    case TypeKind::kDecimal:
      return OfDecimals(unit.values, unit.num_values);
    default:
      if (ValueWidth(unit.type) == 4) return of(static_cast<int32_t*>(nullptr));
      return of(static_cast<int64_t*>(nullptr));
  }
}

constexpr int kLanes = 8;

// In order of size, -0.0 before 0.0; neither is NaN.
bool LessFloat(double a, double b) { return a < b || (a == b && std::signbit(a) && !std::signbit(b)); }

template <class Float>
class FloatStatistics {
 public:
  FloatStatistics() {
    std::fill_n(min_, kLanes, std::numeric_limits<Float>::infinity());
    std::fill_n(max_, kLanes, -std::numeric_limits<Float>::infinity());
  }

  // A NaN is not less and not more than what is there, so it is never taken.
  void AddExtremes(const Float* values, int64_t num_values) {
    int64_t i = 0;
    for (; i + kLanes <= num_values; i += kLanes) {
      for (int lane = 0; lane < kLanes; ++lane) {
        const Float value = values[i + lane];
        min_[lane] = value < min_[lane] ? value : min_[lane];
        max_[lane] = value > max_[lane] ? value : max_[lane];
      }
    }
    for (; i < num_values; ++i) {
      min_[0] = std::min(min_[0], values[i]);
      max_[0] = std::max(max_[0], values[i]);
    }
  }

  // 0.0 in a null's place changes no sum: none is ever -0.0.
  void AddSums(const Float* slots, int64_t num_slots) {
    for (int64_t i = 0; i < num_slots; i += kLanes) {
      for (int lane = 0; lane < kLanes; ++lane) sums_[lane] += slots[i + lane];
    }
  }

  double min() const { return *std::min_element(min_, min_ + kLanes); }
  double max() const { return *std::max_element(max_, max_ + kLanes); }
  double sum() const {
    return ((sums_[0] + sums_[1]) + (sums_[2] + sums_[3])) + ((sums_[4] + sums_[5]) + (sums_[6] + sums_[7]));
  }

 private:
  Float min_[kLanes], max_[kLanes];
  double sums_[kLanes] = {};
};

struct FloatResult {
  double min, max, sum;  // min > max: there are only NaN
};

// Block by block, so that values are still near for the second loop.
template <class Float>
FloatResult OfFloats(const DecodedColumn& unit) {
  constexpr int64_t kBlockRows = 512;
  alignas(64) Float slots[kBlockRows];
  const auto* values = reinterpret_cast<const Float*>(unit.values);
  const Float* const end = values + unit.num_values;
  FloatStatistics<Float> statistics;
  for (int64_t row = 0; row < unit.rows; row += kBlockRows) {
    const int64_t rows = std::min(kBlockRows, unit.rows - row);
    const int64_t num_slots = (rows + kLanes - 1) / kLanes * kLanes;
    int64_t num_values = 0;
    for (int64_t word = row / 64; word < (row + rows + 63) / 64; ++word)
      num_values += std::popcount(unit.validity[word]);
    statistics.AddExtremes(values, num_values);
    if (num_values == num_slots) {
      statistics.AddSums(values, num_slots);
    } else {
      std::fill(slots + rows, slots + num_slots, Float{0});
      ExpandValues(sizeof(Float), reinterpret_cast<const uint8_t*>(values), end - values, unit.validity + row / 64,
                   rows, reinterpret_cast<uint8_t*>(slots));
      statistics.AddSums(slots, num_slots);
    }
    values += num_values;
  }
  FloatResult result{statistics.min(), statistics.max(), statistics.sum()};
  // Comparison does not tell the zeros apart; where one is an extreme, look which there are.
  const auto has_zero = [&](bool negative) {
    const auto* begin = reinterpret_cast<const Float*>(unit.values);
    return std::any_of(begin, begin + unit.num_values,
                       [negative](Float value) { return value == 0 && std::signbit(value) == negative; });
  };
  if (result.min == 0) result.min = has_zero(true) ? -0.0 : 0.0;
  if (result.max == 0) result.max = has_zero(false) ? 0.0 : -0.0;
  return result;
}

struct TextResult {
  std::string_view min, max;
};

// The first eight bytes as a number that orders as they do; short texts end in zeros.
uint64_t Prefix(const char* bytes, size_t size, const char* end) {
  uint64_t word = 0;
  if (end - bytes >= 8) {
    std::memcpy(&word, bytes, 8);
    word = __builtin_bswap64(word);
    return size >= 8 ? word : size == 0 ? 0 : word & ~uint64_t{0} << (64 - 8 * size);
  }
  std::memcpy(&word, bytes, std::min<size_t>(size, 8));
  return __builtin_bswap64(word);
}

// At least one value.
TextResult OfTexts(const DecodedColumn& unit) {
  const auto* offsets = reinterpret_cast<const int32_t*>(unit.values);
  const char* end = unit.bytes + offsets[unit.num_values];
  const auto text = [&](int64_t i) {
    return std::string_view(unit.bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i]));
  };
  TextResult result{text(0), text(0)};
  uint64_t min = Prefix(result.min.data(), result.min.size(), end);
  uint64_t max = min;
  for (int64_t i = 1; i < unit.num_values; ++i) {
    const std::string_view value = text(i);
    const uint64_t prefix = Prefix(value.data(), value.size(), end);
    if (prefix <= min && (prefix < min || value < result.min)) {
      min = prefix;
      result.min = value;
    }
    if (prefix >= max && (prefix > max || value > result.max)) {
      max = prefix;
      result.max = value;
    }
  }
  return result;
}

bool IsFloat(TypeKind kind) { return kind == TypeKind::kFloat32 || kind == TypeKind::kFloat64; }

bool HasSum(TypeKind kind) {
  return !IsVariableWidth(kind) && kind != TypeKind::kDate && kind != TypeKind::kTimestamp && kind != TypeKind::kTime;
}

}  // namespace

ColumnStatistics::ColumnStatistics(const DecodedColumn& unit) : count_(unit.num_values), nulls_(unit.null_count()) {
  if (count_ > 0) TakeUnit(unit);
}

void ColumnStatistics::TakeUnit(const DecodedColumn& unit) {
  has_extremes_ = true;
  if (IsFloat(unit.type.kind)) {
    const FloatResult result = unit.type.kind == TypeKind::kFloat32 ? OfFloats<float>(unit) : OfFloats<double>(unit);
    has_extremes_ = result.min <= result.max;
    float_min_ = result.min;
    float_max_ = result.max;
    float_sum_ = result.sum;
  } else if (IsVariableWidth(unit.type.kind)) {
    const TextResult result = OfTexts(unit);
    text_min_ = result.min;
    text_max_ = result.max;
  } else {
    const IntegerStatistics result = OfIntegerColumn(unit);
    min_ = result.min;
    max_ = result.max;
    sum_ = result.sum;
  }
}

void ColumnStatistics::Append(const ColumnStatistics& next) {
  count_ += next.count_;
  nulls_ += next.nulls_;
  sum_.Add(next.sum_);
  float_sum_ += next.float_sum_;
  if (!next.has_extremes_) return;
  if (!has_extremes_ || next.min_ < min_) min_ = next.min_;
  if (!has_extremes_ || next.max_ > max_) max_ = next.max_;
  if (!has_extremes_ || LessFloat(next.float_min_, float_min_)) float_min_ = next.float_min_;
  if (!has_extremes_ || LessFloat(float_max_, next.float_max_)) float_max_ = next.float_max_;
  if (!has_extremes_ || next.text_min_ < text_min_) text_min_ = next.text_min_;
  if (!has_extremes_ || next.text_max_ > text_max_) text_max_ = next.text_max_;
  has_extremes_ = true;
}

ColumnReport ColumnStatistics::Report(const std::string& name, const DataType& type) const {
  ColumnReport report;
  report.name = name;
  report.type = TypeName(type);
  report.count = count_;
  report.nulls = nulls_;
  report.has_extremes = has_extremes_;
  report.has_sum = count_ > 0 && HasSum(type.kind);
  if (IsFloat(type.kind)) {
    const auto text = [&type](double value) {
      return type.kind == TypeKind::kFloat32 ? FloatText(static_cast<float>(value)) : FloatText(value);
    };
    if (report.has_extremes) {
      report.min = text(float_min_);
      report.max = text(float_max_);
    }
    report.extremes_quoted = std::isinf(float_min_) || std::isinf(float_max_);
    if (report.has_sum) report.sum = FloatText(float_sum_);
    report.sum_quoted = !std::isfinite(float_sum_);
  } else if (IsVariableWidth(type.kind)) {
    const auto text = [&type](const std::string& value) {
      return type.kind == TypeKind::kBinary ? HexText(value) : value;
    };
    report.min = text(text_min_);
    report.max = text(text_max_);
  } else {
    if (report.has_extremes) {
      report.min = ValueText(type, min_);
      report.max = ValueText(type, max_);
    }
    const bool is_small = type.kind <= TypeKind::kUInt32 && type.kind != TypeKind::kInt64;
    report.extremes_quoted = !is_small;
    if (report.has_sum) report.sum = WideText(sum_, type.kind == TypeKind::kDecimal ? type.scale : 0);
  }
  return report;
}

}  // namespace v0
}  // namespace headrace
