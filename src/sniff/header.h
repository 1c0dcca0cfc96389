#pragma once
// Whether the first row of a table names its columns.
// Takes: rows. Gives: HeaderGuess. Owns: nothing. Threads: pure. Fails: never.
#include <string>
#include <vector>

#include "decode/number_text.h"
#include "sniff/sample.h"

namespace headrace {
inline namespace v0 {

struct HeaderGuess {
  bool has_header = false;
  double certainty = 1;  ///< 0.5 to 1
  std::string reason;
};

/// Compare the first of `rows` (at least one) with the others.
HeaderGuess GuessHeader(const std::vector<SampleRow>& rows, size_t columns);

/// Return a name for each of `columns` columns: those of the header, made unique, and numbered ones where there is
/// none.
std::vector<std::string> UniqueNames(std::vector<std::string> names, size_t columns);

/// Return how many of the first rows below the header, at most three, hold units or the like: text, in at least two
/// columns and half of all, where every row below them, of three or more, holds numbers, times or nothing. `rows` begin
/// below the header.
size_t CountUnitRows(const std::vector<SampleRow>& rows, size_t columns, const NumberRules& rules);

}  // namespace v0
}  // namespace headrace
