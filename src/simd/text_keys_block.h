#pragma once
// Texts one by one: the plain twins, and the ends of lists in the others. Templates over a type of the including file,
// so that each instruction set gets copies of its own.
#include <cstdint>
#include <cstring>

#include "simd/text_keys.h"

namespace headrace {
inline namespace v0 {

/// The bits of a key that are bytes of a text of so many bytes, 8 standing for more. A power of two of them, as a
/// register's lanes are.
struct TextKeyMasks {
  alignas(64) uint64_t of[16];
};

static constexpr TextKeyMasks MakeTextKeyMasks() {
  TextKeyMasks masks{};
  for (uint32_t size = 1; size <= kTextKeyBytes + 1; size++) {
    masks.of[size] = ~uint64_t{0} << (64 - 8 * (size < kTextKeyBytes ? size : kTextKeyBytes));
  }
  return masks;
}
constexpr TextKeyMasks kTextKeyMasks = MakeTextKeyMasks();

/// Add the texts [first, count) to keys and range.
template <class Level>
inline void KeyTextsOneByOne(const char* bytes, const int32_t* begin, const int32_t* end, int64_t first, int64_t count,
                             uint64_t* keys, TextKeyRange* range) {
  uint64_t least = range->least, greatest = range->greatest;
  for (int64_t i = first; i < count; i++) {
    uint64_t word;
    std::memcpy(&word, bytes + begin[i], sizeof word);
    const uint32_t length = static_cast<uint32_t>(end[i] - begin[i]);
    const uint32_t size = length > kTextKeyBytes ? kTextKeyBytes + 1 : length;
    const uint64_t key = (__builtin_bswap64(word) & kTextKeyMasks.of[size]) | size;
    keys[i] = key;
    least = key < least ? key : least;
    greatest = key > greatest ? key : greatest;
  }
  *range = {least, greatest};
}

/// Add those of the texts [first, count) that have `key` to the `kept` ones.
template <class Level>
inline int64_t KeepTextsOneByOne(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end,
                                 int64_t first, int64_t count, int64_t kept, int32_t* kept_begin, int32_t* kept_end) {
  for (int64_t i = first; i < count; i++) {
    kept_begin[kept] = begin[i] + static_cast<int32_t>(kTextKeyBytes);
    kept_end[kept] = end[i];
    kept += keys[i] == key ? 1 : 0;
  }
  return kept;
}

}  // namespace v0
}  // namespace headrace
