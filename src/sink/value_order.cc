#include "sink/value_order.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>

namespace headrace {
inline namespace v0 {
namespace {

// Return whether `is_before(i)` holds of no i in [1, count): in blocks, since a search that may stop anywhere uses no
// vectors.
template <class IsBeforeFn>
bool NoneBefore(int64_t count, IsBeforeFn is_before) {
  constexpr int64_t kBlock = 1024;
  for (int64_t begin = 1; begin < count; begin += kBlock) {
    int hits = 0;
    for (int64_t i = begin; i < std::min(begin + kBlock, count); i++) hits += is_before(i) ? 1 : 0;
    if (hits != 0) return false;
  }
  return true;
}

// `at(i)` is the i-th value, of a type that < and == know.
template <class AtFn>
ValueOrder OrderOf(int64_t count, AtFn at) {
  int64_t first = 1;  // that differs
  while (first < count && at(first) == at(0)) first++;
  if (first >= count) return ValueOrder::kAscending;
  if (at(0) < at(first)) {
    const bool ascends = NoneBefore(count, [&](int64_t i) { return at(i) < at(i - 1); });
    return ascends ? ValueOrder::kAscending : ValueOrder::kNone;
  }
  const bool descends = NoneBefore(count, [&](int64_t i) { return at(i - 1) < at(i); });
  return descends ? ValueOrder::kDescending : ValueOrder::kNone;
}

template <class T, int kStride = 1>
ValueOrder OfIntegers(const DecodedColumn& column) {
  const T* values = reinterpret_cast<const T*>(column.values);
  return OrderOf(column.num_values, [=](int64_t i) { return values[i * kStride]; });
}

// As integers that lie in the floats' order.
template <class Float, class Bits>
ValueOrder OfFloats(const DecodedColumn& column) {
  const auto* floats = reinterpret_cast<const Float*>(column.values);
  const ValueOrder order = OrderOf(column.num_values, [=](int64_t i) {
    const Bits bits = std::bit_cast<Bits>(floats[i]);
    return bits < 0 ? static_cast<Bits>(bits ^ std::numeric_limits<Bits>::max()) : bits;
  });
  // In this order, NaNs lie at the ends.
  const int64_t last = column.num_values - 1;
  const bool has_nan = last >= 0 && (std::isnan(floats[0]) || std::isnan(floats[last]));
  return has_nan ? ValueOrder::kNone : order;
}

ValueOrder OfTexts(const DecodedColumn& column) {  // std::string_view compares as unsigned bytes
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
  const char* bytes = column.bytes;
  return OrderOf(column.num_values, [=](int64_t i) {
    return std::string_view(bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i]));
  });
}

ValueOrder OfUuids(const DecodedColumn& column) {
  constexpr int64_t kBytes = 16;
  const auto* bytes = reinterpret_cast<const char*>(column.values);
  return OrderOf(column.num_values, [=](int64_t i) { return std::string_view(bytes + i * kBytes, kBytes); });
}

}  // namespace

ValueOrder FindOrder(const DecodedColumn& column) {
  switch (column.type.kind) {
    case TypeKind::kBool:
    case TypeKind::kUInt8:
      return OfIntegers<uint8_t>(column);
    case TypeKind::kInt8:
      return OfIntegers<int8_t>(column);
    case TypeKind::kInt16:
      return OfIntegers<int16_t>(column);
    case TypeKind::kUInt16:
      return OfIntegers<uint16_t>(column);
    case TypeKind::kUInt32:
      return OfIntegers<uint32_t>(column);
    case TypeKind::kUInt64:
      return OfIntegers<uint64_t>(column);
    case TypeKind::kFloat32:
      return OfFloats<float, int32_t>(column);
    case TypeKind::kFloat64:
      return OfFloats<double, int64_t>(column);
    case TypeKind::kDecimal:  // of up to 18 digits, the lower word is the value
      return column.type.precision <= 18 ? OfIntegers<int64_t, 2>(column) : OfIntegers<__int128>(column);
    case TypeKind::kString:
    case TypeKind::kBinary:
    case TypeKind::kDictionary:
      return OfTexts(column);
    case TypeKind::kUuid:
      return OfUuids(column);
    default:
      return ValueWidth(column.type) == 4 ? OfIntegers<int32_t>(column) : OfIntegers<int64_t>(column);
  }
}

bool Ascends(const uint16_t* indices, int64_t count) {
  return NoneBefore(count, [=](int64_t i) { return indices[i] < indices[i - 1]; });
}

}  // namespace v0
}  // namespace headrace
