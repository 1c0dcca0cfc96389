// Copies of texts by registers of 32 bytes.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/copy_texts_block.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Avx2 {
  template <uint32_t kAtOnce>
  static void Copy(const char* from, char* to) {
    if constexpr (kAtOnce == 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    } else {
      for (uint32_t i = 0; i < kAtOnce; i += 32) {
        const __m256i part = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), part);
      }
    }
  }
};

}  // namespace

int64_t CopyTextsAvx2(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count, char* bytes,
                      int64_t num_bytes, int32_t* offsets) {
  return CopyTextsByLongest<Avx2>(text, begin, end, count, bytes, num_bytes, offsets);
}

}  // namespace v0
}  // namespace headrace
#endif
