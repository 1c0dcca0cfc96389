#pragma once
// A piece of text cut into rows and cells under a dialect, for a look at it: small, plain, and lenient where the
// parser is strict.
// Takes: text. Gives: rows. Owns: copies. Threads: pure. Fails: never; what breaks the rules of quotes is counted.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "headrace/schema.h"

namespace headrace {
inline namespace v0 {

struct SampleCell {
  std::string text;  ///< without quotes
  bool quoted = false;
};

struct SampleRow {
  std::vector<SampleCell> cells;
  int64_t lines = 1;      ///< physical lines that it takes
  bool is_blank = false;  ///< an empty line
};

struct SampleRows {
  std::vector<SampleRow> rows;
  int64_t faults = 0;  ///< text behind a closing quote, quotes inside unquoted cells, a quote that does not close
};

/// Cut `text`, which begins with a record, into at most `max_rows` rows. Where it does not reach the `end` of its file,
/// the last row is left out: it may be cut.
SampleRows CutRows(std::string_view text, bool to_end, char delimiter, std::optional<char> quote, size_t max_rows);

}  // namespace v0
}  // namespace headrace
