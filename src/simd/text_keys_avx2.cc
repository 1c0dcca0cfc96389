// Keys of four texts a step.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/text_keys_block.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Avx2 {};

inline __m128i LoadTwo(const char* bytes, const int32_t* begin) {
  const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes + begin[0]));
  const __m128i high = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes + begin[1]));
  return _mm_unpacklo_epi64(low, high);
}

// The bits of keys that are not bytes of texts of these sizes, which are at most 8.
inline __m256i Behind(__m128i sizes) {
  const __m128i bits = _mm_slli_epi32(_mm_min_epu32(sizes, _mm_set1_epi32(kTextKeyBytes)), 3);
  return _mm256_srlv_epi64(_mm256_set1_epi64x(-1), _mm256_cvtepu32_epi64(bits));
}

// For each mask of four lanes, where the bytes of those that are set come from; they go to the front.
struct KeptLanes {
  alignas(16) uint8_t bytes[16][16];
};
constexpr KeptLanes kKeptLanes = [] {
  KeptLanes lanes{};
  for (int mask = 0; mask < 16; mask++) {
    int kept = 0;
    for (int lane = 0; lane < 4; lane++) {
      for (int byte = 0; byte < 4 && (mask >> lane & 1) != 0; byte++) {
        lanes.bytes[mask][kept++] = static_cast<uint8_t>(4 * lane + byte);
      }
    }
  }
  return lanes;
}();

}  // namespace

TextKeyRange KeyTextsAvx2(const char* bytes, const int32_t* begin, const int32_t* end, int64_t count, uint64_t* keys) {
  const __m256i turn = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));  // bytes of each word
  // Lanes compare with a sign: the highest bit is turned.
  const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
  __m256i least = _mm256_set1_epi64x(INT64_MAX), greatest = sign;
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const __m256i words = _mm256_set_m128i(LoadTwo(bytes, begin + i + 2), LoadTwo(bytes, begin + i));
    const __m128i lengths = _mm_sub_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(end + i)),
                                          _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin + i)));
    const __m128i sizes = _mm_min_epu32(lengths, _mm_set1_epi32(kTextKeyBytes + 1));
    const __m256i key = _mm256_or_si256(_mm256_andnot_si256(Behind(sizes), _mm256_shuffle_epi8(words, turn)),
                                        _mm256_cvtepu32_epi64(sizes));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(keys + i), key);
    const __m256i turned = _mm256_xor_si256(key, sign);
    least = _mm256_blendv_epi8(least, turned, _mm256_cmpgt_epi64(least, turned));
    greatest = _mm256_blendv_epi8(greatest, turned, _mm256_cmpgt_epi64(turned, greatest));
  }
  TextKeyRange range{~uint64_t{0}, 0};
  uint64_t lanes[2][4];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes[0]), _mm256_xor_si256(least, sign));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes[1]), _mm256_xor_si256(greatest, sign));
  for (int lane = 0; lane < 4; lane++) {
    range.least = lanes[0][lane] < range.least ? lanes[0][lane] : range.least;
    range.greatest = lanes[1][lane] > range.greatest ? lanes[1][lane] : range.greatest;
  }
  KeyTextsOneByOne<Avx2>(bytes, begin, end, i, count, keys, &range);
  return range;
}

int64_t KeepTextsAvx2(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end, int64_t count,
                      int32_t* kept_begin, int32_t* kept_end) {
  const __m256i wanted = _mm256_set1_epi64x(static_cast<int64_t>(key));
  int64_t i = 0, kept = 0;
  for (; i + 4 <= count; i += 4) {
    const __m256i equal = _mm256_cmpeq_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(keys + i)), wanted);
    const auto hits = static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(equal)));
    if (hits == 0) continue;
    const __m128i begins =
        _mm_add_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(begin + i)), _mm_set1_epi32(kTextKeyBytes));
    const __m128i ends = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end + i));
    const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(kKeptLanes.bytes[hits]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(kept_begin + kept), _mm_shuffle_epi8(begins, order));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(kept_end + kept), _mm_shuffle_epi8(ends, order));
    kept += _mm_popcnt_u32(hits);
  }
  return KeepTextsOneByOne<Avx2>(keys, key, begin, end, i, count, kept, kept_begin, kept_end);
}

}  // namespace v0
}  // namespace headrace
#endif
