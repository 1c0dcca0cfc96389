#include "os/crc32.h"

#include <arrow/util/crc32.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace headrace {
inline namespace v0 {
namespace {

#if defined(__x86_64__)
#define HEADRACE_CLMUL __attribute__((target("pclmul,sse4.1")))

constexpr size_t kLeast = 64;

HEADRACE_CLMUL __m128i Load(const uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }

// `x` moved on by the distance that `constants` stand for, plus `next`.
HEADRACE_CLMUL __m128i Fold(__m128i x, __m128i constants, __m128i next) {
  return _mm_xor_si128(
      _mm_xor_si128(_mm_clmulepi64_si128(x, constants, 0x00), _mm_clmulepi64_si128(x, constants, 0x11)), next);
}

// Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), in its
// bit-reflected form; the constants are powers of x modulo the polynomial. num_bytes >= 64, a multiple of 16.
HEADRACE_CLMUL uint32_t FoldBytes(uint32_t state, const uint8_t* bytes, size_t num_bytes) {
  const __m128i by_64_bytes = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i by_16_bytes = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  __m128i x[4];
  for (int i = 0; i < 4; i++) x[i] = Load(bytes + 16 * i);
  x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128(static_cast<int>(state)));
  size_t at = 64;
  for (; at + 64 <= num_bytes; at += 64) {
    for (size_t i = 0; i < 4; i++) x[i] = Fold(x[i], by_64_bytes, Load(bytes + at + 16 * i));
  }
  __m128i sum = x[0];
  for (int i = 1; i < 4; i++) sum = Fold(sum, by_16_bytes, x[i]);
  for (; at + 16 <= num_bytes; at += 16) sum = Fold(sum, by_16_bytes, Load(bytes + at));

  // 128 bits to 64, to 32 with Barrett's reduction.
  const __m128i low_halves = _mm_setr_epi32(-1, 0, -1, 0);
  sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, by_16_bytes, 0x10));
  __m128i rest = _mm_srli_si128(sum, 4);
  sum = _mm_clmulepi64_si128(_mm_and_si128(sum, low_halves), _mm_set_epi64x(0, 0x163cd6124), 0x00);
  sum = _mm_xor_si128(sum, rest);
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);
  rest = _mm_clmulepi64_si128(_mm_and_si128(sum, low_halves), polynomial, 0x10);
  rest = _mm_clmulepi64_si128(_mm_and_si128(rest, low_halves), polynomial, 0x00);
  return static_cast<uint32_t>(_mm_extract_epi32(_mm_xor_si128(sum, rest), 1));
}

#undef HEADRACE_CLMUL
#endif

}  // namespace

uint32_t Crc32(uint32_t crc, const void* data, size_t num_bytes) {
#if defined(__x86_64__)
  static const bool has_clmul = __builtin_cpu_supports("pclmul");
  if (has_clmul && num_bytes >= kLeast) {
    const size_t folded = num_bytes / 16 * 16;
    const auto* bytes = static_cast<const uint8_t*>(data);
    crc = ~FoldBytes(~crc, bytes, folded);
    return arrow::internal::crc32(crc, bytes + folded, num_bytes - folded);
  }
#endif
  return arrow::internal::crc32(crc, data, num_bytes);
}

}  // namespace v0
}  // namespace headrace
