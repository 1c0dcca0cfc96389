#include "sink/parquet_file.h"

#include <arrow/buffer_builder.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/base64.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include "os/crc32c.h"
#include "sink/parquet_bloom_filter.h"
#include "sink/to_arrow.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr char kMagic[] = "PAR1";
constexpr int64_t kMagicSize = 4;

arrow::Compression::type CompressionOf(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return arrow::Compression::UNCOMPRESSED;
    case Codec::kZstd:
      return arrow::Compression::ZSTD;
    case Codec::kLz4:
      return arrow::Compression::LZ4;  // LZ4_RAW in the file
    case Codec::kSnappy:
      return arrow::Compression::SNAPPY;
    case Codec::kGzip:
      return arrow::Compression::GZIP;
  }
  return arrow::Compression::UNCOMPRESSED;
}

// Measured: 1 KiB of short values. Extremes of texts have up to 4 KiB each, in structs and in bytes that grow.
int64_t MetadataBytesOf(const ColumnChunk& chunk) {
  const size_t extremes = chunk.statistics.min().size() + chunk.statistics.max().size();
  const size_t index = chunk.index.column_index.size() + 24 * chunk.index.pages.size();
  return 1024 + static_cast<int64_t>(2 * (extremes + index));
}

}  // namespace

Result<std::shared_ptr<ParquetLayout>> ParquetLayout::Make(const std::vector<SinkColumn>& columns,
                                                           const Options& options, arrow::MemoryPool* pool) {
  auto layout = std::make_shared<ParquetLayout>();
  layout->codec = CompressionOf(options.codec);
  if (arrow::util::Codec::SupportsCompressionLevel(layout->codec)) layout->codec_level = options.codec_level;
  layout->compat = options.parquet_compat;
  for (const SinkColumn& column : columns) layout->wishes.push_back(column.parquet);
  layout->pool = pool;
  layout->properties = parquet::WriterProperties::Builder()
                           .created_by(kParquetCreator)
                           ->version(parquet::ParquetVersion::PARQUET_2_6)
                           ->data_page_version(parquet::ParquetDataPageVersion::V1)
                           ->compression(layout->codec)
                           ->memory_pool(pool)
                           ->build();
  ARROW_ASSIGN_OR_RAISE(auto arrow_schema, ArrowSchema(columns));
  const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  ARROW_RETURN_NOT_OK(
      parquet::arrow::ToParquetSchema(arrow_schema.get(), *layout->properties, *arrow_properties, &layout->schema));
  ARROW_ASSIGN_OR_RAISE(auto serialized, arrow::ipc::SerializeSchema(*arrow_schema, pool));
  layout->metadata =
      arrow::key_value_metadata({"ARROW:schema"}, {arrow::util::base64_encode(std::string_view(*serialized))});
  return layout;
}

Result<std::unique_ptr<RowGroupEncoder>> RowGroupEncoder::Make(std::shared_ptr<const ParquetLayout> layout) {
  ARROW_ASSIGN_OR_RAISE(auto codec, PageCodec::Make(layout->codec, layout->codec_level));
  return std::unique_ptr<RowGroupEncoder>(new RowGroupEncoder(std::move(layout), std::move(codec)));
}

RowGroupEncoder::RowGroupEncoder(std::shared_ptr<const ParquetLayout> layout, std::unique_ptr<PageCodec> codec)
    : layout_(std::move(layout)),
      codec_(std::move(codec)),
      preparer_(layout_->compat, codec_.get()),
      pages_(codec_.get(), layout_->pool) {}

