#include "sink/column_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "headrace/schema.h"
#include "simd/summarize.h"
#include "sink/text_extremes.h"

namespace headrace {
inline namespace v0 {
namespace {

struct IntegerStatistics {
  __int128 min, max;
  WideInteger sum;
};

template <class T>
IntegerStatistics OfIntegers(const DecodedColumn& unit) {
  const IntegerSummary<T> summary = Summarize(reinterpret_cast<const T*>(unit.values), unit.num_values);
  IntegerStatistics result{summary.min, summary.max, {}};
  result.sum.Add(summary.sum);
  return result;
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

// Unsigned numbers, the highest bit turned: in this order signed ones compare as the bytes do. A sum says nothing.
IntegerStatistics OfUuids(const uint8_t* bytes, int64_t num_values) {
  IntegerStatistics result{~(__int128{1} << 127), __int128{1} << 127, {}};
  for (int64_t i = 0; i < num_values; ++i) {
    uint64_t words[2];
    std::memcpy(words, bytes + 16 * i, sizeof words);
    const auto number = static_cast<unsigned __int128>(__builtin_bswap64(words[0])) << 64 | __builtin_bswap64(words[1]);
    const auto value = static_cast<__int128>(number ^ static_cast<unsigned __int128>(1) << 127);
    result.min = std::min(result.min, value);
    result.max = std::max(result.max, value);
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
  switch (unit.type.kind) {
    case TypeKind::kBool:
      return OfBools(unit.values, unit.num_values);
    case TypeKind::kInt8:
      return OfIntegers<int8_t>(unit);
    case TypeKind::kInt16:
      return OfIntegers<int16_t>(unit);
    case TypeKind::kUInt8:
      return OfIntegers<uint8_t>(unit);
    case TypeKind::kUInt16:
      return OfIntegers<uint16_t>(unit);
    case TypeKind::kUInt32:
      return OfIntegers<uint32_t>(unit);
    case TypeKind::kUInt64:
      return OfIntegers<uint64_t>(unit);
    case TypeKind::kDecimal:
      return OfDecimals(unit.values, unit.num_values);
    case TypeKind::kUuid:
      return OfUuids(unit.values, unit.num_values);
    default:
      return ValueWidth(unit.type) == 4 ? OfIntegers<int32_t>(unit) : OfIntegers<int64_t>(unit);
  }
}

// In order of size, -0.0 before 0.0; neither is NaN.
bool LessFloat(double a, double b) { return a < b || (a == b && std::signbit(a) && !std::signbit(b)); }

struct FloatResult {
  double min, max, sum;  // min > max: there are only NaN
};

// Return whether zeros of this sign are there. Counted in blocks, since a search that may stop anywhere uses no
// vectors.
template <class Float>
bool HasZero(const Float* values, int64_t num_values, Float zero) {
  using Bits = std::conditional_t<sizeof(Float) == 8, uint64_t, uint32_t>;
  constexpr int64_t kBlockValues = 1024;
  const Bits wanted = std::bit_cast<Bits>(zero);
  for (int64_t begin = 0; begin < num_values; begin += kBlockValues) {
    const int64_t end = std::min(num_values, begin + kBlockValues);
    Bits hits = 0;
    for (int64_t i = begin; i < end; ++i) hits += std::bit_cast<Bits>(values[i]) == wanted ? 1 : 0;
    if (hits != 0) return true;
  }
  return false;
}

template <class Float>
FloatResult OfFloats(const DecodedColumn& unit) {
  const auto* values = reinterpret_cast<const Float*>(unit.values);
  const FloatSummary<Float> lanes = Summarize(values, unit.num_values, unit.validity, unit.rows);
  const double* sums = lanes.sums;
  FloatResult result{*std::min_element(lanes.min, lanes.min + 8), *std::max_element(lanes.max, lanes.max + 8),
                     ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))};
  // Comparison does not tell the zeros apart; where one is an extreme, look which there are.
  if (result.min == 0) result.min = HasZero(values, unit.num_values, Float{-0.0}) ? -0.0 : 0.0;
  if (result.max == 0) result.max = HasZero(values, unit.num_values, Float{0.0}) ? 0.0 : -0.0;
  return result;
}

bool IsFloat(TypeKind kind) { return kind == TypeKind::kFloat32 || kind == TypeKind::kFloat64; }

bool HasSum(TypeKind kind) {
  return !IsVariableWidth(kind) && kind != TypeKind::kDate && kind != TypeKind::kTimestamp && kind != TypeKind::kTime &&
         kind != TypeKind::kUuid;
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
    const TextExtremes extremes =
        FindTextExtremes(unit.bytes, reinterpret_cast<const int32_t*>(unit.values), unit.num_values);
    text_min_ = extremes.least;
    text_max_ = extremes.greatest;
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
