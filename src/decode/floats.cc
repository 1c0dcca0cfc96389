// Floats: up to 19 digits are collected eight at a time, dot or not; then Clinger's exact product where it applies
// (W. Clinger, "How to read floating point numbers accurately", 1990), otherwise Eisel and Lemire's 128-bit one
// (D. Lemire, "Number parsing at a gigabyte per second", 2021), which fast_float has. What that cannot decide, and
// numbers of more digits that their first nineteen do not decide, go to fast_float whole.
#include <fast_float/fast_float.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "decode/converters.h"
#include "decode/digits.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kFloatDigits = 17;               // tell all doubles apart
constexpr int64_t kMaxExponent = 100'000'000;  // larger ones are as good as this: a record has at most 2^24 bytes

// A number as it stands in the text: mantissa * 10^exponent.
struct DecimalNumber {
  uint64_t mantissa = 0;             // right where `fits`
  int64_t exponent = 0;              // right where `fits`
  bool fits = false;                 // at most 19 significant digits
  bool nonzero = false;              // some digit is not 0
  const char* dot = nullptr;         // if there is one; set by ScanNumber, as is the next
  const char* digits_end = nullptr;  // behind the last digit of the mantissa
};

// The digits of one side of the dot, added to *mantissa (which may wrap: their number tells).
inline const char* ScanDigits(const char* at, const char* end, uint64_t* mantissa, bool* nonzero) {
  while (at < end) {
    const uint64_t values = LoadEight(at) ^ kEightZeros;
    const uint64_t others = NotDigits(values);
    uint32_t count = others == 0 ? 8 : static_cast<uint32_t>(std::countr_zero(others)) >> 3;
    if (end - at < 8 && count > end - at) count = static_cast<uint32_t>(end - at);
    if (count == 0) break;
    const uint64_t chunk = FewDigits(values, count);
    *mantissa = *mantissa * kPowersOfTen[count] + chunk;
    *nonzero |= chunk != 0;
    at += count;
    if (count < 8) break;
  }
  return at;
}

// Read "e", a sign and digits at `at` (the e itself). Returns nullptr where no digits follow.
inline const char* ScanExponent(const char* at, const char* end, int64_t* exponent) {
  at++;
  const bool negative = at < end && *at == '-';
  at += at < end && (*at == '-' || *at == '+');
  const char* digits = at;
  int64_t value = 0;
  for (; at < end && IsDigit(*at); at++) {
    if (value < kMaxExponent) value = value * 10 + (*at - '0');
  }
  *exponent += negative ? -value : value;
  return at == digits ? nullptr : at;
}

// Read an unsigned number that must fill [begin, end). Returns false for any other shape.
inline bool ScanNumber(const char* begin, const char* end, DecimalNumber* number) {
  const char* at = ScanDigits(begin, end, &number->mantissa, &number->nonzero);
  int64_t digits = number->nonzero ? at - begin : 0;
  bool any = at != begin;
  if (at < end && *at == '.') {
    number->dot = at;
    const char* fraction = ++at;
    int64_t leading_zeros = 0;
    if (digits == 0) {  // "0.00123": zeros behind the dot are no significant digits either; the first seven are enough
      const uint64_t nonzeros = (LoadEight(at) ^ kEightZeros) | uint64_t{1} << 56;
      leading_zeros = std::countr_zero(nonzeros) >> 3;
    }
    at = ScanDigits(at, end, &number->mantissa, &number->nonzero);
    number->exponent = fraction - at;
    digits += at - fraction - leading_zeros;
    any |= at != fraction;
  }
  if (!any) return false;
  number->digits_end = at;
  if (at < end && (*at == 'e' || *at == 'E')) {
    at = ScanExponent(at, end, &number->exponent);
    if (at == nullptr) return false;
  }
  number->fits = digits <= 19;
  return at == end;
}

// Ones from byte 24 on: eight bytes of it at 16 + n are the mask of the last n bytes of a word, n from -16 to 24.
struct LastBytes {
  uint8_t bytes[48];
};
constexpr LastBytes MakeLastBytes() {
  LastBytes table{};
  for (int i = 24; i < 48; i++) table.bytes[i] = 0xFF;
  return table;
}
constexpr LastBytes kLastBytes = MakeLastBytes();

// The digit values of the eight bytes before `end`, of which the last `count` are digits; the others are 0. The mask
// is loaded because a compiler makes a branch of a choice, and this one cannot be foreseen.
inline uint64_t DigitsBefore(const char* end, int64_t count) {
  uint64_t mask;
  std::memcpy(&mask, kLastBytes.bytes + 16 + count, sizeof(mask));
  return (LoadEight(end - 8) ^ kEightZeros) & mask;
}

