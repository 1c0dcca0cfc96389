#include "sink/parquet_extremes.h"

#include <arrow/type.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "sink/text_extremes.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxStatisticsBytes = 4096;  // parquet-cpp's limit: longer extremes are left out
constexpr size_t kMaxPageBoundBytes = 64;     // of texts in a page index: every page has two of them
constexpr int64_t kUuidBytes = 16;

// Decimals are every second word, or all of them.
template <class T, int kStride = 1>
Extremes OfIntegers(const uint8_t* bytes, int64_t first, int64_t count) {
  const T* values = reinterpret_cast<const T*>(bytes) + first * kStride;
  T low = values[0], high = values[0];
  for (int64_t i = kStride; i < count * kStride; i += kStride) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  return {.has_any = true, .low = low, .high = high};
}

// Lanes, so that the compiler may keep them in vectors; a comparison with NaN is false and changes nothing.
template <class T>
Extremes OfFloats(const uint8_t* bytes, int64_t first, int64_t count) {
  constexpr int kLanes = 8;
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  const T* values = reinterpret_cast<const T*>(bytes) + first;
  T low[kLanes], high[kLanes];
  bool is_nan[kLanes] = {};
  std::fill(low, low + kLanes, kInfinity);
  std::fill(high, high + kLanes, -kInfinity);
  const auto take = [&](T value, int lane) {
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
    is_nan[lane] |= std::isnan(value);
  };
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int lane = 0; lane < kLanes; lane++) take(values[i + lane], lane);
  }
  for (; i < count; i++) take(values[i], 0);
  Extremes extremes;
  extremes.float_low = static_cast<double>(*std::min_element(low, low + kLanes));
  extremes.float_high = static_cast<double>(*std::max_element(high, high + kLanes));
  extremes.has_any = extremes.float_low <= extremes.float_high;  // else nothing but NaN
  extremes.has_nan = std::find(is_nan, is_nan + kLanes, true) != is_nan + kLanes;
  return extremes;
}

void TakeText(std::string_view text, Extremes* extremes) {  // std::string_view compares as unsigned bytes
  if (!extremes->has_any || text < extremes->text_low) extremes->text_low = text;
  if (!extremes->has_any || text > extremes->text_high) extremes->text_high = text;
  extremes->has_any = true;
}

std::string_view TextOf(const DecodedColumn& column, int64_t i) {
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values) + i;
  return {column.bytes + offsets[0], static_cast<size_t>(offsets[1] - offsets[0])};
}

Extremes OfTexts(const DecodedColumn& column, int64_t first, int64_t count) {
  Extremes extremes;
  if (count == 0) return extremes;
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values) + first;
  const TextExtremes texts = FindTextExtremes(column.bytes, offsets, count);
  extremes.has_any = true;
  extremes.text_low = texts.least;
  extremes.text_high = texts.greatest;
  return extremes;
}

Extremes OfUuids(const DecodedColumn& column, int64_t first, int64_t count) {
  Extremes extremes;
  const auto* bytes = reinterpret_cast<const char*>(column.values);
  for (int64_t i = first; i < first + count; i++) TakeText({bytes + i * kUuidBytes, kUuidBytes}, &extremes);
  return extremes;
}

