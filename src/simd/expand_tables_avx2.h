#pragma once
// Where each row of a group finds its value among the dense ones. For files that are compiled with AVX2: functions are
// static, so that the linker keeps none of them for the rest of the program (cmake/CheckVectorObjects.cmake).
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// For eight validity bits, eight bytes: the rank of each row's value, or 0x80 where the row is null.
struct alignas(64) ByteRanks {
  uint64_t of[256];
};

inline constexpr ByteRanks kByteRanks = [] {
  ByteRanks ranks{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    uint64_t rank = 0;
    for (unsigned row = 0; row < 8; ++row) {
      const bool valid = (bits >> row & 1) != 0;
      ranks.of[bits] |= (valid ? rank : 0x80) << 8 * row;
      rank += valid ? 1 : 0;
    }
  }
  return ranks;
}();

/// For four validity bits, the ranks of the halves of four 64-bit values; a null is negative.
struct alignas(64) HalfRanks {
  int32_t of[16][8];
};

inline constexpr HalfRanks kHalfRanks = [] {
  HalfRanks halves{};
  for (size_t bits = 0; bits < 16; ++bits) {
    int32_t rank = 0;
    for (size_t row = 0; row < 4; ++row) {
      const bool valid = (bits >> row & 1) != 0;
      halves.of[bits][2 * row] = valid ? 2 * rank : -1;
      halves.of[bits][2 * row + 1] = valid ? 2 * rank + 1 : -1;
      rank += valid ? 1 : 0;
    }
  }
  return halves;
}();

/// Return the ranks of eight rows in the low eight bytes.
static inline __m128i RanksOf(uint64_t bits) { return _mm_cvtsi64_si128(static_cast<int64_t>(kByteRanks.of[bits])); }

/// Return the half ranks of four rows.
static inline __m256i HalfRanksOf(uint64_t bits) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(kHalfRanks.of[bits]));
}

/// Return ones in every bit of a null, for ranks of 32 bits.
static inline __m256i NullsOf(__m256i ranks) { return _mm256_srai_epi32(ranks, 31); }

}  // namespace v0
}  // namespace headrace