// The usual shape without a loop: up to 7 digits, a dot, 1 to 19 digits. Returns false for any other, valid or not.
inline bool ScanUsualNumber(const char* begin, const char* end, DecimalNumber* number) {
  const uint64_t head = LoadEight(begin) ^ kEightZeros;
  const uint64_t others = NotDigits(head);
  if (others == 0) return false;
  const int64_t before = std::countr_zero(others) >> 3, behind = end - begin - before - 1;
  if (behind < 1 || behind > 19 || begin[before] != '.') return false;
  const uint64_t whole = EightDigits(head << (56 - 8 * before) << 8);
  if (before + behind > 19 && whole != 0) [[unlikely]]
    return false;
  const uint64_t low = DigitsBefore(end, behind);
  uint64_t others_behind = NotDigits(low), fraction = EightDigits(low);
  if (behind > 8) {  // one branch only: 16 or 17 digits is what no processor can foresee
    const uint64_t middle = DigitsBefore(end - 8, behind - 8), high = DigitsBefore(end - 16, behind - 16);
    others_behind |= NotDigits(middle) | NotDigits(high);
    fraction += (EightDigits(high) * 100000000 + EightDigits(middle)) * 100000000;
  }
  if (others_behind != 0) return false;
  number->mantissa = whole * kPowersOfTen[behind] + fraction;
  number->exponent = -behind;
  number->fits = true;
  number->nonzero = number->mantissa != 0;
  return true;
}

bool EqualsWord(const char* begin, const char* end, std::string_view lower_word) {
  if (static_cast<size_t>(end - begin) != lower_word.size()) return false;
  for (const char c : lower_word) {
    if ((*begin++ | 0x20) != c) return false;
  }
  return true;
}

// What is no number: inf, infinity, nan. `begin` is behind the sign.
template <class T>
[[gnu::noinline]] ParseStatus ParseWord(const char* begin, const char* end, bool negative, T* out) {
  if (EqualsWord(begin, end, "inf") || EqualsWord(begin, end, "infinity")) {
    *out = negative ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::infinity();
    return ParseStatus();
  }
  if (EqualsWord(begin, end, "nan")) {
    *out = std::numeric_limits<T>::quiet_NaN();
    return ParseStatus();
  }
  return ParseStatus(RejectKind::kBadFloat);
}

// fast_float 3.9 gives infinity or zero without a word for what is out of range.
template <class T>
ParseStatus CheckRange(T magnitude, bool nonzero) {
  const bool in_range = magnitude <= std::numeric_limits<T>::max() && (magnitude != 0 || !nonzero);
  return in_range ? ParseStatus() : ParseStatus(RejectKind::kFloatRange);
}

template <class T>
[[gnu::noinline]] ParseStatus ParseLong(const char* begin, const char* end, bool negative, bool nonzero, T* out) {
  T magnitude = 0;
  const fast_float::from_chars_result result = fast_float::from_chars(begin, end, magnitude);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) return ParseStatus(RejectKind::kBadFloat);
  *out = negative ? -magnitude : magnitude;
  return CheckRange(magnitude, nonzero);
}

// The float nearest to a number that fits; [begin, end) is its text behind the sign.
template <class T>
inline ParseStatus ToFloat(const DecimalNumber& number, const char* begin, const char* end, bool negative, T* out) {
  using Format = fast_float::binary_format<T>;
  T magnitude;
  if (number.exponent >= Format::min_exponent_fast_path() && number.exponent <= Format::max_exponent_fast_path() &&
      number.mantissa <= Format::max_mantissa_fast_path()) {
    // Both factors are exact, so that the one rounding is right (to nearest is the mode of every thread of ours).
    magnitude = static_cast<T>(static_cast<int64_t>(number.mantissa));
    magnitude = number.exponent < 0 ? magnitude / Format::exact_power_of_ten(-number.exponent)
                                    : magnitude * Format::exact_power_of_ten(number.exponent);
    *out = negative ? -magnitude : magnitude;
    return ParseStatus();
  }
  const fast_float::adjusted_mantissa adjusted = fast_float::compute_float<Format>(number.exponent, number.mantissa);
  if (adjusted.power2 < 0) [[unlikely]]
    return ParseLong(begin, end, negative, number.nonzero, out);
  fast_float::to_float(false, adjusted, magnitude);
  *out = negative ? -magnitude : magnitude;
  return CheckRange(magnitude, number.nonzero);
}

