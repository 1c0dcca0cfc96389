#pragma once
// What columns want of Parquet files, against their types and the readers that are to read them.
// Takes: columns. Gives: Status that says what, where and how to fix it. Threads: pure.
#include <vector>

#include "headrace/options.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// Fail where a column's type does not allow what it wants, whatever the readers.
Status CheckWishes(const Column& column);

/// Fail where the readers of `compat` do not know an encoding that a column wants.
Status CheckWishes(const std::vector<SinkColumn>& columns, ParquetCompat compat);

/// Return the encoding's name in a schema file.
const char* EncodingName(ColumnEncoding encoding);

}  // namespace v0
}  // namespace headrace
