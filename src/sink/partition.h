#pragma once
// Splits batches by the values of their partition columns.
// Takes: Batch. Gives: for each partition its folder and its rows as a batch, in source order. Owns: the gathered
// columns, reused. Threads: one an encoder. Fails: Status where a unit has too many partitions, or a value no folder.
#include <cstdint>
#include <string>
#include <vector>

#include "decode/batch.h"
#include "headrace/status.h"
#include "sink/sink.h"
#include "sink/value_dictionary.h"

namespace headrace {
inline namespace v0 {

class PartitionSplitter {
 public:
  /// Fail where no folder can be named after the values of a type.
  static Status Check(const SinkColumn& column);

  /// `by` are the partition columns, outermost first; `rest` those that Gather keeps.
  PartitionSplitter(std::vector<SinkColumn> columns, std::vector<int> by, std::vector<int> rest)
      : columns_(std::move(columns)), by_(std::move(by)), rest_(std::move(rest)) {}

  /// Find the partitions of `batch`, in order of first appearance. It must outlive the calls of Gather.
  Status Split(const Batch& batch);

  size_t size() const { return directories_.size(); }
  /// Return the folders of a partition: "country=IT/day=2013-11-01", values percent-escaped.
  const std::string& directory(size_t partition) const { return directories_[partition]; }
  /// Return the partition's rows of the columns kept, ascending; valid until the next call.
  const Batch& Gather(size_t partition);

 private:
  struct Memory {
    std::vector<uint64_t> values, validity;
    std::vector<char> bytes;
    std::vector<uint32_t> ranks;  // of each validity word: the values before it
  };
  Status NumberRows();
  Result<std::string> FolderOf(size_t column, const DecodedColumn& distinct, uint64_t digit) const;
  void SortRows(const uint16_t* partition_of_row);
  DecodedColumn GatherColumn(const DecodedColumn& from, const uint32_t* rows, int64_t num_rows, Memory* memory) const;

  const std::vector<SinkColumn> columns_;
  const std::vector<int> by_, rest_;
  const Batch* batch_ = nullptr;
  std::vector<uint64_t> keys_;  // of each row: its partition columns' values as the digits of a number
  std::vector<ValueDictionary> of_columns_;
  ValueDictionary of_keys_;
  std::vector<std::string> directories_;
  std::vector<uint32_t> rows_;  // by partition, ascending
  std::vector<size_t> starts_;  // of the partitions in rows_; one more than there are
  std::vector<Memory> memory_;
  Batch gathered_;
};

}  // namespace v0
}  // namespace headrace
