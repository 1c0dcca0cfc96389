#pragma once
// Where in a compressed file members may begin.
// Takes: a regular file. Gives: positions that look like the head of a member. They are guesses: bytes inside a member
// may look so too. Threads: pure. Fails: Status that names the file.
#include "os/input_file.h"
#include "source/compression.h"

namespace headrace {
inline namespace v0 {

/// Return the first position in [from, to) where a member may begin; -1 where there is none.
Result<int64_t> FindMember(const InputFile& file, Compression compression, int64_t from, int64_t to);

}  // namespace v0
}  // namespace headrace
