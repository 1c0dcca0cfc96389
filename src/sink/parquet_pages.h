#pragma once
// Parquet pages from physical columns: definition levels straight from the validity words, values as they lie.
// Takes: PhysicalColumn. Gives: a column chunk's bytes and what its metadata needs. Owns: scratch. Threads: one an
// encoder. Fails: Status.
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/util/compression.h>
#include <parquet/column_writer.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <map>
#include <memory>
#include <vector>

#include "sink/parquet_column.h"

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
};

/// How pages are compressed.
struct PageCodec {
  arrow::Compression::type type = arrow::Compression::ZSTD;
  int level = arrow::util::kUseDefaultCompressionLevel;
};

class PageEncoder {
 public:
  PageEncoder(PageCodec codec, std::shared_ptr<parquet::WriterProperties> properties, arrow::MemoryPool* pool);

  static constexpr int64_t kPageRows = 131'072;     ///< a multiple of 64
  static constexpr int64_t kPageBytes = 1 << 20;    ///< of byte arrays, about

  /// Append all pages of a column to `to`, whose first byte is the row group's.
  Result<ColumnChunk> Encode(const PhysicalColumn& column, const parquet::ColumnDescriptor* descriptor,
                             const std::shared_ptr<arrow::io::BufferOutputStream>& to);

 private:
  struct Span {
    int64_t first_row, rows, first_value, values;
  };
  Span NextSpan(const PhysicalColumn& column, int64_t first_row, int64_t first_value) const;
  void AppendLevels(const PhysicalColumn& column, const Span& span);
  void AppendValues(const PhysicalColumn& column, const Span& span);
  void AppendIndices(const PhysicalColumn& column, const Span& span);
  void AppendTexts(const PhysicalColumn& column, const Span& span);
  void AppendByteStreamSplit(const PhysicalColumn& column, const Span& span);
  void AppendDictionary(const PhysicalColumn& column);
  uint8_t* Extend(int64_t num_bytes);
  std::shared_ptr<arrow::Buffer> page() const {
    return std::make_shared<arrow::Buffer>(page_.data(), static_cast<int64_t>(page_.size()));
  }

  const PageCodec codec_;
  const std::shared_ptr<parquet::WriterProperties> properties_;
  arrow::MemoryPool* pool_;
  std::vector<uint8_t> page_;
  std::shared_ptr<arrow::ResizableBuffer> compressed_;
};

}  // namespace v0
}  // namespace headrace
