#pragma once
// The marks of numbers, as flags and schema files spell them, and whether they go together.
// Takes: text; a dialect and its columns. Gives: marks; Status that says how to fix them. Threads: pure.
#include <string>
#include <string_view>

#include "headrace/schema.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Parse the mark before a fraction: "." or ",".
Result<char> ParseDecimalMark(std::string_view text);

/// Parse the mark between groups of three digits: one of . , ' _ space, no-break space (U+00A0), narrow no-break space
/// (U+202F), right quotation mark (U+2019); or none, which is given as "".
Result<std::string> ParseThousands(std::string_view text);

/// Return the column's format with the dialect's marks where it has none of its own.
Format FormatIn(const Dialect& dialect, const Column& column);

/// Check that no column of numbers has one mark for two things. A mark may be the delimiter where fields can be quoted.
Status CheckNumberMarks(const Dialect& dialect, const Schema& schema);

}  // namespace v0
}  // namespace headrace
