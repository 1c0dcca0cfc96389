#pragma once
// The last lines of a file, which are no records.
// Takes: text up to the end of a file. Gives: Footer. Owns: nothing. Threads: pure. Fails: where they take too much.
#include <cstdint>
#include <string>
#include <string_view>

#include "headrace/status.h"
#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {

struct Footer {
  int64_t lines = 0;
  int64_t bytes = 0;
};

/// A stream holds its last lines back until it ends, in memory; the same bound holds for plain files.
inline constexpr int64_t kMaxFooterBytes = int64_t{16} << 20;

/// Return the last `lines` lines of `text`, which begins with a line; all of it where it has fewer. Lines end as
/// skipped ones do; what stands behind the last line end is a line unless it is empty.
Footer LastLines(std::string_view text, int64_t lines, const ParseDialect& dialect);

/// Fail where a footer, or what may become one, is larger than kMaxFooterBytes.
Status CheckFooter(const std::string& path, int64_t lines, int64_t bytes);

}  // namespace v0
}  // namespace headrace
