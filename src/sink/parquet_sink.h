#pragma once
// One Parquet file for all inputs: a row group a unit.
#include <arrow/memory_pool.h>

#include <memory>
#include <vector>

#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// Return the sink of `options.output_path`. Fails where the path exists already, unless it may be overwritten.
/// `direct`: the file is written past the page cache.
Result<std::unique_ptr<Sink>> MakeParquetSink(const std::vector<SinkColumn>& columns, const Options& options,
                                              bool direct, arrow::MemoryPool* pool);

}  // namespace v0
}  // namespace headrace
