#pragma once
// A piece of text cut into rows and cells under a dialect, for a look at it, as the parser cuts it.
// Takes: text. Gives: SampleRow. Owns: copies. Threads: pure. Fails: never; what breaks the rules of quotes is marked.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headrace/schema.h"

namespace headrace {
inline namespace v0 {

/// A piece of a file's text.
struct TextSample {
  std::string text;
  bool from_start = false;  ///< begins with the file, byte order mark left out; else in the middle of a record
  bool to_end = false;      ///< ends with the file
  bool has_mark = false;    ///< a byte order mark was left out
};

struct SampleCell {
  std::string text;  ///< without quotes and escapes
  bool quoted = false;
  std::string raw = {};  ///< with its escapes, where it has some
};

struct SampleRow {
  std::vector<SampleCell> cells;
  int64_t lines = 1;             ///< lines that it takes, by the terminator
  int64_t record = 0, line = 0;  ///< of its file, from 1; 0: not known
  bool is_blank = false;         ///< an empty line
  bool is_faulty = false;  ///< text behind a closing quote, a quote inside an unquoted cell, or one that does not close

  /// Return true where the line begins with the comment byte, if there is one.
  bool IsComment(const std::optional<char>& comment) const {
    return comment && !cells[0].quoted && cells[0].text.starts_with(*comment);
  }
};

/// Cut `text`, which begins with a record, into at most `max_rows` rows. Unless it goes `to_end` of its file, the last
/// row is left out: it may be cut. `terminator` is that of the family, as FindTerminator gives it.
std::vector<SampleRow> CutRows(std::string_view text, bool to_end, const Dialect& dialect, char terminator,
                               size_t max_rows);

/// Cut a sample from the middle of a file, whose records have mostly `columns` fields, without the record that it
/// begins in. It may begin inside quotes, outside them in front of a quoted line end, or in a record without one: of
/// these ways to take it, the one that makes more such records. No rows where all of it may be one quoted field.
std::vector<SampleRow> CutFromMiddle(const TextSample& sample, const Dialect& dialect, char terminator, size_t max_rows,
                                     size_t columns);

}  // namespace v0
}  // namespace headrace
