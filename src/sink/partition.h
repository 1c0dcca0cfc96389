#pragma once
// Splits a batch by the values of its partition columns.
// Takes: Batch. Gives: a batch for each partition, rows in source order. Owns: the gathered columns. Threads: one an
// encoder. Fails: never.
#include <string>
#include <vector>

#include "decode/batch.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// The rows of one partition.
struct Partition {
  std::string directory;       ///< "country=IT/day=2013-11-01", values percent-escaped
  std::vector<int64_t> rows;   ///< of the batch, ascending
};

/// Return the partitions of `batch` by the columns `by`, in order of first appearance.
std::vector<Partition> SplitByPartition(const Batch& batch, const std::vector<SinkColumn>& columns,
                                        const std::vector<int>& by);

/// A batch that owns its columns' memory.
struct GatheredBatch {
  struct Memory {
    std::vector<uint64_t> values, validity;
    std::string bytes;
  };
  Batch batch;
  std::vector<Memory> memory;
};

/// Return the given rows of the given columns.
GatheredBatch GatherRows(const Batch& batch, const std::vector<int>& columns, const std::vector<int64_t>& rows);

}  // namespace v0
}  // namespace headrace
