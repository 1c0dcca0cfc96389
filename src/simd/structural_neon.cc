// The structural index with NEON: 64 bytes as four vectors, one compare for each structural byte.
// Positions are appended eight bits at a time, whatever is set: no branch depends on how dense they are.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/lanes_neon.h"
#include "simd/set_bits.h"
#include "simd/structural_block.h"

namespace headrace {
inline namespace v0 {
namespace {

class Kernel {
 public:
  explicit Kernel(const StructuralBytes& bytes)
      : delimiter_(vdupq_n_u8(static_cast<uint8_t>(bytes.delimiter))),
        terminator_(vdupq_n_u8(static_cast<uint8_t>(bytes.terminator))),
        quote_(vdupq_n_u8(static_cast<uint8_t>(bytes.quote))) {}

  // Where the dialect has no quotes, nothing reads the mask of quotes, and the compiler leaves it out.
  BlockMasks Classify(const char* block) const {
    const uint8x16_t a = Load16(block), b = Load16(block + 16), c = Load16(block + 32), d = Load16(block + 48);
    const auto equal = [&](uint8x16_t byte) {
      return ByteBits(vceqq_u8(a, byte), vceqq_u8(b, byte), vceqq_u8(c, byte), vceqq_u8(d, byte));
    };
    BlockMasks masks;
    masks.delimiter = equal(delimiter_);
    masks.terminator = equal(terminator_);
    masks.quote = equal(quote_);
    return masks;
  }

  uint64_t NonAscii(const char* block) const {
    const auto above = [](const char* bytes) { return vcgtq_u8(Load16(bytes), vdupq_n_u8(0x7F)); };
    return ByteBits(above(block), above(block + 16), above(block + 32), above(block + 48));
  }
  void Collect(const char* block) {
    const uint8x16_t low = vorrq_u8(Load16(block), Load16(block + 16));
    seen_ = vorrq_u8(seen_, vorrq_u8(low, vorrq_u8(Load16(block + 32), Load16(block + 48))));
  }
  bool collected_non_ascii() const { return vmaxvq_u8(seen_) > 0x7F; }

  static uint32_t* Append(uint64_t bits, uint32_t base, uint32_t* out) {
    uint32x4_t bases = vdupq_n_u32(base);
    for (uint32_t i = 0; i < 64; i += 8) {
      const uint64_t byte = bits >> i & 0xFF;
      const uint16x8_t places = vmovl_u8(vld1_u8(kSetBits.places[byte]));
      vst1q_u32(out, vaddw_u16(bases, vget_low_u16(places)));
      vst1q_u32(out + 4, vaddw_high_u16(bases, places));
      bases = vaddq_u32(bases, vdupq_n_u32(8));
      out += __builtin_popcountll(byte);
    }
    return out;
  }

 private:
  uint8x16_t delimiter_, terminator_, quote_;
  uint8x16_t seen_ = vdupq_n_u8(0);
};

}  // namespace

StructuralResult IndexStructuralsNeon(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                      const StructuralRoom& room) {
  return IndexBlocks(text, begin, end, bytes, room, Kernel(bytes));
}

}  // namespace v0
}  // namespace headrace
#endif
