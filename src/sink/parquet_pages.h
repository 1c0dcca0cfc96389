#pragma once
// Parquet pages from physical columns: definition levels straight from the validity words, values as they lie.
// Takes: PhysicalColumn. Gives: a column chunk's bytes and what its metadata needs. Owns: scratch. Threads: one an
// encoder. Fails: Status.
#include <arrow/buffer_builder.h>
#include <parquet/metadata.h>

#include <map>
#include <memory>

#include "sink/page_codec.h"
#include "sink/parquet_column.h"
#include "sink/parquet_page_header.h"
#include "sink/parquet_page_index.h"

namespace headrace {
inline namespace v0 {

/// A finished column chunk; offsets count from the row group's first byte.
struct ColumnChunk {
  int64_t num_values = 0;          ///< nulls included, as Parquet counts
  int64_t dictionary_offset = -1;  ///< -1: none
  int64_t data_offset = 0;
  int64_t uncompressed_bytes = 0;
  int64_t compressed_bytes = 0;
  std::map<parquet::Encoding::type, int32_t> dictionary_pages, data_pages;
  parquet::EncodedStatistics statistics;
  ChunkIndex index;
  int64_t filter_offset = 0;  ///< of its bloom filter
  int32_t filter_bytes = 0;   ///< 0: it has none
};

class PageEncoder {
 public:
  /// `codec` may be nullptr: pages are not compressed.
  PageEncoder(PageCodec* codec, arrow::MemoryPool* pool) : codec_(codec), pool_(pool) {}

  /// A multiple of 64. zstd's level 1 forgets what lies far back: 32,768 doubles a page gave files 5 % smaller than
  /// 131,072 on data with repeats, and the same where nothing repeats.
  static constexpr int64_t kPageRows = 32'768;
  static constexpr int64_t kSplitPageRows = 131'072;  ///< with BYTE_STREAM_SPLIT: long planes are 2 % smaller
  static constexpr int64_t kPageBytes = 1 << 20;      ///< of byte arrays, about

  /// Append all pages of a column to `to`, whose first byte is the row group's.
  Result<ColumnChunk> Encode(const PhysicalColumn& column, const parquet::ColumnDescriptor* descriptor,
                             arrow::BufferBuilder* to);

 private:
  struct Span {
    int64_t first_row = 0, rows = 0, first_value = 0, values = 0;
  };
  struct Filled {
    uint8_t* end;
    uint8_t* values;
    int64_t plane_bytes;
  };
  Extremes ExtremesOf(const PhysicalColumn& column, const Span& span);
  static Span NextSpan(const PhysicalColumn& column, int64_t first_row, int64_t first_value);
  /// Append one page: `fill(at)` writes its uncompressed bytes, at most `max_bytes`, and returns their end and where
  /// values of 8 bytes or planes begin.
  template <class FillFn>
  Status AppendPage(PageHeader header, int64_t max_bytes, FillFn fill, RepeatSearch* repeats, arrow::BufferBuilder* to,
                    ColumnChunk* chunk);
  /// Store values [first, first + count) in the column's encoding; return the end.
  uint8_t* StoreValues(const PhysicalColumn& column, int64_t first, int64_t count, uint8_t* to) const;
  int64_t MaxValueBytes(const PhysicalColumn& column, int64_t first, int64_t count) const;
  Status AppendDictionary(const PhysicalColumn& column, arrow::BufferBuilder* to, ColumnChunk* chunk);
  Status AppendData(const PhysicalColumn& column, const Span& span, RepeatSearch* repeats, arrow::BufferBuilder* to,
                    ColumnChunk* chunk);

  PageCodec* const codec_;
  arrow::MemoryPool* const pool_;
  std::unique_ptr<arrow::ResizableBuffer> scratch_;  // a page before it is compressed
  int header_bytes_ = 0;                             // of the last page: most likely of the next one, too
  std::vector<uint8_t> named_;                       // distinct texts that occur in a page
};

}  // namespace v0
}  // namespace headrace
