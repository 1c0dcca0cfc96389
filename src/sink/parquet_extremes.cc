#include "sink/parquet_extremes.h"

#include <arrow/type.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "sink/text_extremes.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxStatisticsBytes = 4096;  // parquet-cpp's limit: longer extremes are left out
constexpr int64_t kDecimalBytes = 16;         // of a decoded decimal

template <class T>
std::string BytesOf(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

void Set(std::string low, std::string high, parquet::EncodedStatistics* statistics) {
  statistics->set_min(std::move(low));
  statistics->set_max(std::move(high));
  statistics->is_min_value_exact = true;
  statistics->is_max_value_exact = true;
  statistics->ApplyStatSizeLimits(kMaxStatisticsBytes);
}

template <class T>
void SetIntegers(const PhysicalValues& physical, parquet::EncodedStatistics* statistics) {
  const T* values = reinterpret_cast<const T*>(physical.fixed);
  T low = values[0], high = values[0];
  for (int64_t i = 1; i < physical.count; i++) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  Set(BytesOf(low), BytesOf(high), statistics);
}

// Lanes, so that the compiler may keep them in vectors; a comparison with NaN is false and changes nothing.
template <class T>
void SetFloats(const PhysicalValues& physical, parquet::EncodedStatistics* statistics) {
  constexpr int kLanes = 8;
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  const T* values = reinterpret_cast<const T*>(physical.fixed);
  T low[kLanes], high[kLanes];
  std::fill(low, low + kLanes, kInfinity);
  std::fill(high, high + kLanes, -kInfinity);
  const auto take = [&](T value, int lane) {
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
  };
  int64_t i = 0;
  for (; i + kLanes <= physical.count; i += kLanes) {
    for (int lane = 0; lane < kLanes; lane++) take(values[i + lane], lane);
  }
  for (; i < physical.count; i++) take(values[i], 0);
  T least = *std::min_element(low, low + kLanes), greatest = *std::max_element(high, high + kLanes);
  if (!(least <= greatest)) return;  // nothing but NaN
  // Zeros of both signs are to lie inside the extremes (parquet-format, ColumnOrder).
  if (least == 0) least = -T{0};
  if (greatest == 0) greatest = T{0};
  Set(BytesOf(least), BytesOf(greatest), statistics);
}

std::string BigEndianOf(__int128 value, int width) {
  uint8_t bytes[kBigEndianRoom];
  StoreBigEndian(value, width, bytes);
  return std::string(reinterpret_cast<const char*>(bytes), static_cast<size_t>(width));
}

// Where the value lies in the lower word, the upper one need not be looked at.
template <class T>
void SetDecimals(const DecodedColumn& column, int width, parquet::EncodedStatistics* statistics) {
  constexpr int64_t kStride = kDecimalBytes / int64_t{sizeof(T)};
  const T* values = reinterpret_cast<const T*>(column.values);
  T low = values[0], high = values[0];
  for (int64_t i = kStride; i < column.num_values * kStride; i += kStride) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  Set(BigEndianOf(low, width), BigEndianOf(high, width), statistics);
}

void SetTexts(const PhysicalValues& physical, parquet::EncodedStatistics* statistics) {
  const TextExtremes extremes = FindTextExtremes(physical.bytes, physical.offsets, physical.count);
  Set(std::string(extremes.least), std::string(extremes.greatest), statistics);
}

// In the order of their bytes.
void SetUuids(const PhysicalValues& physical, parquet::EncodedStatistics* statistics) {
  const auto uuid = [&](int64_t i) {
    return std::string_view(reinterpret_cast<const char*>(physical.fixed) + i * physical.width,
                            static_cast<size_t>(physical.width));
  };
  std::string_view low = uuid(0), high = low;
  for (int64_t i = 1; i < physical.count; i++) {
    low = std::min(low, uuid(i));
    high = std::max(high, uuid(i));
  }
  Set(std::string(low), std::string(high), statistics);
}

}  // namespace

void SetExtremes(const DecodedColumn& values, const PhysicalValues& physical, parquet::EncodedStatistics* statistics) {
  if (physical.count == 0) return;
  switch (values.type.kind) {
    case TypeKind::kBool:
      return SetIntegers<uint8_t>(physical, statistics);
    case TypeKind::kFloat32:
      return SetFloats<float>(physical, statistics);
    case TypeKind::kFloat64:
      return SetFloats<double>(physical, statistics);
    case TypeKind::kDecimal:
      return values.type.precision <= 18 ? SetDecimals<int64_t>(values, physical.width, statistics)
                                         : SetDecimals<__int128>(values, physical.width, statistics);
    case TypeKind::kString:
    case TypeKind::kBinary:
    case TypeKind::kDictionary:
      return SetTexts(physical, statistics);
    case TypeKind::kUuid:
      return SetUuids(physical, statistics);
    case TypeKind::kUInt8:
    case TypeKind::kUInt16:
    case TypeKind::kUInt32:
      return SetIntegers<uint32_t>(physical, statistics);
    case TypeKind::kUInt64:
      return SetIntegers<uint64_t>(physical, statistics);
    default:
      return physical.width == 4 ? SetIntegers<int32_t>(physical, statistics)
                                 : SetIntegers<int64_t>(physical, statistics);
  }
}

int DecimalWidth(int precision) { return arrow::DecimalType::DecimalSize(precision); }

}  // namespace v0
}  // namespace headrace
