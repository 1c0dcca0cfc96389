#pragma once
// CRC-32C of joined bytes from those of the parts, and of a part from those of the whole. No byte is read again.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Return the CRC-32C of A followed by B, from theirs and B's length: as zlib's crc32_combine does it.
uint32_t Crc32cCombine(uint32_t crc_a, uint32_t crc_b, uint64_t bytes_b);

/// Return the CRC-32C of B, from those of A and of A followed by B, and from B's length.
inline uint32_t Crc32cOfTail(uint32_t crc_a, uint32_t crc_ab, uint64_t bytes_b) {
  return Crc32cCombine(crc_a, crc_ab, bytes_b);  // shift(A) ^ B = AB, so shift(A) ^ AB = B
}

}  // namespace v0
}  // namespace headrace
