#pragma once
// What the decoding kernels for AVX2 share. Only for files that are compiled for it (*_avx2.cc). All of it is static:
// the linker must not take one of these functions into code for other processors.
#include <immintrin.h>

#include <cstdint>

#include "simd/byte_masks.h"
#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

struct SignMasks {
  alignas(64) uint64_t lanes[16][4];
};
static constexpr SignMasks MakeSignMasks() {
  SignMasks table{};
  for (int mask = 0; mask < 16; mask++) {
    for (int lane = 0; lane < 4; lane++) table.lanes[mask][lane] = mask >> lane & 1 ? ~uint64_t{0} : 0;
  }
  return table;
}
constexpr SignMasks kSignMasks = MakeSignMasks();  // four bits to four lanes

static inline __m256i Load32(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
static inline __m128i Load16(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
static inline __m256i LoadTwo(const char* a, const char* b) {  // 16 bytes each
  return _mm256_inserti128_si256(_mm256_castsi128_si256(Load16(a)), Load16(b), 1);
}
static inline void Store32(void* to, __m256i value) { _mm256_storeu_si256(static_cast<__m256i*>(to), value); }

static inline __m256i SignMask(uint32_t four_bits) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(kSignMasks.lanes[four_bits]));
}

static inline uint64_t LowBits(uint32_t count) { return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1; }

static inline bool AnyBit(__m256i value) { return _mm256_testz_si256(value, value) == 0; }

static inline uint32_t LaneBits(__m256i lanes) {
  return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(lanes)));
}

// The halves of `even` are fields 0 and 2, those of `odd` 1 and 3. A bit for each field with a bit set.
static inline uint32_t FaultyFields(__m256i even, __m256i odd) {
  const auto any = [](__m128i half) { return uint32_t{_mm_testz_si128(half, half) == 0}; };
  return any(_mm256_castsi256_si128(even)) | any(_mm256_castsi256_si128(odd)) << 1 |
         any(_mm256_extracti128_si256(even, 1)) << 2 | any(_mm256_extracti128_si256(odd, 1)) << 3;
}

static inline __m256i Lengths(const FieldBlock& block, uint32_t i) {
  return _mm256_sub_epi32(Load32(block.end + i), Load32(block.begin + i));
}

// The two 64-bit words that end at two fields' ends, and four of them.
static inline __m128i LoadEnds(const char* text, uint32_t first, uint32_t second) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(text + first - 8));
  return _mm_castpd_si128(_mm_loadh_pd(_mm_castsi128_pd(low), reinterpret_cast<const double*>(text + second - 8)));
}
static inline __m256i LoadEnds(const char* text, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(LoadEnds(text, a, b)), LoadEnds(text, c, d), 1);
}

// Ones in lanes that are not least to greatest.
static inline __m256i Outside(__m256i lanes, int32_t least, int32_t greatest) {
  return _mm256_or_si256(_mm256_cmpgt_epi32(lanes, _mm256_set1_epi32(greatest)),
                         _mm256_cmpgt_epi32(_mm256_set1_epi32(least), lanes));
}

}  // namespace v0
}  // namespace headrace
