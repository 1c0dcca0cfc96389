#pragma once
// One way to cut a sample into rows, and how good a table that makes.
// Takes: rows cut under a dialect. Gives: Candidate. Owns: copies of the rows. Threads: pure. Fails: never.
#include <optional>
#include <string>
#include <vector>

#include "headrace/schema.h"
#include "sniff/sample.h"

namespace headrace {
inline namespace v0 {

struct Candidate {
  Dialect cut;
  double weight = 1;  ///< of its delimiter
  double score = 0;
  double share = 0;     ///< of the rows: those of the most common length
  double sense = 0;     ///< of the cells: those that look like something
  double typed = 0;     ///< of the cells: those that look like numbers or times
  double cut_rows = 0;  ///< of the rows: those of more than one cell
  size_t columns = 1, preamble = 0;
  std::vector<SampleRow> rows;  ///< of the head
  std::vector<SampleRow> more;  ///< from further down the file

  /// For a person: "delimiter ';', 5 columns".
  std::string Describe() const;
};

/// A delimiter to try. What is seen often outweighs what may stand inside values.
struct Prior {
  std::string delimiter;
  double weight;
};

/// Return all delimiters that are tried by themselves.
std::vector<Prior> DelimitersToTry();

/// Find the table in the rows, and score it: consistency times sense times shape.
void Score(Candidate* candidate);

/// Return true where the rows of a table of two columns would also be numbers with a comma before the fraction.
bool IsColumnOfDecimals(const Candidate& candidate);

/// Return '#' where lines that begin with it are comments: unless they have a table's cells, for then they are data, or
/// its header.
std::optional<char> FindComment(const std::vector<SampleRow>& rows, size_t columns);

/// Return the longer delimiter that a table cut by one byte shows: every second cell the same few marks, or the same
/// marks at all cells' ends beside the delimiter. Empty: none.
std::string LongerDelimiter(const Candidate& candidate);

}  // namespace v0
}  // namespace headrace
