#include "sink/physical_values.h"

#include "sink/parquet_extremes.h"

namespace headrace {
inline namespace v0 {
namespace {

__extension__ using Int128 = __int128;

template <class T>
const T* As(const uint8_t* values) {
  return reinterpret_cast<const T*>(values);
}

template <class From, class To>
const uint8_t* Widen(const DecodedColumn& column, int multiplier, std::vector<uint64_t>* converted) {
  converted->resize(static_cast<size_t>(column.num_values) * sizeof(To) / 8 + 1);
  auto* to = reinterpret_cast<To*>(converted->data());
  const From* from = As<From>(column.values);
  for (int64_t i = 0; i < column.num_values; i++) to[i] = static_cast<To>(from[i]) * static_cast<To>(multiplier);
  return reinterpret_cast<const uint8_t*>(to);
}

// Big-endian two's complement in the fewest bytes that hold every value of the precision.
const uint8_t* DecimalsToBigEndian(const DecodedColumn& column, int width, std::vector<uint64_t>* converted) {
  converted->resize(static_cast<size_t>(column.num_values * width + kBigEndianRoom) / 8 + 1);
  auto* to = reinterpret_cast<uint8_t*>(converted->data());
  for (int64_t i = 0; i < column.num_values; i++, to += width) {
    StoreBigEndian(As<Int128>(column.values)[i], width, to);
  }
  return reinterpret_cast<const uint8_t*>(converted->data());
}

}  // namespace

PhysicalValues MakePhysical(const DecodedColumn& column, std::vector<uint64_t>* converted) {
  const DataType& type = column.type;
  PhysicalValues physical;
  physical.count = column.num_values;
  physical.width = ValueWidth(type);
  physical.fixed = column.values;
  const bool is_seconds = type.unit == TimeUnit::kSecond;
  if (IsVariableWidth(type.kind)) {
    physical.width = 0;
    physical.fixed = nullptr;
    physical.offsets = As<int32_t>(column.values);
    physical.bytes = column.bytes;
  } else if (type.kind == TypeKind::kBool) {
    physical.is_bool = true;
  } else if (type.kind == TypeKind::kDecimal) {
    physical.width = DecimalWidth(type.precision);
    physical.fixed = DecimalsToBigEndian(column, physical.width, converted);
  } else if (type.kind == TypeKind::kTimestamp && is_seconds) {
    // Parquet has no seconds: parquet::arrow stores milliseconds, and so does this. Decoded seconds fit them.
    physical.fixed = Widen<int64_t, int64_t>(column, 1000, converted);
  } else if (type.kind == TypeKind::kTime && is_seconds) {
    physical.fixed = Widen<int32_t, int32_t>(column, 1000, converted);
  } else if (physical.width < 4) {
    physical.width = 4;
    physical.fixed = type.kind == TypeKind::kInt8    ? Widen<int8_t, int32_t>(column, 1, converted)
                     : type.kind == TypeKind::kInt16 ? Widen<int16_t, int32_t>(column, 1, converted)
                     : type.kind == TypeKind::kUInt8 ? Widen<uint8_t, uint32_t>(column, 1, converted)
                                                     : Widen<uint16_t, uint32_t>(column, 1, converted);
  }
  return physical;
}

}  // namespace v0
}  // namespace headrace
