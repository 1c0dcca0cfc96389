#pragma once
// Which of a column's fields hold a byte: doubled quotes are looked for so.
// Takes: text, begins and ends. Gives: a mask. Owns: nothing. Threads: functions without state. Fails: never.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Return a bit for each of `count` (at most 64) fields text[begin[i], end[i]) that holds `byte`. 32 bytes behind a
/// field's end may be read.
using FindByteFn = uint64_t (*)(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count,
                                char byte);

}  // namespace v0
}  // namespace headrace