// The first nineteen significant digits of a number that is not 0, and the exponent that goes with them.
inline DecimalNumber FirstDigits(const char* begin, const DecimalNumber& number) {
  DecimalNumber first;
  const char* at = begin;
  while (*at == '0' || *at == '.') at++;
  for (int count = 0; count < 19 && at < number.digits_end; at++) {
    if (at == number.dot) continue;
    first.mantissa = first.mantissa * 10 + static_cast<uint64_t>(*at - '0');
    count++;
  }
  const bool dot_follows = number.dot != nullptr && at <= number.dot;
  first.fits = at == number.digits_end;  // there were no more: zeros stood before them
  first.exponent = number.exponent + (number.digits_end - at) - (dot_follows ? 1 : 0);
  return first;
}

// The float nearest to a number of more than nineteen digits: it is no less than its first digits and less than one
// more of them, and if both have the same nearest float, that is its own too (as in fast_float).
template <class T>
ParseStatus ParseManyDigits(const char* begin, const char* end, bool negative, const DecimalNumber& number, T* out) {
  using Format = fast_float::binary_format<T>;
  if (!number.nonzero) return ParseLong(begin, end, negative, false, out);
  const DecimalNumber first = FirstDigits(begin, number);
  const fast_float::adjusted_mantissa least = fast_float::compute_float<Format>(first.exponent, first.mantissa);
  const fast_float::adjusted_mantissa most = fast_float::compute_float<Format>(first.exponent, first.mantissa + 1);
  if (least.power2 < 0 || (!first.fits && least != most)) return ParseLong(begin, end, negative, true, out);
  T magnitude;
  fast_float::to_float(false, least, magnitude);
  *out = negative ? -magnitude : magnitude;
  return CheckRange(magnitude, true);
}

template <class T>
[[gnu::noinline]] ParseStatus ParseUnusual(const char* begin, const char* end, bool negative, T* out) {
  DecimalNumber number;
  if (!ScanNumber(begin, end, &number)) return ParseWord(begin, end, negative, out);
  if (!number.fits) return ParseManyDigits(begin, end, negative, number, out);
  return ToFloat(number, begin, end, negative, out);
}

template <class T>
inline ParseStatus ParseFloat(const char* begin, const char* end, T* out) {
  const bool negative = begin < end && *begin == '-';
  begin += begin < end && (*begin == '-' || *begin == '+');
  DecimalNumber number;
  if (ScanUsualNumber(begin, end, &number)) [[likely]]
    return ToFloat(number, begin, end, negative, out);
  return ParseUnusual(begin, end, negative, out);
}

// A number of 16 or 17 digits is sparser than doubles, or not. Where it is, its double gives it back. Where it is not,
// it must be the one of its many neighbours that is nearest to their common double, as the shortest form and that of 17
// digits are; and none of fewer digits may have that double. All distances are exact, in units of 2^-shift * 10^-scale:
// they are below 10^scale, so that what overflows on the way does not matter. False: not known.
inline bool SurelyGivesBack(const DecimalNumber& number, double magnitude) {
  uint64_t mantissa = number.mantissa;
  int64_t scale = -number.exponent;
  for (; mantissa >= kPowersOfTen[15] && mantissa % 10 == 0; scale--) mantissa /= 10;
  const auto bits = std::bit_cast<uint64_t>(magnitude);
  const int64_t exponent = static_cast<int64_t>(bits >> 52), shift = 1075 - exponent;
  if (exponent == 0) return bits == 0;  // denormal doubles have fewer digits
  if (mantissa < kPowersOfTen[15]) return true;
  if (scale < 0 || scale > 18 || shift < 1 || mantissa >= kPowersOfTen[17]) return false;
  const auto power = static_cast<int64_t>(kPowersOfTen[scale]);  // from a double to the next one
  if (shift >= 60 || power <= int64_t{1} << shift) return true;
  const int64_t unit = int64_t{1} << shift;  // from a number of as many digits to the next one
  const uint64_t significand = (bits & ((uint64_t{1} << 52) - 1)) | uint64_t{1} << 52;
  const auto distance = static_cast<int64_t>((mantissa << shift) - significand * static_cast<uint64_t>(power));
  if (std::abs(distance) >= unit / 2) return false;
  if (mantissa >= kPowersOfTen[16]) return true;
  const auto last = static_cast<int64_t>(mantissa % 10);
  const int64_t below = distance - last * unit, above = distance + (10 - last) * unit;  // of those of one digit less
  return std::abs(below) > power / 2 && std::abs(above) > power / 2;
}

