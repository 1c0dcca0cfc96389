#pragma once
// Decoded columns as Arrow arrays.
// Takes: Batch. Gives: Arrow types, schemas and record batches. Owns: nothing; buffers come from the caller's pool.
// Threads: free functions without state. Fails: Status on memory and on types that Arrow refuses.
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "decode/batch.h"
#include "headrace/status.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// Return the Arrow type of a column; dictionary(string) is dictionary<int32, utf8>, unordered.
Result<std::shared_ptr<arrow::DataType>> ArrowType(const DataType& type);

/// Return the Arrow schema of an output: every field nullable, no metadata.
Result<std::shared_ptr<arrow::Schema>> ArrowSchema(const std::vector<SinkColumn>& columns);

/// Copy a batch into Arrow arrays from `pool`, the buffers of a batch in one allocation. Null slots hold zero, so equal
/// input gives equal bytes; columns without nulls have no bitmap; dictionary indices are in order of first appearance
/// within the batch. `schema` must be ArrowSchema() of the batch's columns.
Result<std::shared_ptr<arrow::RecordBatch>> ToRecordBatch(const Batch& batch,
                                                          const std::shared_ptr<arrow::Schema>& schema,
                                                          arrow::MemoryPool* pool);

/// Return the bytes of a batch's buffers, dictionaries included.
int64_t BufferBytes(const arrow::RecordBatch& batch);

}  // namespace v0
}  // namespace headrace
