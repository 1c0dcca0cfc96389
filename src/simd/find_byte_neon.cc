// Short fields are one load; longer ones a loop. A nibble a byte tells what is equal.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace headrace {
inline namespace v0 {

uint64_t FindByteNeon(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count, char byte) {
  const uint8x16_t wanted = vdupq_n_u8(static_cast<uint8_t>(byte));
  uint64_t found = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint64_t hits = 0;
    for (uint32_t at = begin[i]; at < end[i] && hits == 0; at += 16) {
      const uint8x16_t equal = vceqq_u8(vld1q_u8(reinterpret_cast<const uint8_t*>(text + at)), wanted);
      const uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8(equal), 4);
      const uint32_t left = end[i] - at;
      hits = vget_lane_u64(vreinterpret_u64_u8(nibbles), 0);
      if (left < 16) hits &= (uint64_t{1} << (4 * left)) - 1;
    }
    found |= uint64_t{hits != 0} << i;
  }
  return found;
}

}  // namespace v0
}  // namespace headrace
#endif
