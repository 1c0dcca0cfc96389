#pragma once
// The digits of integers before their last sixteen. Only for files that are compiled for one level; it is static, as
// the linker must not take it into code for other processors.
#include <cstdint>

#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

constexpr int kMostHighDigits = 3;  // one more may be beyond 64 bits
constexpr uint64_t kTenTo16 = 10'000'000'000'000'000;
constexpr uint64_t kMostHigh = 921;  // times 10^16, and all below that, int64 holds

// Of each field of `longer`, which has one to three digits before its last sixteen and a minus where `negative` says
// so, the value of those sixteen is in `values`: add the others. Return the mask of those that are no number, or may be
// beyond 64 bits.
template <class T>
static inline uint64_t AddHighDigits(const FieldBlock& block, uint64_t longer, uint64_t negative, T* values) {
  uint64_t again = 0;
  for (uint64_t rest = longer; rest != 0; rest &= rest - 1) {
    const auto i = static_cast<uint32_t>(__builtin_ctzll(rest));
    const uint64_t minus = negative >> i & 1;
    const uint32_t num_digits = block.end[i] - block.begin[i] - static_cast<uint32_t>(minus) - 16;
    uint32_t digits;
    __builtin_memcpy(&digits, block.text + block.end[i] - 20, sizeof digits);
    digits = (digits ^ 0x30303030) & (~uint32_t{0} << (32 - 8 * num_digits));
    const uint32_t beyond_nine = (digits | (digits + 0x76767676)) & 0x80808080;
    const uint64_t high = (digits >> 24) + 10 * (digits >> 16 & 0xFF) + 100 * (digits >> 8 & 0xFF);
    values[i] = static_cast<T>(static_cast<uint64_t>(values[i]) + ((high * kTenTo16) ^ (0 - minus)) + minus);
    again |= uint64_t{beyond_nine != 0 || high > kMostHigh} << i;
  }
  return again;
}

}  // namespace v0
}  // namespace headrace
