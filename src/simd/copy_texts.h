#pragma once
// Copies texts out of a window into a column, one behind the other.
// Takes: begins and ends of texts. Gives: bytes and offsets. Owns: nothing. Threads: free functions without state.
// Fails: never; the caller gives buffers of the right size.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Copy the texts text[begin[i], end[i]), i < count, to bytes[num_bytes] and behind, and put their begins, and the end
/// of the last one, into `offsets`, one more than there are texts. Return that end. kCopyTextsSlack bytes behind each
/// text must be readable, and as many behind the last copy writable.
using CopyTextsFn = int64_t (*)(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count,
                                char* bytes, int64_t num_bytes, int32_t* offsets);
constexpr uint32_t kCopyTextsSlack = 64;

}  // namespace v0
}  // namespace headrace
