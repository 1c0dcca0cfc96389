#pragma once
// What stands behind the row groups of a Parquet file: the page index and the footer.
// Takes: encoded row groups, in the order of the file. Gives: bytes. Owns: the metadata. Threads: one at a time.
// Fails: Status.
#include <parquet/metadata.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "sink/parquet_pages.h"
#include "sink/value_order.h"

namespace headrace {
inline namespace v0 {

struct ParquetLayout;
struct RowGroup;

class ParquetFooter {
 public:
  explicit ParquetFooter(std::shared_ptr<const ParquetLayout> layout) : layout_(std::move(layout)) {}

  /// Add the row group whose first byte lies at `offset`.
  Status Append(const RowGroup& group, int64_t offset);

  /// Write the page index, whose first byte will lie at `offset`, and the footer.
  Status Finish(int64_t offset, const PageIndex::WriteFn& write);

 private:
  // Row groups in a row whose first column has the same order: parquet-cpp's builder knows one order for all.
  struct Section {
    ValueOrder order = ValueOrder::kNone;
    int64_t first_group = 0;
    std::unique_ptr<parquet::FileMetaDataBuilder> builder;
  };

  Section MakeSection(ValueOrder order) const;
  std::shared_ptr<parquet::FileMetaData> JoinSections();

  std::shared_ptr<const ParquetLayout> layout_;
  std::vector<Section> sections_;
  PageIndex index_;
  parquet::IndexLocations filters_;  // bloom filters, in the order of the row groups
  int64_t num_groups_ = 0;
};

}  // namespace v0
}  // namespace headrace