Result<RowGroup> RowGroupEncoder::Encode(const Batch& batch) {
  RowGroup group;
  group.rows = batch.rows;
  arrow::BufferBuilder bytes(layout_->pool);
  ARROW_RETURN_NOT_OK(bytes.Reserve(last_bytes_ + last_bytes_ / 8));
  std::vector<std::string> filters(batch.columns.size());
  for (size_t i = 0; i < batch.columns.size(); i++) {
    const ParquetWishes& wishes = layout_->wishes[i];
    ARROW_ASSIGN_OR_RAISE(const PhysicalColumn column, preparer_.Prepare(batch.columns[i], wishes.encoding));
    if (i == 0) group.order = OrderOf(column);
    ARROW_ASSIGN_OR_RAISE(auto chunk, pages_.Encode(column, layout_->schema->Column(static_cast<int>(i)), &bytes));
    group.metadata_bytes += MetadataBytesOf(chunk);
    group.chunks.push_back(std::move(chunk));
    if (!wishes.bloom_filter) continue;
    const TypeKind kind = column.decoded->type.kind;
    const bool is_float = kind == TypeKind::kFloat32 || kind == TypeKind::kFloat64;
    ARROW_ASSIGN_OR_RAISE(filters[i],
                          BloomFilterOf(column.values, is_float, wishes.false_positive_rate, layout_->pool));
  }
  ARROW_RETURN_NOT_OK(AppendFilters(filters, &bytes, &group));
  last_bytes_ = bytes.length();
  // What is kept until the row group is written should not be twice its size.
  const bool shrink = bytes.capacity() > last_bytes_ + last_bytes_ / 2;
  ARROW_ASSIGN_OR_RAISE(group.bytes, bytes.Finish(shrink));
  group.crc32c = Crc32c(0, group.bytes->data(), static_cast<size_t>(group.bytes->size()));
  return group;
}

// Behind the pages: within a row group readers pass over them in one step.
Status RowGroupEncoder::AppendFilters(const std::vector<std::string>& filters, arrow::BufferBuilder* to,
                                      RowGroup* group) const {
  for (size_t i = 0; i < filters.size(); i++) {
    group->chunks[i].filter_offset = to->length();
    group->chunks[i].filter_bytes = static_cast<int32_t>(filters[i].size());
    ARROW_RETURN_NOT_OK(to->Append(filters[i].data(), static_cast<int64_t>(filters[i].size())));
  }
  return Status::OK();
}

ParquetFileWriter::ParquetFileWriter(std::shared_ptr<const ParquetLayout> layout) : footer_(std::move(layout)) {}

Status ParquetFileWriter::Begin(const WriteFn& write) {
  if (offset_ > 0) return Status::OK();
  offset_ = kMagicSize;
  return write(kMagic, kMagicSize);
}

Result<PieceRecord> ParquetFileWriter::Append(const RowGroup& group, const WriteFn& write) {
  ARROW_RETURN_NOT_OK(Begin(write));
  ARROW_RETURN_NOT_OK(write(group.bytes->data(), group.bytes->size()));
  PieceRecord record;
  record.offset = offset_;
  record.bytes = group.bytes->size();
  record.rows = group.rows;
  record.crc32c = group.crc32c;
  ARROW_RETURN_NOT_OK(footer_.Append(group, offset_));
  offset_ += group.bytes->size();
  return record;
}

Status ParquetFileWriter::Finish(const WriteFn& write) {
  ARROW_RETURN_NOT_OK(Begin(write));
  return footer_.Finish(offset_, write);
}

Result<ParquetFacts> ReadParquetFacts(const std::string& path) {
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  ParquetFacts facts;
  ARROW_ASSIGN_OR_RAISE(facts.bytes, file->GetSize());
  const auto metadata = parquet::ReadMetaData(file);
  for (int i = 0; i < metadata->num_row_groups(); i++) facts.rows += metadata->RowGroup(i)->num_rows();
  if (facts.rows != metadata->num_rows()) {
    return Status::IOError("'", path, "' holds ", facts.rows, " rows in its row groups and ", metadata->num_rows(),
                           " by its own count");
  }
  return facts;
  END_PARQUET_CATCH_EXCEPTIONS
}

}  // namespace v0
}  // namespace headrace
