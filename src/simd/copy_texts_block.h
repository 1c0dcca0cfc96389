#pragma once
// The loops that all levels of CopyTexts share. They are templates over a type of the including file, so that each
// instruction set gets copies of its own.
#include <cstdint>
#include <cstring>

#include "simd/copy_texts.h"

namespace headrace {
inline namespace v0 {

/// Copy each text by one block of fixed size, which both sides have room for: a branch on lengths would be taken
/// wrongly too often. `kLonger`: there are texts that are longer than a block.
template <class Level, uint32_t kAtOnce, bool kLonger>
inline int64_t CopyTextsAtOnce(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count,
                               char* bytes, int64_t num_bytes, int32_t* offsets) {
  static_assert(kAtOnce <= kCopyTextsSlack);
  offsets[0] = static_cast<int32_t>(num_bytes);
#pragma GCC unroll 4
  for (uint32_t i = 0; i < count; i++) {
    const char* const from = text + begin[i];
    char* const to = bytes + num_bytes;
    const uint32_t length = end[i] - begin[i];
    Level::template Copy<kAtOnce>(from, to);
    if (kLonger && length > kAtOnce) [[unlikely]]
      std::memcpy(to + kAtOnce, from + kAtOnce, length - kAtOnce);
    num_bytes += length;
    offsets[i + 1] = static_cast<int32_t>(num_bytes);
  }
  return num_bytes;
}

/// With blocks of which few are too small: a copy that goes on now and then costs more than one of twice the size.
template <class Level>
inline int64_t CopyTextsByLongest(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count,
                                  char* bytes, int64_t num_bytes, int32_t* offsets) {
  uint32_t longest = 0;
  for (uint32_t i = 0; i < count; i++) longest = end[i] - begin[i] > longest ? end[i] - begin[i] : longest;
  const auto copy = longest <= 16   ? CopyTextsAtOnce<Level, 16, false>
                    : longest <= 32 ? CopyTextsAtOnce<Level, 32, false>
                    : longest <= 64 ? CopyTextsAtOnce<Level, 64, false>
                                    : CopyTextsAtOnce<Level, 64, true>;
  return copy(text, begin, end, count, bytes, num_bytes, offsets);
}

}  // namespace v0
}  // namespace headrace
