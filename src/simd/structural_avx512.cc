// The structural index with AVX-512: one compare of 64 bytes for each structural byte, and the places of the set bits
// by one compression (VBMI2). The build compiles this file (and every *_avx512.cc) with AVX-512 on; it includes nothing
// that is not inlined here.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/structural_block.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Places {
  alignas(64) uint8_t bytes[64];
};
constexpr Places kPlaces = [] {
  Places places{};
  for (uint8_t i = 0; i < 64; i++) places.bytes[i] = i;
  return places;
}();

inline __m512i Load(const void* from) { return _mm512_loadu_si512(from); }

class Kernel {
 public:
  explicit Kernel(const StructuralBytes& bytes)
      : delimiter_(_mm512_set1_epi8(bytes.delimiter)),
        terminator_(_mm512_set1_epi8(bytes.terminator)),
        quote_(_mm512_set1_epi8(bytes.quote)) {}

  // Where the dialect has no quotes, nothing reads the mask of quotes, and the compiler leaves it out.
  BlockMasks Classify(const char* block) const {
    const __m512i all = Load(block);
    BlockMasks masks;
    masks.delimiter = _mm512_cmpeq_epi8_mask(all, delimiter_);
    masks.terminator = _mm512_cmpeq_epi8_mask(all, terminator_);
    masks.quote = _mm512_cmpeq_epi8_mask(all, quote_);
    return masks;
  }

  uint64_t NonAscii(const char* block) const { return _mm512_movepi8_mask(Load(block)); }
  void Collect(const char* block) { seen_ = _mm512_or_si512(seen_, Load(block)); }
  bool collected_non_ascii() const { return _mm512_movepi8_mask(seen_) != 0; }

  // Up to 32 positions are written whatever is set; more are for blocks of hardly anything but separators. The register
  // form of the compression: to memory it is slow on Zen 4.
  uint32_t* Append(uint64_t bits, uint32_t base, uint32_t* out) const {
    const __m512i places = _mm512_maskz_compress_epi8(_cvtu64_mask64(bits), places_);
    const __m512i bases = _mm512_set1_epi32(static_cast<int>(base));
    const auto store = [&](__m128i sixteen, uint32_t* to) {
      _mm512_storeu_si512(to, _mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), bases));
    };
    store(_mm512_castsi512_si128(places), out);
    store(_mm512_extracti32x4_epi32(places, 1), out + 16);
    const auto count = static_cast<uint32_t>(_mm_popcnt_u64(bits));
    if (count > 32) [[unlikely]] {
      store(_mm512_extracti32x4_epi32(places, 2), out + 32);
      store(_mm512_extracti32x4_epi32(places, 3), out + 48);
    }
    return out + count;
  }

 private:
  __m512i delimiter_, terminator_, quote_;
  __m512i places_ = Load(kPlaces.bytes);
  __m512i seen_ = _mm512_setzero_si512();
};

}  // namespace

StructuralResult IndexStructuralsAvx512(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                        const StructuralRoom& room) {
  return IndexBlocks(text, begin, end, bytes, room, Kernel(bytes));
}

}  // namespace v0
}  // namespace headrace
#endif
