#include "sink/parquet_sink.h"

#include "os/atomic_file.h"
#include "os/crc32c.h"
#include "sink/manifest_file.h"
#include "sink/parquet_file.h"

namespace headrace {
inline namespace v0 {
namespace {

struct RowGroupPiece : public Piece {
  RowGroup group;
};

class ParquetEncoder : public Encoder {
 public:
  explicit ParquetEncoder(std::unique_ptr<RowGroupEncoder> encoder) : encoder_(std::move(encoder)) {}

  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId& /*unit*/) override {
    auto piece = std::make_unique<RowGroupPiece>();
    ARROW_ASSIGN_OR_RAISE(piece->group, encoder_->Encode(batch));
    piece->rows = batch.rows;
    piece->memory_bytes = piece->group.memory_bytes();
    return piece;
  }

 private:
  std::unique_ptr<RowGroupEncoder> encoder_;
};

class ParquetSink : public Sink {
 public:
  ParquetSink(const Options& options, std::shared_ptr<const ParquetLayout> layout, std::unique_ptr<AtomicFile> file)
      : options_(options), layout_(std::move(layout)), file_(std::move(file)), writer_(layout_) {}

  Result<std::unique_ptr<Encoder>> MakeEncoder() override {
    ARROW_ASSIGN_OR_RAISE(auto encoder, RowGroupEncoder::Make(layout_));
    return std::make_unique<ParquetEncoder>(std::move(encoder));
  }

  Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) override {
    const auto& group = static_cast<RowGroupPiece&>(*piece).group;
    ARROW_ASSIGN_OR_RAISE(PieceRecord record, writer_.Append(group, write_));
    record.path = file_->path();
    record.unit = unit.index;
    pieces_.push_back(std::move(record));
    metadata_bytes_ += group.metadata_bytes;
    return Status::OK();
  }

  int64_t kept_bytes() const override { return 2 * metadata_bytes_; }
  KeptReason DescribeKept() const override {
    return {"the output's footer is written last", "raise --memory-limit or --unit-bytes"};
  }

  Status Finish() override {
    ARROW_RETURN_NOT_OK(writer_.Finish(write_));
    return file_->Sync();
  }

  Result<std::vector<OutputReport>> Inspect() override {
    OutputReport output;
    output.path = file_->path();
    ARROW_ASSIGN_OR_RAISE(const ParquetFacts facts, ReadParquetFacts(file_->temporary_path()));
    output.rows = facts.rows;
    output.bytes = facts.bytes;
    output.checksum = Crc32cText(file_->crc32c());
    return std::vector<OutputReport>{output};
  }

  std::string written_path() const override { return file_->temporary_path(); }

  Status Publish(const std::string& manifest_json) override {
    ARROW_RETURN_NOT_OK(PublishManifest(options_, manifest_json));
    return file_->Publish();
  }

  std::vector<PieceRecord> pieces() const override { return pieces_; }

 private:
  const Options options_;
  std::shared_ptr<const ParquetLayout> layout_;
  std::unique_ptr<AtomicFile> file_;
  ParquetFileWriter writer_;
  std::vector<PieceRecord> pieces_;
  int64_t metadata_bytes_ = 0;  // of the footer
  const ParquetFileWriter::WriteFn write_ = [this](const void* data, int64_t n) { return file_->Write(data, n); };
};

}  // namespace

Result<std::unique_ptr<Sink>> MakeParquetSink(const std::vector<SinkColumn>& columns, const Options& options,
                                              bool direct, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(auto layout, ParquetLayout::Make(columns, options, pool));
  ARROW_RETURN_NOT_OK(CheckManifest(options));
  ARROW_ASSIGN_OR_RAISE(auto file, AtomicFile::Create(options.output_path, options.overwrite, direct));
  return std::make_unique<ParquetSink>(options, std::move(layout), std::move(file));
}

}  // namespace v0
}  // namespace headrace
