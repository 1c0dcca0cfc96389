// The structural index with AVX2: 64 bytes as two vectors, one compare for each structural byte.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/structural_levels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/structural_block.h"

namespace headrace {
inline namespace v0 {

StructuralResult IndexStructuralsAvx2(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                      uint32_t* positions, uint32_t capacity) {
  const __m256i delimiter = _mm256_set1_epi8(bytes.delimiter);
  const __m256i terminator = _mm256_set1_epi8(bytes.terminator);
  const __m256i quote = _mm256_set1_epi8(bytes.quote);
  const auto mask = [](__m256i low, __m256i high) {
    return static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(low))) |
           static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(high))) << 32;
  };
  return IndexBlocks(text, begin, end, bytes, positions, capacity, [&](const char* block) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32));
    BlockMasks masks;
    masks.delimiter = mask(_mm256_cmpeq_epi8(low, delimiter), _mm256_cmpeq_epi8(high, delimiter));
    masks.terminator = mask(_mm256_cmpeq_epi8(low, terminator), _mm256_cmpeq_epi8(high, terminator));
    if (bytes.quoting) masks.quote = mask(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote));
    masks.non_ascii = mask(low, high);
    return masks;
  });
}

}  // namespace v0
}  // namespace headrace
#endif
