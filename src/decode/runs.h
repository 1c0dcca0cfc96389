#pragma once
// Runs of fields that are equal to the one above them, as sorted times and constants have them.
// Takes: FieldBlock. Gives: Runs. Owns: nothing. Threads: functions without state. Fails: never.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

/// Where runs begin in a block.
struct Runs {
  static constexpr uint32_t kMax = 32;  ///< of a block: with more, half of the fields are read anyway
  uint32_t size = 0;                    ///< 0: there are more, or nobody looked for them
  uint32_t first[kMax + 1];             ///< the field that a run begins with; behind the last one, the block's size
};

/// A text of 1 to 32 bytes, and how others of its length differ from it.
class RunText {
 public:
  static constexpr uint32_t kMaxBytes = 32;

  RunText(const char* text, uint32_t length)
      : second_(length <= 8 ? 0 : std::min(8U, length - 8)),
        third_(length <= 16 ? second_ : length - 16),
        last_(length <= 8 ? 0 : length - 8),
        beyond_(64 - 8 * std::min(8U, length)) {
    Become(text);
  }
  void Become(const char* text) { Load(text, words_); }
  bool Equals(const char* text) const {
    static_assert(std::endian::native == std::endian::little);
    uint64_t words[4];
    Load(text, words);
    uint64_t difference = 0;
    for (int i = 0; i < 4; i++) difference |= words[i] ^ words_[i];
    return difference << beyond_ == 0;
  }

 private:
  void Load(const char* text, uint64_t words[4]) const {
    std::memcpy(&words[0], text, 8);
    std::memcpy(&words[1], text + second_, 8);
    std::memcpy(&words[2], text + third_, 8);
    std::memcpy(&words[3], text + last_, 8);
  }
  uint32_t second_, third_, last_;  // where words begin that cover it: they overlap, or are the same
  uint32_t beyond_;                 // bits of a word that are behind the text
  uint64_t words_[4];
};

/// Find the runs of a block of 16 fields or more of one length, unless one of three pairs out of it shows a difference,
/// or there are many.
inline Runs FindRuns(const FieldBlock& block) {
  Runs runs;
  const uint32_t length = block.end[0] - block.begin[0];
  if (block.size < 16 || length - 1 >= RunText::kMaxBytes) return runs;
  const auto text = [&](uint32_t i) { return block.text + block.begin[i]; };
  const auto equals_next = [&](uint32_t i) { return RunText(text(i), length).Equals(text(i + 1)); };
  if (!equals_next(block.size - 2) || !equals_next(block.size / 2)) return runs;
  RunText head(text(0), length);
  if (!head.Equals(text(1))) return runs;
  uint32_t other_lengths = 0;
  for (uint32_t i = 0; i < block.size; i++) other_lengths |= (block.end[i] - block.begin[i]) ^ length;
  if (other_lengths != 0) return runs;
  uint32_t size = 1;
  runs.first[0] = 0;
  for (uint32_t i = 1; i < block.size; i++) {
    if (head.Equals(text(i))) [[likely]]
      continue;
    if (size == Runs::kMax) return runs;
    runs.first[size++] = i;
    head.Become(text(i));
  }
  runs.first[size] = block.size;
  runs.size = size;
  return runs;
}

}  // namespace v0
}  // namespace headrace
