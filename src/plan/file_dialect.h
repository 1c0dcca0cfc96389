#pragma once
// Which dialect a file has: that of the job, or what the first pattern says that its path matches.
// Takes: Options, paths. Gives: Dialect. Owns: nothing. Threads: pure functions. Fails: never.
#include <string>
#include <string_view>
#include <vector>

#include "headrace/options.h"

namespace headrace {
inline namespace v0 {

/// Return the number of the first of options.file_dialects that `path` matches; its size: none. A pattern without a
/// slash is compared with the path's last part, one with a slash with the whole path and with its ends. `member_at` is
/// where a member's own path begins; 0: it is no member.
size_t FileDialectOf(const Options& options, const std::string& path, size_t member_at);

/// Return the dialect number `index`; the size of options.file_dialects: that of the job.
Dialect DialectAt(const Options& options, size_t index);

/// Return the keys of a dialect, as in a schema file: what FileDialect::keys may hold.
std::vector<std::string_view> DialectKeys();

}  // namespace v0
}  // namespace headrace