template <class T>
std::string BytesOf(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string StoredInteger(const DataType& type, __int128 value) {
  if (type.kind == TypeKind::kBool) return BytesOf(static_cast<uint8_t>(value));
  if (type.kind == TypeKind::kDecimal) {
    uint8_t bytes[kBigEndianRoom];
    StoreBigEndian(value, DecimalWidth(type.precision), bytes);
    return std::string(reinterpret_cast<const char*>(bytes), static_cast<size_t>(DecimalWidth(type.precision)));
  }
  // As MakePhysical stores them: there are no seconds, and no integers of less than 32 bits.
  const bool is_seconds = type.unit == TimeUnit::kSecond;
  if (is_seconds && (type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTime)) value *= 1000;
  return ValueWidth(type) <= 4 ? BytesOf(static_cast<uint32_t>(value)) : BytesOf(static_cast<uint64_t>(value));
}

std::string StoredFloat(const DataType& type, double value) {
  return type.kind == TypeKind::kFloat32 ? BytesOf(static_cast<float>(value)) : BytesOf(value);
}

bool IsFloat(const DataType& type) { return type.kind == TypeKind::kFloat32 || type.kind == TypeKind::kFloat64; }
bool IsText(const DataType& type) { return IsVariableWidth(type.kind) || type.kind == TypeKind::kUuid; }
bool IsUtf8(const DataType& type) { return type.kind == TypeKind::kString || type.kind == TypeKind::kDictionary; }

// Of all but texts.
void SetNumbers(const DataType& type, const Extremes& extremes, parquet::EncodedStatistics* statistics) {
  if (IsFloat(type)) {
    // Zeros of both signs are to lie inside the extremes (parquet-format, ColumnOrder).
    statistics->set_min(StoredFloat(type, extremes.float_low == 0 ? -0.0 : extremes.float_low));
    statistics->set_max(StoredFloat(type, extremes.float_high == 0 ? 0.0 : extremes.float_high));
  } else {
    statistics->set_min(StoredInteger(type, extremes.low));
    statistics->set_max(StoredInteger(type, extremes.high));
  }
}

// The longest prefix of at most kMaxPageBoundBytes; of UTF-8, of whole characters.
std::string_view CutText(std::string_view text, bool is_utf8) {
  size_t size = std::min(text.size(), kMaxPageBoundBytes);
  if (size == text.size() || !is_utf8) return text.substr(0, size);
  while (size > 0 && (static_cast<uint8_t>(text[size]) & 0xC0) == 0x80) size--;
  return text.substr(0, size);
}

// The least character after the one of `character`'s bytes, in UTF-8; nothing after the last one.
std::string NextCharacter(std::string_view character) {
  constexpr uint32_t kFirstBits[] = {0x7F, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t code = static_cast<uint8_t>(character[0]) & kFirstBits[std::min<size_t>(character.size(), 4)];
  for (const char c : character.substr(1)) code = code << 6 | (static_cast<uint8_t>(c) & 0x3F);
  code = code + 1 == 0xD800 ? 0xE000 : code + 1;  // surrogates are no characters
  if (code > 0x10FFFF) return "";
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
}

// A text greater than all that begin with `prefix`, as short as that; nothing where there is none.
std::optional<std::string> AfterAllWith(std::string_view prefix, bool is_utf8) {
  while (!prefix.empty()) {
    size_t last = prefix.size() - 1;
    while (is_utf8 && last > 0 && (static_cast<uint8_t>(prefix[last]) & 0xC0) == 0x80) last--;
    std::string next;
    if (is_utf8) {
      next = NextCharacter(prefix.substr(last));
    } else if (static_cast<uint8_t>(prefix[last]) != 0xFF) {
      next = static_cast<char>(static_cast<uint8_t>(prefix[last]) + 1);
    }
    prefix = prefix.substr(0, last);
    if (!next.empty()) return std::string(prefix) + next;
  }
  return std::nullopt;
}

}  // namespace

Extremes FindExtremes(const DecodedColumn& column, int64_t first, int64_t count) {
  if (count == 0) return Extremes();
  switch (column.type.kind) {
    case TypeKind::kBool:
    case TypeKind::kUInt8:
      return OfIntegers<uint8_t>(column.values, first, count);
    case TypeKind::kInt8:
      return OfIntegers<int8_t>(column.values, first, count);
    case TypeKind::kInt16:
      return OfIntegers<int16_t>(column.values, first, count);
    case TypeKind::kUInt16:
      return OfIntegers<uint16_t>(column.values, first, count);
    case TypeKind::kUInt32:
      return OfIntegers<uint32_t>(column.values, first, count);
    case TypeKind::kUInt64:
      return OfIntegers<uint64_t>(column.values, first, count);
    case TypeKind::kFloat32:
      return OfFloats<float>(column.values, first, count);
    case TypeKind::kFloat64:
      return OfFloats<double>(column.values, first, count);
    case TypeKind::kDecimal:  // of up to 18 digits, the lower word is the value
      return column.type.precision <= 18 ? OfIntegers<int64_t, 2>(column.values, first, count)
                                         : OfIntegers<__int128>(column.values, first, count);
    case TypeKind::kString:
    case TypeKind::kBinary:
    case TypeKind::kDictionary:
      return OfTexts(column, first, count);
    case TypeKind::kUuid:
      return OfUuids(column, first, count);
    default:
      return ValueWidth(column.type) == 4 ? OfIntegers<int32_t>(column.values, first, count)
                                          : OfIntegers<int64_t>(column.values, first, count);
  }
}

Extremes FindNamedExtremes(const DecodedColumn& distinct, bool ascends, const uint16_t* indices, int64_t count,
                           std::vector<uint8_t>* named) {
  Extremes extremes;
  if (count == 0) return extremes;
  if (ascends) {
    uint16_t low = indices[0], high = indices[0];
    for (int64_t i = 1; i < count; i++) {
      low = std::min(low, indices[i]);
      high = std::max(high, indices[i]);
    }
    extremes = FindExtremes(distinct, low, 1);
    JoinExtremes(distinct.type, FindExtremes(distinct, high, 1), &extremes);
    return extremes;
  }
  named->assign(static_cast<size_t>(distinct.num_values), 0);
  for (int64_t i = 0; i < count; i++) (*named)[indices[i]] = 1;
  for (int64_t i = 0; i < distinct.num_values; i++) {
    if ((*named)[static_cast<size_t>(i)] != 0) TakeText(TextOf(distinct, i), &extremes);
  }
  return extremes;
}

void JoinExtremes(const DataType& type, const Extremes& next, Extremes* all) {
  const bool has_nan = all->has_nan || next.has_nan;
  all->has_nan = has_nan;
  if (!next.has_any) return;
  if (!all->has_any) {
    *all = next;
    all->has_nan = has_nan;
  } else if (IsText(type)) {
    TakeText(next.text_low, all);
    TakeText(next.text_high, all);
  } else {
    all->low = std::min(all->low, next.low);
    all->high = std::max(all->high, next.high);
    all->float_low = std::min(all->float_low, next.float_low);
    all->float_high = std::max(all->float_high, next.float_high);
  }
}

void SetExtremes(const DataType& type, const Extremes& extremes, parquet::EncodedStatistics* statistics) {
  if (!extremes.has_any || extremes.has_nan) return;
  if (IsText(type)) {
    statistics->set_min(std::string(extremes.text_low));
    statistics->set_max(std::string(extremes.text_high));
  } else {
    SetNumbers(type, extremes, statistics);
  }
  statistics->is_min_value_exact = true;
  statistics->is_max_value_exact = true;
  statistics->ApplyStatSizeLimits(kMaxStatisticsBytes);
}

void SetPageBounds(const DataType& type, const Extremes& extremes, parquet::EncodedStatistics* statistics) {
  if (!extremes.has_any || extremes.has_nan) return;
  if (!IsText(type)) return SetNumbers(type, extremes, statistics);
  const std::string_view high = CutText(extremes.text_high, IsUtf8(type));
  statistics->set_min(std::string(CutText(extremes.text_low, IsUtf8(type))));
  if (high.size() == extremes.text_high.size()) {
    statistics->set_max(std::string(high));
  } else if (const auto next = AfterAllWith(high, IsUtf8(type)); next.has_value()) {
    statistics->set_max(*next);
  }
}

int DecimalWidth(int precision) { return arrow::DecimalType::DecimalSize(precision); }

}  // namespace v0
}  // namespace headrace
