// UTF-8 with AVX-512: 64 bytes at a time, by the tables of simd/utf8_tables.h.
// The build compiles this file (and every *_avx512.cc) with AVX-512 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/utf8_tables.h"

namespace headrace {
inline namespace v0 {
namespace {

inline __m512i Look(const Utf8Table& table, __m512i halves) {
  const __m128i of = _mm_load_si128(reinterpret_cast<const __m128i*>(table.of));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(of), halves);
}

inline __m512i HighHalves(__m512i bytes) {
  return _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0x0F));
}

inline __m512i ErrorsOf(__m512i bytes, __m512i previous) {
  const __m512i lane_before = _mm512_alignr_epi64(bytes, previous, 6);
  const __m512i first = _mm512_alignr_epi8(bytes, lane_before, 15);  // the bytes one place before
  const __m512i pairs =
      _mm512_and_si512(_mm512_and_si512(Look(kFirstHigh, HighHalves(first)),
                                        Look(kFirstLow, _mm512_and_si512(first, _mm512_set1_epi8(0x0F)))),
                       Look(kSecondHigh, HighHalves(bytes)));
  // Bit 7 where the byte must be a third or a fourth one, and so a continuation behind a continuation.
  const __m512i third = _mm512_subs_epu8(_mm512_alignr_epi8(bytes, lane_before, 14), _mm512_set1_epi8(0xE0 - 0x80));
  const __m512i fourth = _mm512_subs_epu8(_mm512_alignr_epi8(bytes, lane_before, 13), _mm512_set1_epi8(0xF0 - 0x80));
  const __m512i must = _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8(static_cast<char>(0x80)));
  return _mm512_xor_si512(must, pairs);
}

}  // namespace

bool IsValidUtf8Avx512(const char* begin, const char* end) {
  __m512i previous = _mm512_setzero_si512(), errors = _mm512_setzero_si512();
  const auto take = [&](__m512i bytes) {
    if (_mm512_movepi8_mask(_mm512_or_si512(bytes, previous)) != 0) {
      errors = _mm512_or_si512(errors, ErrorsOf(bytes, previous));
    }
    previous = bytes;
  };
  for (; end - begin >= 64; begin += 64) take(_mm512_loadu_si512(begin));
  // The last ones with a NUL behind them, before which no sequence may be left open.
  const __mmask64 left = (uint64_t{1} << (end - begin)) - 1;
  take(_mm512_maskz_loadu_epi8(left, begin));
  return _mm512_test_epi64_mask(errors, errors) == 0;
}

}  // namespace v0
}  // namespace headrace
#endif
