// Short fields are one load; longer ones a loop.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace headrace {
inline namespace v0 {

uint64_t FindByteAvx2(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count, char byte) {
  const __m256i wanted = _mm256_set1_epi8(byte);
  uint64_t found = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint64_t hits = 0;
    for (uint32_t at = begin[i]; at < end[i] && hits == 0; at += 32) {
      const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
      const auto equal = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)));
      const uint32_t left = end[i] - at;
      hits = _bzhi_u32(equal, left < 32 ? left : 32);
    }
    found |= uint64_t{hits != 0} << i;
  }
  return found;
}

}  // namespace v0
}  // namespace headrace
#endif
