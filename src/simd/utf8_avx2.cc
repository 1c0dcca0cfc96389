// UTF-8 with AVX2: 32 bytes at a time, by the tables of simd/utf8_tables.h.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/utf8_tables.h"

namespace headrace {
inline namespace v0 {
namespace {

inline __m256i Load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }

inline __m256i Look(const Utf8Table& table, __m256i halves) {
  const __m128i of = _mm_load_si128(reinterpret_cast<const __m128i*>(table.of));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(of), halves);
}

inline __m256i HighHalves(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

// The bytes `kBack` places before those of `bytes`.
template <int kBack>
inline __m256i Before(__m256i bytes, __m256i previous) {
  return _mm256_alignr_epi8(bytes, _mm256_permute2x128_si256(previous, bytes, 0x21), 16 - kBack);
}

inline __m256i ErrorsOf(__m256i bytes, __m256i previous) {
  const __m256i first = Before<1>(bytes, previous);
  const __m256i pairs =
      _mm256_and_si256(_mm256_and_si256(Look(kFirstHigh, HighHalves(first)),
                                        Look(kFirstLow, _mm256_and_si256(first, _mm256_set1_epi8(0x0F)))),
                       Look(kSecondHigh, HighHalves(bytes)));
  // Bit 7 where the byte must be a third or a fourth one, and so a continuation behind a continuation.
  const __m256i third = _mm256_subs_epu8(Before<2>(bytes, previous), _mm256_set1_epi8(0xE0 - 0x80));
  const __m256i fourth = _mm256_subs_epu8(Before<3>(bytes, previous), _mm256_set1_epi8(0xF0 - 0x80));
  const __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
  return _mm256_xor_si256(must, pairs);
}

}  // namespace

bool IsValidUtf8Avx2(const char* begin, const char* end) {
  __m256i previous = _mm256_setzero_si256(), errors = _mm256_setzero_si256();
  const auto take = [&](__m256i bytes) {
    if (_mm256_movemask_epi8(_mm256_or_si256(bytes, previous)) != 0) {
      errors = _mm256_or_si256(errors, ErrorsOf(bytes, previous));
    }
    previous = bytes;
  };
  for (; end - begin >= 32; begin += 32) take(Load(begin));
  alignas(32) char last[32] = {};  // with a NUL, before which no sequence may be left open
  __builtin_memcpy(last, begin, static_cast<size_t>(end - begin));
  take(Load(last));
  return _mm256_testz_si256(errors, errors) != 0;
}

}  // namespace v0
}  // namespace headrace
#endif
