#pragma once
// Finds the dialect of a text from its first rows.
//
// For each candidate (delimiter, quote) the sample is cut into rows and scored by the consistency of its rows' lengths
// times the share of cells that look like something: van den Burg, Nazábal & Sutton, "Wrangling messy CSV files by
// detecting row and type patterns", Data Mining and Knowledge Discovery 33 (2019), with three changes: rows before the
// first run of rows of the most common length are taken for a preamble, a row of one cell counts for nothing, and a
// delimiter of one byte is made longer where its table shows that.
//
// Takes: samples of a text, what was declared. Gives: Sniffed. Owns: nothing. Threads: pure. Fails: never; confidence
// says how sure the guess is.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "headrace/schema.h"
#include "sniff/sample.h"

namespace headrace {
inline namespace v0 {

struct Sniffed {
  Dialect dialect;
  std::vector<std::string> names;  ///< of the header, as they stand; empty: there is none
  size_t columns = 0;
  double confidence = 0;             ///< 0 to 1
  std::vector<std::string> reasons;  ///< for a person
  std::string best, second;          ///< the two best candidates, for a message
};

/// Sniff the first of `samples`, the head of a text whose records end with `terminator`, and what is further down it.
/// Keys in `declared` ("delimiter", "quote", "escape", "comment", "header", "skip_rows") stay as `dialect` has them.
Sniffed SniffDialect(const std::vector<TextSample>& samples, char terminator, const Dialect& dialect,
                     const std::vector<std::string>& declared);

/// The bytes of the first line, its end included.
size_t LineBytes(std::string_view text, char terminator);

}  // namespace v0
}  // namespace headrace
