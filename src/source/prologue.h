#pragma once
// What stands before the records of a file: byte order mark, skipped lines, header; and the terminator family.
// Takes: the file's first bytes. Gives: Prologue. Owns: nothing. Threads: pure. Fails: Status that names the file.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "headrace/options.h"
#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {

struct Prologue {
  static constexpr uint32_t kNoField = ~uint32_t{0};

  int64_t data_offset = 0;  ///< byte where the records begin
  int64_t lines = 0;        ///< LFs before it
  int64_t skipped = 0;      ///< records of it: skipped lines, header and what is skipped behind it, comments, blanks
  uint32_t columns = 0;     ///< fields of a regular record
  std::vector<uint32_t> field_of_column;  ///< for each column of the schema, its field; kNoField: none
  std::vector<std::string> names;         ///< of the header; empty where there is none
};

/// Return the names that several header rows give: of each column, its cells that are not empty, joined by '_'. A row
/// that is shorter than the others has no cells at its end.
std::vector<std::string> JoinHeaderRows(const std::vector<std::vector<std::string>>& rows);

/// Appends more text to what it is given; returns false at the end of the file.
using MoreText = std::function<Result<bool>(std::string*)>;

/// Return the dialect as the parser wants it.
ParseDialect MakeParseDialect(const Dialect& dialect, char terminator);

/// Return the first terminator of the text ('\n' or '\r'); none where the text has none. A run of CRs before LF is
/// the LF family. `head` grows as far as it must, up to `limit` bytes.
Result<std::optional<char>> FindTerminator(const Dialect& dialect, int64_t limit, std::string* head,
                                           const MoreText& more);

/// Read what stands before the records. `head` grows as far as it must, up to `options.max_record_bytes` a record.
Result<Prologue> ReadPrologue(const std::string& path, const Options& options, char terminator, std::string* head,
                              const MoreText& more);

}  // namespace v0
}  // namespace headrace
