#pragma once
// Numbers that order as texts do, and the extremes of many of them: what a search for the least and the greatest text
// of a column does with most of them. Takes: begins and ends of texts in a buffer. Gives: keys. Owns: nothing. Threads:
// free functions without state. Fails: never. Every level gives the same keys.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// A text's key: its first seven bytes, the first one highest, zeros behind shorter texts, then the size, 8 standing
/// for all above 7. Texts with different keys are in the order of their keys; texts of the same key are the same, but
/// for long ones.
constexpr uint32_t kTextKeyBytes = 7;
inline constexpr bool IsLongTextKey(uint64_t key) { return (key & 0xFF) > kTextKeyBytes; }

/// The extremes of keys; least is above greatest where there are none.
struct TextKeyRange {
  uint64_t least, greatest;
};

/// Put the keys of the texts bytes[begin[i], end[i]), i < count, into `keys`, and return their extremes. Eight bytes
/// must be readable from each begin on.
using KeyTextsFn = TextKeyRange (*)(const char* bytes, const int32_t* begin, const int32_t* end, int64_t count,
                                    uint64_t* keys);

/// Put begins and ends of those texts that have `key` into lists, which may be the very lists that are read, the begins
/// moved behind the bytes of the key. Return how many there are.
using KeepTextsFn = int64_t (*)(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end,
                                int64_t count, int32_t* kept_begin, int32_t* kept_end);

}  // namespace v0
}  // namespace headrace
