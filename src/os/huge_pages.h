#pragma once
// Memory that is written once and kept: large pages are filled several times as fast as small ones.
// Takes: fresh memory. Gives: nothing. Owns: nothing. Threads: a function without state. Fails: never; it is advice.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Ask for pages of 2 MiB where data[0, num_bytes) has whole ones. Best before it is first written.
void PreferHugePages(void* data, int64_t num_bytes);

}  // namespace v0
}  // namespace headrace
