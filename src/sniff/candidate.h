#pragma once
// One way to cut a sample into rows, and how good a table that makes.
// Takes: rows cut under a dialect. Gives: Candidate. Owns: copies of the rows. Threads: pure. Fails: never.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headrace/schema.h"
#include "sniff/sample.h"

namespace headrace {
inline namespace v0 {

/// What lines are that begin with '#' and do not have a row's cells.
enum class Marked : uint8_t {
  kNone,      ///< there are none
  kPreamble,  ///< they stand before the table alone, and are skipped there
  kComments,  ///< comments: no line that begins so has a row's cells
  kUnclear    ///< among the rows, where others that begin so have a row's cells: they stay, and are faults
};

struct Candidate {
  Dialect cut;
  double weight = 1;  ///< of its delimiter
  double score = 0;
  double share = 0;     ///< of the rows: those of the most common length
  double sense = 0;     ///< of the cells: those that look like something
  double typed = 0;     ///< of the cells: those that look like numbers or times
  double cut_rows = 0;  ///< of the rows: those of more than one cell
  size_t columns = 1, preamble = 0;
  Marked marked = Marked::kNone;
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

/// Whether the lines of a table may be whole values of one column.
enum class OneColumn : uint8_t { kNo, kUnclear, kYes };

/// Judge the table of a delimiter that is seldom one, such as a space or ':'. The lines are whole values where all of
/// them but a name are times or addresses, or where text stands in all of them, below a line without the delimiter.
OneColumn ReadWhole(const Candidate& candidate);

/// Find what lines that begin with '#' are, and drop those that are no rows. Only where lines before the table
/// `may_be_skipped` can they be its preamble.
void SetCommentsAside(bool may_be_skipped, Candidate* candidate);

/// Return the longer delimiter that a table cut by one byte shows: every second cell the same few marks, or the same
/// marks at all cells' ends beside the delimiter. Empty: none.
std::string LongerDelimiter(const Candidate& candidate);

}  // namespace v0
}  // namespace headrace