// Whether a number is the shortest one that has this nearest double, or that of so many digits that is nearest to it.
bool IsFormOf(const DecimalNumber& number, double magnitude, std::optional<int> digits) {
  constexpr int64_t kMostBytes = 32;
  char form[kMostBytes + kTextPadding] = {};
  constexpr auto kScientific = std::chars_format::scientific;
  const std::to_chars_result written = digits
                                           ? std::to_chars(form, form + kMostBytes, magnitude, kScientific, *digits - 1)
                                           : std::to_chars(form, form + kMostBytes, magnitude, kScientific);
  DecimalNumber other;
  ScanNumber(form, written.ptr, &other);
  const auto without_zeros = [](const DecimalNumber& of) {
    std::pair<uint64_t, int64_t> digits_of(of.mantissa, of.exponent);
    for (; digits_of.first != 0 && digits_of.first % 10 == 0; digits_of.second++) digits_of.first /= 10;
    return digits_of;
  };
  return without_zeros(number) == without_zeros(other);
}

[[gnu::noinline]] bool IsUsualForm(const DecimalNumber& number, double magnitude) {
  return IsFormOf(number, magnitude, std::nullopt) || IsFormOf(number, magnitude, kFloatDigits);
}

ParseStatus ParseStrict(const char* begin, const char* end, double* out) {
  const ParseStatus status = ParseFloat(begin, end, out);
  return status.ok() && !GivesBack(begin, end, *out) ? ParseStatus(RejectKind::kLooseText) : status;
}

void ConvertStrict(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEach<double>(fields, out, bad, ParseStrict);
}

void ConvertStrictBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  const auto kernel = [&kernels = *rules.kernels](const FieldBlock& block, double* values) {
    return ReadStrictDoubles(block, kernels, values);
  };
  ConvertBlocks<double>(fields, out, bad, kernel, ParseStrict);
}

template <class T>
void ConvertFloats(const ConvertRules&, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertEach<T>(fields, out, bad, ParseFloat<T>);
}

template <class T>
void ConvertFloatBlocks(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  ConvertBlocks<T>(fields, out, bad, rules.kernels->read_numbers<T>(), ParseFloat<T>);
}

template <class T>
ConvertFn Pick(const Kernels& kernels) {
  return kernels.read_numbers<T>() != nullptr ? ConvertFloatBlocks<T> : ConvertFloats<T>;
}

}  // namespace

ParseStatus ParseFloat64(const char* begin, const char* end, double* out) { return ParseFloat(begin, end, out); }
ParseStatus ParseFloat32(const char* begin, const char* end, float* out) { return ParseFloat(begin, end, out); }

bool GivesBack(const char* begin, const char* end, double value) {
  if (!std::isfinite(value)) return true;
  begin += *begin == '-' || *begin == '+';
  DecimalNumber number;
  if (!ScanUsualNumber(begin, end, &number)) {
    number = DecimalNumber();
    ScanNumber(begin, end, &number);
  }
  return SurelyGivesBack(number, std::abs(value)) || IsUsualForm(number, std::abs(value));
}

uint64_t ReadStrictDoubles(const FieldBlock& block, const Kernels& kernels, double* values) {
  constexpr uint32_t kFreeBytes = 16;  // 15 digits and a dot; but denormal doubles do not hold so many
  const uint64_t all = ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
  uint64_t given_back = 0;
  const uint64_t again = kernels.read_checked_doubles != nullptr
                             ? kernels.read_checked_doubles(block, values, &given_back)
                             : kernels.read_numbers<double>()(block, values);
  uint64_t unsure = all & ~given_back & ~again;
  for (uint64_t rest = unsure; rest != 0; rest &= rest - 1) {
    const int i = std::countr_zero(rest);
    const char *begin = block.text + block.begin[i], *end = block.text + block.end[i];
    const double magnitude = std::abs(values[i]);
    const bool is_free = end - begin <= int64_t{kFreeBytes} && magnitude >= std::numeric_limits<double>::min();
    DecimalNumber number;
    if (is_free || (ScanUsualNumber(begin + (*begin == '-'), end, &number) && SurelyGivesBack(number, magnitude))) {
      unsure &= ~(uint64_t{1} << i);
    }
  }
  return again | unsure;
}

ConvertFn StrictFloatConverter(const Kernels& kernels) {
  return kernels.read_numbers<double>() != nullptr ? ConvertStrictBlocks : ConvertStrict;
}

ConvertFn FloatConverter(TypeKind kind, const Kernels& kernels) {
  return kind == TypeKind::kFloat32 ? Pick<float>(kernels) : Pick<double>(kernels);
}

}  // namespace v0
}  // namespace headrace
