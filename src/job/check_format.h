#pragma once
// Checks how a column's values are written against what the column holds.
// Takes: Column. Gives: Status that says what is wrong and how to fix it. Threads: pure.
#include "headrace/schema.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Check that every member of the column's format means something for its type, and that a pattern compiles.
Status CheckFormat(const Column& column);

}  // namespace v0
}  // namespace headrace
