// Integers: up to 8, 16 and 24 digits in one to three words that end at the field's end; longer ones digit by digit.
#include <limits>
#include <type_traits>

#include "decode/converters.h"
#include "decode/digits.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

// The digit values of the last `count` (1 to 8) bytes before `end`, in the highest bytes; the others are 0.
inline uint64_t LastDigits(const char* end, size_t count) {
  return (LoadEight(end - 8) ^ kEightZeros) & (~uint64_t{0} << (64 - 8 * count));
}

// Digits of any number: leading zeros may make them more than 24.
[[gnu::noinline]] ParseStatus ParseManyDigits(const char* begin, const char* end, uint64_t* out) {
  uint64_t value = 0;
  bool overflow = false;
  for (const char* at = begin; at < end; at++) {
    if (!IsDigit(*at)) return ParseStatus(RejectKind::kBadInteger);
    overflow |= __builtin_mul_overflow(value, uint64_t{10}, &value);
    overflow |= __builtin_add_overflow(value, static_cast<uint64_t>(*at - '0'), &value);
  }
  *out = value;
  return overflow ? ParseStatus(RejectKind::kOutOfRange) : ParseStatus();
}

inline ParseStatus ParseMagnitude(const char* begin, const char* end, uint64_t* out) {
  const size_t length = static_cast<size_t>(end - begin);
  if (length - 1 < 8) {
    const uint64_t values = LastDigits(end, length);
    if (NotDigits(values) != 0) return ParseStatus(RejectKind::kBadInteger);
    *out = EightDigits(values);
    return ParseStatus();
  }
  if (length - 1 < 16) {
    const uint64_t high = LastDigits(end - 8, length - 8), low = LoadEight(end - 8) ^ kEightZeros;
    if ((NotDigits(high) | NotDigits(low)) != 0) return ParseStatus(RejectKind::kBadInteger);
    *out = EightDigits(high) * 100000000 + EightDigits(low);
    return ParseStatus();
  }
  if (length - 1 < 24) {
    const uint64_t high = LastDigits(end - 16, length - 16), middle = LoadEight(end - 16) ^ kEightZeros;
    const uint64_t low = LoadEight(end - 8) ^ kEightZeros;
    if ((NotDigits(high) | NotDigits(middle) | NotDigits(low)) != 0) return ParseStatus(RejectKind::kBadInteger);
    const uint64_t rest = EightDigits(middle) * 100000000 + EightDigits(low);
    const bool overflow = __builtin_mul_overflow(EightDigits(high), uint64_t{10000000000000000}, out) ||
                          __builtin_add_overflow(*out, rest, out);
    return overflow ? ParseStatus(RejectKind::kOutOfRange) : ParseStatus();
  }
  if (length == 0) return ParseStatus(RejectKind::kBadInteger);
  return ParseManyDigits(begin, end, out);
}

template <class T>
inline ParseStatus ParseIntegerInline(const char* begin, const char* end, T* out) {
  const bool negative = begin < end && *begin == '-';
  begin += begin < end && (*begin == '-' || *begin == '+');
  uint64_t magnitude;
  const ParseStatus status = ParseMagnitude(begin, end, &magnitude);
  if (!status.ok()) [[unlikely]]
    return status;
  constexpr uint64_t kMax = static_cast<uint64_t>(std::numeric_limits<T>::max());
  // The magnitude of the least value: one more than the greatest, or 0 for unsigned types.
  constexpr uint64_t kMinMagnitude = std::is_signed_v<T> ? kMax + 1 : 0;
  if (magnitude > (negative ? kMinMagnitude : kMax)) return ParseStatus(RejectKind::kOutOfRange);
  *out = static_cast<T>(negative ? 0 - magnitude : magnitude);
  return ParseStatus();
}

template <class T>
void ConvertIntegers(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEach<T>(fields, out, bad, ParseIntegerInline<T>);
}

template <class T>
void ConvertIntegerBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertBlocks<T>(fields, out, bad, rules.kernels->read_numbers<T>(), ParseIntegerInline<T>);
}

template <class T>
ConvertFn Pick(const Kernels& kernels) {
  return kernels.read_numbers<T>() != nullptr ? ConvertIntegerBlocks<T> : ConvertIntegers<T>;
}

}  // namespace

template <class T>
ParseStatus ParseInteger(const char* begin, const char* end, T* out) {
  return ParseIntegerInline(begin, end, out);
}
template ParseStatus ParseInteger(const char*, const char*, int8_t*);
template ParseStatus ParseInteger(const char*, const char*, int16_t*);
template ParseStatus ParseInteger(const char*, const char*, int32_t*);
template ParseStatus ParseInteger(const char*, const char*, int64_t*);
template ParseStatus ParseInteger(const char*, const char*, uint8_t*);
template ParseStatus ParseInteger(const char*, const char*, uint16_t*);
template ParseStatus ParseInteger(const char*, const char*, uint32_t*);
template ParseStatus ParseInteger(const char*, const char*, uint64_t*);

ConvertFn IntegerConverter(TypeKind kind, const Kernels& kernels) {
  switch (kind) {
    case TypeKind::kInt8:
      return Pick<int8_t>(kernels);
    case TypeKind::kInt16:
      return Pick<int16_t>(kernels);
    case TypeKind::kInt32:
      return Pick<int32_t>(kernels);
    case TypeKind::kUInt8:
      return Pick<uint8_t>(kernels);
    case TypeKind::kUInt16:
      return Pick<uint16_t>(kernels);
    case TypeKind::kUInt32:
      return Pick<uint32_t>(kernels);
    case TypeKind::kUInt64:
      return Pick<uint64_t>(kernels);
    default:
      return Pick<int64_t>(kernels);
  }
}

}  // namespace v0
}  // namespace headrace
