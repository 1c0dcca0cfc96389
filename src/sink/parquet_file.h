#pragma once
// One Parquet file: row groups encoded anywhere, appended in order, and a footer.
// Takes: Batch. Gives: the file's bytes. Owns: metadata only. Threads: an encoder each worker; the writer one at a
// time. Fails: Status.
#include <arrow/buffer.h>
#include <arrow/util/compression.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <memory>
#include <vector>

#include "headrace/options.h"
#include "sink/page_codec.h"
#include "sink/parquet_footer.h"
#include "sink/parquet_pages.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// Who wrote a file, in its footer.
inline constexpr char kParquetCreator[] = "headrace version " HEADRACE_VERSION " (build parquet-cpp)";

/// What all row groups of an output have in common.
struct ParquetLayout {
  std::shared_ptr<parquet::WriterProperties> properties;
  std::shared_ptr<parquet::SchemaDescriptor> schema;
  std::shared_ptr<const arrow::KeyValueMetadata> metadata;  ///< ARROW:schema, nothing else
  arrow::Compression::type codec = arrow::Compression::UNCOMPRESSED;
  int codec_level = arrow::util::kUseDefaultCompressionLevel;
  ParquetCompat compat = ParquetCompat::kWide;
  std::vector<ParquetWishes> wishes;  ///< of each column
  arrow::MemoryPool* pool = nullptr;

  static Result<std::shared_ptr<ParquetLayout>> Make(const std::vector<SinkColumn>& columns, const Options& options,
                                                     arrow::MemoryPool* pool);
};

/// An encoded row group.
struct RowGroup {
  int64_t rows = 0;
  ValueOrder order = ValueOrder::kNone;  ///< of the first column, where it has no nulls
  std::vector<ColumnChunk> chunks;
  std::shared_ptr<arrow::Buffer> bytes;
  uint32_t crc32c = 0;

  /// What its metadata takes, here and then, until that is written, in the footer. Writing a footer takes as much
  /// again: parquet-cpp's copies of it, and its bytes.
  int64_t metadata_bytes = 0;
  int64_t memory_bytes() const { return bytes->capacity() + metadata_bytes; }
};

/// Encodes row groups; one a worker.
class RowGroupEncoder {
 public:
  static Result<std::unique_ptr<RowGroupEncoder>> Make(std::shared_ptr<const ParquetLayout> layout);
  Result<RowGroup> Encode(const Batch& batch);

 private:
  Status AppendFilters(const std::vector<std::string>& filters, arrow::BufferBuilder* to, RowGroup* group) const;
  RowGroupEncoder(std::shared_ptr<const ParquetLayout> layout, std::unique_ptr<PageCodec> codec);
  std::shared_ptr<const ParquetLayout> layout_;
  std::unique_ptr<PageCodec> codec_;
  ColumnPreparer preparer_;
  PageEncoder pages_;
  int64_t last_bytes_ = 0;  // of the last row group: the next one's buffer begins with a little more
};

/// Appends row groups to a file through `write`.
class ParquetFileWriter {
 public:
  using WriteFn = PageIndex::WriteFn;
  explicit ParquetFileWriter(std::shared_ptr<const ParquetLayout> layout);

  /// Append a row group; return where it lies.
  Result<PieceRecord> Append(const RowGroup& group, const WriteFn& write);
  /// Write the page index and the footer; a file without row groups is a file without rows.
  Status Finish(const WriteFn& write);

 private:
  Status Begin(const WriteFn& write);
  ParquetFooter footer_;
  int64_t offset_ = 0;
};

/// What a finished file says of itself.
struct ParquetFacts {
  int64_t rows = 0;   ///< of its row groups together
  int64_t bytes = 0;  ///< of the file
};

/// Open a finished file and read its footer. Fails where its row groups disagree with its own count of rows.
Result<ParquetFacts> ReadParquetFacts(const std::string& path);

}  // namespace v0
}  // namespace headrace
