// UTF-8 with NEON: 16 bytes at a time, by the tables of simd/utf8_tables.h.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/lanes_neon.h"
#include "simd/utf8_tables.h"

namespace headrace {
inline namespace v0 {
namespace {

inline uint8x16_t Look(const Utf8Table& table, uint8x16_t halves) { return vqtbl1q_u8(vld1q_u8(table.of), halves); }

// The bytes `kBack` places before those of `bytes`.
template <int kBack>
inline uint8x16_t Before(uint8x16_t bytes, uint8x16_t previous) {
  return vextq_u8(previous, bytes, 16 - kBack);
}

inline uint8x16_t ErrorsOf(uint8x16_t bytes, uint8x16_t previous) {
  const uint8x16_t first = Before<1>(bytes, previous);
  const uint8x16_t pairs =
      vandq_u8(vandq_u8(Look(kFirstHigh, vshrq_n_u8(first, 4)), Look(kFirstLow, vandq_u8(first, vdupq_n_u8(0x0F)))),
               Look(kSecondHigh, vshrq_n_u8(bytes, 4)));
  // Bit 7 where the byte must be a third or a fourth one, and so a continuation behind a continuation.
  const uint8x16_t third = vqsubq_u8(Before<2>(bytes, previous), vdupq_n_u8(0xE0 - 0x80));
  const uint8x16_t fourth = vqsubq_u8(Before<3>(bytes, previous), vdupq_n_u8(0xF0 - 0x80));
  return veorq_u8(vandq_u8(vorrq_u8(third, fourth), vdupq_n_u8(0x80)), pairs);
}

}  // namespace

bool IsValidUtf8Neon(const char* begin, const char* end) {
  uint8x16_t previous = vdupq_n_u8(0), errors = vdupq_n_u8(0);
  const auto take = [&](uint8x16_t bytes) {
    if (vmaxvq_u8(vorrq_u8(bytes, previous)) > 0x7F) errors = vorrq_u8(errors, ErrorsOf(bytes, previous));
    previous = bytes;
  };
  for (; end - begin >= 16; begin += 16) take(Load16(begin));
  char last[16] = {};  // with a NUL, before which no sequence may be left open
  __builtin_memcpy(last, begin, static_cast<size_t>(end - begin));
  take(Load16(last));
  return !AnyBit(errors);
}

}  // namespace v0
}  // namespace headrace
#endif
