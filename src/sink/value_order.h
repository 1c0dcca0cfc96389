#pragma once
// Whether a column's values lie in order, in the orders that Parquet's statistics have.
// Takes: values without nulls, as decoded. Gives: their order. Owns: nothing. Threads: free functions. Fails: never.
#include <cstdint>

#include "decode/batch.h"

namespace headrace {
inline namespace v0 {

enum class ValueOrder : uint8_t { kNone, kAscending, kDescending };

/// Return the order of all values: ascending where each is greater than or equal to the one before it. -0.0 is less
/// than 0.0; with a NaN there is no order. Values that are all equal, and fewer than two, ascend.
ValueOrder FindOrder(const DecodedColumn& column);

/// Return whether indices never become less.
bool Ascends(const uint16_t* indices, int64_t count);

}  // namespace v0
}  // namespace headrace
