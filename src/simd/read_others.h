#pragma once
// What the fixed-notation float kernels leave, for the one that takes exponents and long integer parts. Only for files
// that are compiled for one level; all of it is static, as the linker must not take it into code for other processors.
#include <cstdint>

#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

// Below so many fields their plain twin is quicker: lanes are for all or none of a step.
constexpr uint32_t kFewestOthers = 3;
constexpr uint32_t kLongestOther = 30;  // a sign, 23 digits, a dot, "e-308"

// Whether the first field has an exponent: then many others may.
static inline bool FirstHasExponent(const FieldBlock& block) {
  if (block.end[0] - block.begin[0] < 5) return false;
  uint32_t four;  // before the last character, where an e must be
  __builtin_memcpy(&four, block.text + block.end[0] - 5, sizeof four);
  const uint32_t others = (four | 0x20202020) ^ 0x01010101 * 'e';
  return ((others - 0x01010101) & ~others & 0x80808080) != 0;  // a byte is 0
}

// Put those fields of `again` that look as if `read(text, begin, end, size, values)` might take them into lists of
// their own, of a multiple of sixteen entries, and move what it gives to their places. Return the mask of the fields
// that are still to be read again.
template <class T, class Read>
[[gnu::noinline]] static uint64_t ReadOthers(const char* text, const uint32_t* begins, const uint32_t* ends,
                                             uint64_t again, T* values, Read read) {
  constexpr uint32_t kRoom = FieldBlock::kMaxFields + 16;
  alignas(64) uint32_t begin[kRoom], end[kRoom], places[kRoom];
  alignas(64) T read_values[kRoom];
  uint32_t size = 0;
  if (__builtin_popcountll(again) < static_cast<int>(kFewestOthers)) return again;
  for (uint64_t rest = again; rest != 0; rest &= rest - 1) {
    const auto i = static_cast<uint32_t>(__builtin_ctzll(rest));
    begin[size] = begins[i];
    end[size] = ends[i];
    places[size] = i;
    // Words (nan) and most of what is no value end in something else.
    const auto last = static_cast<unsigned char>((text + ends[i])[-1] - '0');
    size += last <= 9 && ends[i] - begins[i] <= kLongestOther ? 1 : 0;
  }
  if (size < kFewestOthers) return again;
  for (uint32_t i = size; i < size + 15; i++) {
    begin[i] = begin[size - 1];
    end[i] = end[size - 1];
  }
  const uint64_t not_taken = read(text, begin, end, size, read_values);
  for (uint32_t i = 0; i < size; i++) {
    values[places[i]] = read_values[i];
    again ^= (~not_taken >> i & 1) << places[i];
  }
  return again;
}

}  // namespace v0
}  // namespace headrace
