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

/// The page index of a file: before its footer, first all column indexes, then all offset indexes.
class PageIndex {
 public:
  using WriteFn = std::function<Status(const void* data, int64_t num_bytes)>;

  /// Add a column chunk of a row group whose first byte lies at `group_offset`.
  Status Append(const ChunkIndex& chunk, const parquet::ColumnChunkId& id, int64_t group_offset);

  /// Write the index, whose first byte will lie at `offset`, and tell `footer` where its parts are.
  Status Write(int64_t offset, const WriteFn& write, parquet::FileMetaDataBuilder* footer) const;

 private:
  struct Part {  // of one kind: locations count from its first byte
    std::string bytes;
    parquet::IndexLocations locations;

    void Append(std::string_view chunk, const parquet::ColumnChunkId& id);
    parquet::IndexLocations From(int64_t offset) const;
  };

  Part column_indexes_, offset_indexes_;
};

}  // namespace v0
}  // namespace headrace
