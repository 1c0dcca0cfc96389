#pragma once
// The page index (parquet-format, PageIndex.md): least and greatest value and nulls of every page, and where it lies.
// Takes: extremes of pages. Gives: ColumnIndex and OffsetIndex, serialised by parquet-cpp. Owns: them. Threads: one an
// encoder; PageIndex one at a time. Fails: Status.
#include <parquet/index_location.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "headrace/status.h"
#include "sink/parquet_extremes.h"

namespace headrace {
inline namespace v0 {

/// What a page index has of one column chunk.
struct ChunkIndex {
  std::string column_index;                  ///< serialised; empty where there is none
  std::vector<parquet::PageLocation> pages;  ///< offsets count from the row group's first byte
};

/// Makes the ChunkIndex of one column chunk; all pages in their order.
class ChunkIndexBuilder {
 public:
  ChunkIndexBuilder(const parquet::ColumnDescriptor* column, const DataType& type);

  /// A chunk with a page whose extremes have no form in the index (nothing but NaN) gets no column index.
  Status AddPage(const Extremes& extremes, int64_t rows, int64_t nulls, const parquet::PageLocation& location);
  Result<ChunkIndex> Finish();

 private:
  const DataType type_;
  std::unique_ptr<parquet::ColumnIndexBuilder> builder_;
  ChunkIndex index_;
};

/// Return the locations of row groups [first_group, end_group) among `locations`, which ascend: row groups are counted
/// from the first one, and `offset` is added to each place.
parquet::IndexLocations LocationsOf(const parquet::IndexLocations& locations, int64_t first_group, int64_t end_group,
                                    int64_t offset);

/// The page index of a file: before its footer, first all column indexes, then all offset indexes.
class PageIndex {
 public:
  using WriteFn = std::function<Status(const void* data, int64_t num_bytes)>;

  /// Add a column chunk of a row group whose first byte lies at `group_offset`.
  Status Append(const ChunkIndex& chunk, const parquet::ColumnChunkId& id, int64_t group_offset);

  /// Write the index, whose first byte will lie at `offset`.
  Status Write(int64_t offset, const WriteFn& write);

  /// After Write: tell a footer of row groups [first_group, end_group) where the parts of its index are. Throws what
  /// the Parquet library throws.
  void Tell(int64_t first_group, int64_t end_group, parquet::FileMetaDataBuilder* footer) const;

 private:
  struct Part {  // of one kind
    int64_t offset = 0;
    std::string bytes;
    parquet::IndexLocations locations;  // from `offset`, in the order of the row groups

    void Append(std::string_view chunk, const parquet::ColumnChunkId& id);
  };

  Part column_indexes_, offset_indexes_;
};

}  // namespace v0
}  // namespace headrace
