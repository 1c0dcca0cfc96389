#pragma once
// Guesses where the first record starts at or behind a cut, from the text around it alone. A wrong guess costs time,
// never a result: the committer confirms every guess or has the unit redone.
#include <cstdint>

#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {

/// Return the position in text[0, size) of the first record start behind the cut, whose last byte before it is
/// text[0]; -1 where the text is too short to tell. Method: parse on from the cut as if it lay outside quotes and as
/// if inside, and keep the reading with fewer faulty records (after Ge et al., "Speculative Distributed CSV Data
/// Parsing for Big Data Analytics", SIGMOD 2019).
int64_t GuessRecordStart(const ParseDialect& dialect, uint32_t columns, const char* text, uint32_t size);

}  // namespace v0
}  // namespace headrace
