// Keys of eight texts a step. Words are loaded one by one: a gather does the same in more than twice the time (Zen 5).
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/text_keys_block.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Avx512 {};

inline __m128i LoadTwo(const char* bytes, const int32_t* begin) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes + begin[0]));
  const __m128i high = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes + begin[1]));
  return _mm_unpacklo_epi64(low, high);
}

inline __m512i LoadEight(const char* bytes, const int32_t* begin) {
  const __m256i low = _mm256_set_m128i(LoadTwo(bytes, begin + 2), LoadTwo(bytes, begin));
  const __m256i high = _mm256_set_m128i(LoadTwo(bytes, begin + 6), LoadTwo(bytes, begin + 4));
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// min(end - begin, 8), which is what stands behind a text's bytes in its key.
inline __m512i Sizes(const int32_t* begin, const int32_t* end) {
  const __m256i lengths = _mm256_sub_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(end)),
                                           _mm256_loadu_si256(reinterpret_cast<const __m256i*>(begin)));
  return _mm512_cvtepu32_epi64(_mm256_min_epu32(lengths, _mm256_set1_epi32(kTextKeyBytes + 1)));
}

}  // namespace

TextKeyRange KeyTextsAvx512(const char* bytes, const int32_t* begin, const int32_t* end, int64_t count,
                            uint64_t* keys) {
  const __m512i turn = _mm512_broadcast_i32x4(
      _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));  // bytes of each word
  const __m512i masks_low = _mm512_load_si512(kTextKeyMasks.of), masks_high = _mm512_load_si512(kTextKeyMasks.of + 8);
  __m512i least = _mm512_set1_epi64(-1), greatest = _mm512_setzero_si512();
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m512i words = _mm512_shuffle_epi8(LoadEight(bytes, begin + i), turn);
    const __m512i sizes = Sizes(begin + i, end + i);
    const __m512i masks = _mm512_permutex2var_epi64(masks_low, sizes, masks_high);
    const __m512i key = _mm512_ternarylogic_epi64(words, masks, sizes, 0xEA);  // words & masks | sizes
    _mm512_storeu_si512(keys + i, key);
    least = _mm512_min_epu64(least, key);
    greatest = _mm512_max_epu64(greatest, key);
  }
  TextKeyRange range{_mm512_reduce_min_epu64(least), _mm512_reduce_max_epu64(greatest)};
  KeyTextsOneByOne<Avx512>(bytes, begin, end, i, count, keys, &range);
  return range;
}

int64_t KeepTextsAvx512(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end, int64_t count,
                        int32_t* kept_begin, int32_t* kept_end) {
  const __m512i wanted = _mm512_set1_epi64(static_cast<int64_t>(key));
  int64_t i = 0, kept = 0;
  for (; i + 8 <= count; i += 8) {
    const __mmask8 hits = _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(keys + i), wanted);
    const __m256i begins = _mm256_add_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(begin + i)),
                                            _mm256_set1_epi32(kTextKeyBytes));
    const __m256i ends = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(end + i));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(kept_begin + kept), _mm256_maskz_compress_epi32(hits, begins));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(kept_end + kept), _mm256_maskz_compress_epi32(hits, ends));
    kept += _mm_popcnt_u32(hits);
  }
  return KeepTextsOneByOne<Avx512>(keys, key, begin, end, i, count, kept, kept_begin, kept_end);
}

}  // namespace v0
}  // namespace headrace
#endif
