#pragma once
// One dictionary for each dictionary column of an output, in order of first appearance in source order.
// Takes: record batches with dictionaries of their own. Gives: the same batches with indices into the output's
// dictionary, and that dictionary. Owns: the dictionaries, which only grow, so that an index once given stays.
// Threads: TryRemap from any; the rest from the committer alone. Fails: Status when a dictionary exceeds 2 GiB.
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <vector>

#include "headrace/status.h"
#include "sink/string_table.h"

namespace headrace {
inline namespace v0 {

class DictionaryMerge {
 public:
  DictionaryMerge(const arrow::Schema& schema, arrow::MemoryPool* pool);

  /// Return the positions of the dictionary columns.
  const std::vector<int>& columns() const { return columns_; }

  /// Rewrite the batch's indices where all of its strings are known already, and return whether they were. The
  /// result is what Remap would give, so a worker may try and leave to the committer what failed.
  bool TryRemap(arrow::RecordBatch* batch) const;

  /// Rewrite the batch's indices, adding the strings that are new. Batches come in source order.
  Status Remap(arrow::RecordBatch* batch);

  /// Return the number of strings known of columns()[i].
  int32_t size(size_t i) const { return entries_[i]->table.size(); }

  /// Return what columns()[i] takes: its strings, twice, since they take as much again when they next grow, and what
  /// Dictionary has made of them.
  int64_t memory_bytes(size_t i) const;

  /// Return what is known of columns()[i] as a string array; it stays as it is when more is added.
  Result<std::shared_ptr<arrow::ArrayData>> Dictionary(size_t i);

 private:
  struct Entry {
    StringTable table;
    // Snapshots are slices of these two; what is added later lies behind them.
    std::shared_ptr<arrow::Buffer> offsets, bytes;
    std::shared_ptr<arrow::ArrayData> snapshot;
  };

  arrow::MemoryPool* pool_;
  std::vector<int> columns_;
  std::vector<std::unique_ptr<Entry>> entries_;
  mutable std::shared_mutex mutex_;  // held shared to look strings up, alone to add some
};

}  // namespace v0
}  // namespace headrace
