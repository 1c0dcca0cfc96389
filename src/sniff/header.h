#pragma once
// Whether the first row of a table names its columns.
// Takes: rows. Gives: HeaderGuess. Owns: nothing. Threads: pure. Fails: never.
#include <string>
#include <vector>

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

}  // namespace v0
}  // namespace headrace
