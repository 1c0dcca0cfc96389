// The plain twin of the structural index: one byte at a time into the same masks.
#include "simd/kernels_plain.h"
#include "simd/structural_block.h"

namespace headrace {
inline namespace v0 {

namespace {

struct Kernel {
  const StructuralBytes& bytes;
  bool seen_non_ascii = false;

  BlockMasks Classify(const char* block) const {
    BlockMasks masks;
    for (int i = 0; i < 64; i++) {
      const char byte = block[i];
      const uint64_t bit = uint64_t{1} << i;
      if (byte == bytes.delimiter) masks.delimiter |= bit;
      if (byte == bytes.terminator) masks.terminator |= bit;
      if (bytes.quoting && byte == bytes.quote) masks.quote |= bit;
    }
    return masks;
  }

  uint64_t NonAscii(const char* block) const {
    uint64_t mask = 0;
    for (int i = 0; i < 64; i++) mask |= uint64_t{static_cast<uint8_t>(block[i]) > 0x7F} << i;
    return mask;
  }
  void Collect(const char* block) { seen_non_ascii |= NonAscii(block) != 0; }
  bool collected_non_ascii() const { return seen_non_ascii; }

  static uint32_t* Append(uint64_t bits, uint32_t base, uint32_t* out) {
    for (; bits != 0; bits &= bits - 1) *out++ = base + static_cast<uint32_t>(__builtin_ctzll(bits));
    return out;
  }
};

}  // namespace

StructuralResult IndexStructuralsPlain(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                       const StructuralRoom& room) {
  return IndexBlocks(text, begin, end, bytes, room, Kernel{.bytes = bytes});
}

}  // namespace v0
}  // namespace headrace
