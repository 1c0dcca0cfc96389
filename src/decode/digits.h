#pragma once
// Eight decimal digits in a 64-bit word (SWAR). Takes: text with kTextPadding readable bytes around it.
// The product tree is Johnny Lee's, as in simdjson and fast_float: 2, 4, then 8 digits by three multiplications.
#include <bit>
#include <cstdint>
#include <cstring>

namespace headrace {
inline namespace v0 {

static_assert(std::endian::native == std::endian::little, "the first character must be the lowest byte");

inline constexpr uint64_t kEightZeros = 0x3030303030303030;

inline constexpr uint64_t kPowersOfTen[] = {1,
                                            10,
                                            100,
                                            1000,
                                            10000,
                                            100000,
                                            1000000,
                                            10000000,
                                            100000000,
                                            1000000000,
                                            10000000000,
                                            100000000000,
                                            1000000000000,
                                            10000000000000,
                                            100000000000000,
                                            1000000000000000,
                                            10000000000000000,
                                            100000000000000000,
                                            1000000000000000000,
                                            10000000000000000000U};

inline uint64_t LoadEight(const char* text) {
  uint64_t word;
  std::memcpy(&word, text, sizeof(word));
  return word;
}

inline bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }

/// Set the high bit of every byte of `values` that is not 0 to 9. Exact up to and including the lowest such byte:
/// a carry can only mark bytes above one that is marked already.
inline uint64_t NotDigits(uint64_t values) { return ((values + 0x7676767676767676) | values) & 0x8080808080808080; }

/// Return the number of eight digit values, the first one in the lowest byte.
inline uint64_t EightDigits(uint64_t values) {
  values = values * 10 + (values >> 8);
  constexpr uint64_t kMask = 0x000000FF000000FF;
  constexpr uint64_t kHigh = 100 + (uint64_t{1000000} << 32), kLow = 1 + (uint64_t{10000} << 32);
  return ((values & kMask) * kHigh + ((values >> 16) & kMask) * kLow) >> 32;
}

/// Return the number of the `count` (1 to 8) digit values in the lowest bytes.
inline uint64_t FewDigits(uint64_t values, uint32_t count) { return EightDigits(values << (64 - 8 * count)); }

/// Return where the digits that begin at `text` stop, at most `end`.
inline const char* SkipDigits(const char* text, const char* end) {
  while (end - text >= 8) {
    const uint64_t others = NotDigits(LoadEight(text) ^ kEightZeros);
    if (others != 0) return text + (std::countr_zero(others) >> 3);
    text += 8;
  }
  while (text < end && IsDigit(*text)) text++;
  return text;
}

}  // namespace v0
}  // namespace headrace
