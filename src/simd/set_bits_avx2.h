#pragma once
// The places of the set bits of a byte, as lanes. For files that are compiled with AVX2: functions are static, so that
// the linker keeps none of them for the rest of the program (cmake/CheckVectorObjects.cmake).
#include <immintrin.h>

#include "simd/set_bits.h"

namespace headrace {
inline namespace v0 {

/// Return the places of the set bits of `byte` in the low lanes, in order; the others are 0.
static inline __m256i PlacesOf(uint64_t byte) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(kSetBits.places[byte])));
}

}  // namespace v0
}  // namespace headrace
