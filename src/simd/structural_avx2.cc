// The structural index with AVX2: 64 bytes as two vectors, one compare for each structural byte.
// Positions are appended eight bits at a time, whatever is set: no branch depends on how dense they are.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/set_bits_avx2.h"
#include "simd/structural_block.h"

namespace headrace {
inline namespace v0 {
namespace {

inline __m256i Load(const char* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

class Kernel {
 public:
  explicit Kernel(const StructuralBytes& bytes)
      : delimiter_(_mm256_set1_epi8(bytes.delimiter)),
        terminator_(_mm256_set1_epi8(bytes.terminator)),
        quote_(_mm256_set1_epi8(bytes.quote)) {}

  // Where the dialect has no quotes, nothing reads the mask of quotes, and the compiler leaves it out.
  BlockMasks Classify(const char* block) const {
    const __m256i low = Load(block), high = Load(block + 32);
    BlockMasks masks;
    masks.delimiter = Mask(_mm256_cmpeq_epi8(low, delimiter_), _mm256_cmpeq_epi8(high, delimiter_));
    masks.terminator = Mask(_mm256_cmpeq_epi8(low, terminator_), _mm256_cmpeq_epi8(high, terminator_));
    masks.quote = Mask(_mm256_cmpeq_epi8(low, quote_), _mm256_cmpeq_epi8(high, quote_));
    return masks;
  }

  uint64_t NonAscii(const char* block) const { return Mask(Load(block), Load(block + 32)); }
  void Collect(const char* block) { seen_ = _mm256_or_si256(seen_, _mm256_or_si256(Load(block), Load(block + 32))); }
  bool collected_non_ascii() const { return _mm256_movemask_epi8(seen_) != 0; }

  static uint32_t* Append(uint64_t bits, uint32_t base, uint32_t* out) {
    __m256i bases = _mm256_set1_epi32(static_cast<int>(base));
    const auto append = [&](uint64_t byte) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_add_epi32(PlacesOf(byte), bases));
      bases = _mm256_add_epi32(bases, _mm256_set1_epi32(8));
      out += _mm_popcnt_u64(byte);
    };
    for (int i = 0; i < 4; i++, bits >>= 16) {
      __asm__("" : "+Q"(bits));  // one shift for two bytes: a register has names for both its lowest
      append(bits & 0xFF);
      append(bits >> 8 & 0xFF);
    }
    return out;
  }

 private:
  static uint64_t Mask(__m256i low, __m256i high) {
    return static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(low))) |
           static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(high))) << 32;
  }

  __m256i delimiter_, terminator_, quote_;
  __m256i seen_ = _mm256_setzero_si256();
};

}  // namespace

StructuralResult IndexStructuralsAvx2(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                      const StructuralRoom& room) {
  return IndexBlocks(text, begin, end, bytes, room, Kernel(bytes));
}

}  // namespace v0
}  // namespace headrace
#endif
