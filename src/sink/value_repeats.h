#pragma once
// Repeats among the values of a page, as zstd's sequences. A value of 8 bytes is one step, where zstd's own search
// takes one for each byte or two; and every earlier value is known, where a small table of bytes has forgotten most.
// Takes: a page. Gives: sequences. Owns: its tables, reused. Threads: one. Fails: never.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <cstdint>
#include <vector>

#include "sink/page_codec.h"

namespace headrace {
inline namespace v0 {

class ValueRepeats {
 public:
  /// Return whether the page is neither too small to gain nor so large that its sequences would take much memory.
  static bool Takes(const PageBytes& page);

  /// Return the sequences of `page`, with an empty one at the end of each block. Valid until the next call.
  const std::vector<ZSTD_Sequence>& Find(const PageBytes& page);

 private:
  struct Repeat {
    int64_t from = -1;  // an earlier value; -1: none
    int64_t bytes = 0;
  };
  Repeat Look(const uint8_t* values, int64_t i);
  void FindAmong(const PageBytes& page, int64_t first, int64_t count, int64_t* taken);

  // Number of the last value with this hash, from 1; of whole values, and of their lower 6 bytes. Doubles that are a
  // power of two times another share those: x, 2x, 4x.
  std::vector<uint16_t> wholes_, lowers_;
  std::vector<ZSTD_Sequence> found_;
};

}  // namespace v0
}  // namespace headrace
