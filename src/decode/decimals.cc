// Decimals: digits on both sides of the dot, gathered eight at a time in 128 bits.
#include "decode/converters.h"
#include "decode/digits.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

// Append the digits [begin, end) to *value: at most 38 in all.
inline void AppendDigits(const char* begin, const char* end, unsigned __int128* value) {
  for (; end - begin >= 8; begin += 8) *value = *value * 100000000 + EightDigits(LoadEight(begin) ^ kEightZeros);
  if (begin < end) {
    const uint32_t count = static_cast<uint32_t>(end - begin);
    *value = *value * kPowersOfTen[count] + FewDigits(LoadEight(begin) ^ kEightZeros, count);
  }
}

inline unsigned __int128 TimesPowerOfTen(unsigned __int128 value, int64_t power) {
  for (; power > 19; power -= 19) value *= kPowersOfTen[19];
  return value * kPowersOfTen[power];
}

inline ParseStatus ParseDecimalInline(const char* begin, const char* end, int precision, int scale, __int128* out) {
  const bool negative = begin < end && *begin == '-';
  begin += begin < end && (*begin == '-' || *begin == '+');
  const char* dot = SkipDigits(begin, end);
  const char* fraction = dot < end && *dot == '.' ? dot + 1 : dot;
  const char* stop = SkipDigits(fraction, end);
  const bool any = dot != begin || stop != fraction;
  if (stop != end || !any) return ParseStatus(RejectKind::kBadDecimal);
  while (begin < dot && *begin == '0') begin++;
  if (end - fraction > scale) return ParseStatus(RejectKind::kDigitsBeyondScale);
  if (dot - begin > precision - scale) return ParseStatus(RejectKind::kOutOfRange);
  unsigned __int128 value = 0;
  AppendDigits(begin, dot, &value);
  AppendDigits(fraction, end, &value);
  value = TimesPowerOfTen(value, scale - (end - fraction));
  *out = static_cast<__int128>(negative ? 0 - value : value);
  return ParseStatus();
}

void ConvertDecimals(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const int precision = rules.precision, scale = rules.scale;
  ConvertEach<__int128>(fields, out, bad, [=](const char* begin, const char* end, __int128* value) {
    return ParseDecimalInline(begin, end, precision, scale, value);
  });
}

constexpr int kMaxKernelScale = 14;

void ConvertDecimalBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const int precision = rules.precision, scale = rules.scale;
  const ReadDecimalsFn read_decimals = rules.kernels->read_decimals;
  ConvertBlocks<__int128>(
      fields, out, bad,
      [=](const FieldBlock& block, __int128* values) { return read_decimals(block, precision, scale, values); },
      [=](const char* begin, const char* end, __int128* value) {
        return ParseDecimalInline(begin, end, precision, scale, value);
      });
}

}  // namespace

ParseStatus ParseDecimal(const char* begin, const char* end, int precision, int scale, __int128* out) {
  return ParseDecimalInline(begin, end, precision, scale, out);
}

ConvertFn DecimalConverter(int scale, const Kernels& kernels) {
  return kernels.read_decimals != nullptr && scale <= kMaxKernelScale ? ConvertDecimalBlocks : ConvertDecimals;
}

}  // namespace v0
}  // namespace headrace
