#include "sink/ipc_sink.h"

#include <arrow/array/util.h>
#include <arrow/io/file.h>
#include <arrow/ipc/message.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/compression.h>

#include <cstring>
#include <string>
#include <utility>

#include "os/atomic_file.h"
#include "os/crc32c.h"
#include "os/crc32c_combine.h"
#include "os/descriptor_stream.h"
#include "os/input_file.h"
#include "os/sync_read_file.h"
#include "sink/dictionary_merge.h"
#include "sink/ipc_codec.h"
#include "sink/manifest_file.h"
#include "sink/to_arrow.h"

namespace headrace {
inline namespace v0 {
namespace {

using arrow::ipc::IpcPayload;
using arrow::ipc::IpcWriteOptions;

Result<arrow::Compression::type> IpcCodec(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return arrow::Compression::UNCOMPRESSED;
    case Codec::kZstd:
      return arrow::Compression::ZSTD;
    case Codec::kLz4:
      return arrow::Compression::LZ4_FRAME;
    default:
      return Status::Invalid("Arrow IPC knows no snappy and no gzip; use --compression zstd, lz4 or none");
  }
}

// Each caller gets a codec of its own, since codecs may keep state.
Result<IpcWriteOptions> WriteOptions(const Options& options, arrow::MemoryPool* pool) {
  IpcWriteOptions result = IpcWriteOptions::Defaults();
  result.memory_pool = pool;
  result.use_threads = false;  // units are what runs in parallel
  result.alignment = 64;       // as the format recommends: mapped files are then aligned for any instruction
  ARROW_ASSIGN_OR_RAISE(const arrow::Compression::type codec, IpcCodec(options.codec));
  if (codec != arrow::Compression::UNCOMPRESSED) {
    const int level =
        codec == arrow::Compression::ZSTD ? options.codec_level : arrow::util::kUseDefaultCompressionLevel;
    ARROW_ASSIGN_OR_RAISE(result.codec, MakeIpcCodec(codec, level));
  }
  return result;
}

struct IpcPiece : Piece {
  std::shared_ptr<arrow::RecordBatch> batch;  // only where its indices still wait for the merged dictionaries
  IpcPayload payload;
};

class IpcEncoder : public Encoder {
 public:
  IpcEncoder(std::shared_ptr<arrow::Schema> schema, IpcWriteOptions options, const DictionaryMerge* dictionaries,
             arrow::MemoryPool* pool)
      : schema_(std::move(schema)), options_(std::move(options)), dictionaries_(dictionaries), pool_(pool) {}

  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId&) override {
    auto piece = std::make_unique<IpcPiece>();
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::RecordBatch> arrow_batch, ToRecordBatch(batch, schema_, pool_));
    piece->rows = batch.rows;
    if (dictionaries_->TryRemap(arrow_batch.get())) {
      ARROW_RETURN_NOT_OK(arrow::ipc::GetRecordBatchPayload(*arrow_batch, options_, &piece->payload));
      piece->memory_bytes = piece->payload.body_length;
    } else {
      piece->memory_bytes = BufferBytes(*arrow_batch);
      piece->batch = std::move(arrow_batch);
    }
    return piece;
  }

  // The record batch; and Arrow's buffers for what is compressed are as large as what is not.
  int64_t LeastBytes(int64_t column_bytes) const override { return column_bytes; }
  int64_t MostBytes(int64_t column_bytes) const override {
    return options_.codec == nullptr ? column_bytes : 2 * column_bytes;
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  IpcWriteOptions options_;
  const DictionaryMerge* dictionaries_;
  arrow::MemoryPool* pool_;
};

// Return the rows that a message's own metadata tells: `length`, the first field of the flatbuffers table RecordBatch.
Result<int64_t> RowsOfMessage(const std::shared_ptr<arrow::Buffer>& metadata) {
  ARROW_ASSIGN_OR_RAISE(std::unique_ptr<arrow::ipc::Message> message, arrow::ipc::Message::Open(metadata, nullptr));
  if (message->type() != arrow::ipc::MessageType::RECORD_BATCH) return Status::Invalid("not a record batch message");
  const auto* table = static_cast<const char*>(message->header());
  int32_t to_vtable;
  std::memcpy(&to_vtable, table, sizeof to_vtable);
  const char* vtable = table - to_vtable;
  uint16_t vtable_bytes, place = 0;
  std::memcpy(&vtable_bytes, vtable, sizeof vtable_bytes);
  if (vtable_bytes >= 6) std::memcpy(&place, vtable + 4, sizeof place);
  int64_t rows = 0;  // what an absent field means
  if (place != 0) std::memcpy(&rows, table + place, sizeof rows);
  return rows;
}

// What both forms share: the schema message, dictionaries, record batches.
class IpcSink : public Sink {
 public:
  IpcSink(std::shared_ptr<arrow::Schema> schema, const Options& options, IpcWriteOptions write_options,
          arrow::MemoryPool* pool)
      : schema_(std::move(schema)),
        options_(options),
        write_options_(std::move(write_options)),
        dictionaries_(*schema_, pool),
        pool_(pool) {}

  Result<std::unique_ptr<Encoder>> MakeEncoder() override {
    ARROW_ASSIGN_OR_RAISE(IpcWriteOptions write_options, WriteOptions(options_, pool_));
    return std::make_unique<IpcEncoder>(schema_, std::move(write_options), &dictionaries_, pool_);
  }

  int64_t kept_bytes() const override {
    int64_t sum = 0;
    for (size_t i = 0; i < num_dictionaries(); ++i) sum += dictionaries_.memory_bytes(i);
    return sum;
  }
  KeptReason DescribeKept() const override {
    size_t most = 0;
    for (size_t i = 1; i < num_dictionaries(); ++i) {
      if (dictionaries_.memory_bytes(i) > dictionaries_.memory_bytes(most)) most = i;
    }
    const std::string& name = schema_->field(dictionaries_.columns()[most])->name();
    return {"dictionaries grow until the output ends, that of column '" + name + "' most of all",
            "raise --memory-limit, or declare '" + name + "' as string"};
  }

 protected:
  Status Start(Result<std::unique_ptr<arrow::ipc::internal::IpcPayloadWriter>> writer) {
    ARROW_ASSIGN_OR_RAISE(writer_, std::move(writer));
    ARROW_RETURN_NOT_OK(writer_->Start());
    IpcPayload payload;
    const arrow::ipc::DictionaryFieldMapper mapper(*schema_);
    ARROW_RETURN_NOT_OK(arrow::ipc::GetSchemaPayload(*schema_, write_options_, mapper, &payload));
    return writer_->WritePayload(payload);
  }

  // Bring the piece's indices into line with the output's dictionaries. This compresses on the committer's thread, but
  // only what was encoded before its strings were known: the first few units, unless strings keep being new.
  Status Complete(IpcPiece* piece) {
    if (piece->batch == nullptr) return Status::OK();
    ARROW_RETURN_NOT_OK(dictionaries_.Remap(piece->batch.get()));
    return arrow::ipc::GetRecordBatchPayload(*piece->batch, write_options_, &piece->payload);
  }

  Status WriteDictionary(size_t i) {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ArrayData> dictionary, dictionaries_.Dictionary(i));
    const arrow::ipc::DictionaryFieldMapper mapper(*schema_);
    ARROW_ASSIGN_OR_RAISE(const int64_t id, mapper.GetFieldId({dictionaries_.columns()[i]}));
    IpcPayload payload;
    ARROW_RETURN_NOT_OK(arrow::ipc::GetDictionaryPayload(id, arrow::MakeArray(dictionary), write_options_, &payload));
    return writer_->WritePayload(payload);
  }

  size_t num_dictionaries() const { return dictionaries_.columns().size(); }

  std::shared_ptr<arrow::Schema> schema_;
  Options options_;
  IpcWriteOptions write_options_;
  DictionaryMerge dictionaries_;
  arrow::MemoryPool* pool_;
  std::unique_ptr<arrow::ipc::internal::IpcPayloadWriter> writer_;
};

class IpcFileSink : public IpcSink {
 public:
  using IpcSink::IpcSink;

  Status Open(bool direct) {
    ARROW_RETURN_NOT_OK(CheckManifest(options_));
    ARROW_ASSIGN_OR_RAISE(file_, AtomicFile::Create(options_.output_path, options_.overwrite, direct));
    stream_ = file_->stream();
    return Start(arrow::ipc::internal::MakePayloadFileWriter(stream_.get(), schema_, write_options_));
  }

  Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) override {
    auto* ipc_piece = static_cast<IpcPiece*>(piece.get());
    ARROW_RETURN_NOT_OK(Complete(ipc_piece));
    PieceRecord record;
    record.path = options_.output_path;
    record.unit = unit.index;
    record.offset = file_->size();
    record.rows = piece->rows;
    const uint32_t crc_before = file_->crc32c();
    ARROW_RETURN_NOT_OK(writer_->WritePayload(ipc_piece->payload));
    record.bytes = file_->size() - record.offset;

    record.crc32c = Crc32cOfTail(crc_before, file_->crc32c(), static_cast<uint64_t>(record.bytes));
    pieces_.push_back(std::move(record));
    return Status::OK();
  }

  Status Finish() override {
    for (size_t i = 0; i < num_dictionaries(); ++i) ARROW_RETURN_NOT_OK(WriteDictionary(i));
    ARROW_RETURN_NOT_OK(writer_->Close());
    return file_->Sync();
  }

  Result<std::vector<OutputReport>> Inspect() override {
    // Mapped, so that of the messages only their metadata is read; the file is our own, and nobody cuts it off.
    ARROW_ASSIGN_OR_RAISE(auto input,
                          arrow::io::MemoryMappedFile::Open(file_->temporary_path(), arrow::io::FileMode::READ));
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, input->GetSize());
    ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchFileReader::Open(std::make_shared<SyncReadFile>(input)));
    OutputReport report;
    ARROW_ASSIGN_OR_RAISE(report.rows, reader->CountRows());  // from the messages, as they lie in the file
    report.path = options_.output_path;
    report.bytes = bytes;
    report.checksum = Crc32cText(file_->crc32c());
    ARROW_RETURN_NOT_OK(input->Close());
    return std::vector<OutputReport>{std::move(report)};
  }

  std::string written_path() const override { return file_->temporary_path(); }

  Status Publish(const std::string& manifest_json) override {
    ARROW_RETURN_NOT_OK(PublishManifest(options_, manifest_json));
    return file_->Publish();
  }

  std::vector<PieceRecord> pieces() const override { return pieces_; }

 private:
  std::unique_ptr<AtomicFile> file_;
  std::shared_ptr<arrow::io::OutputStream> stream_;
  std::vector<PieceRecord> pieces_;
};

class IpcStreamSink : public IpcSink {
 public:
  IpcStreamSink(std::shared_ptr<arrow::Schema> schema, const Options& options, IpcWriteOptions write_options,
                arrow::MemoryPool* pool)
      : IpcSink(std::move(schema), options, std::move(write_options), pool),
        stream_(options.output_descriptor),
        sent_(num_dictionaries(), -1) {
    WidenPipe(options.output_descriptor);
  }

  Status Commit(std::unique_ptr<Piece> piece, const UnitId&) override {
    auto* ipc_piece = static_cast<IpcPiece*>(piece.get());
    ARROW_RETURN_NOT_OK(StartOnce());
    ARROW_RETURN_NOT_OK(Complete(ipc_piece));
    for (size_t i = 0; i < sent_.size(); ++i) {
      if (sent_[i] == dictionaries_.size(i)) continue;
      ARROW_RETURN_NOT_OK(WriteDictionary(i));
      sent_[i] = dictionaries_.size(i);
    }
    ARROW_RETURN_NOT_OK(writer_->WritePayload(ipc_piece->payload));
    // What went down a pipe cannot be read again: rows are counted from the metadata of each message that was written.
    ARROW_ASSIGN_OR_RAISE(const int64_t rows, RowsOfMessage(ipc_piece->payload.metadata));
    rows_ += rows;
    return Status::OK();
  }

  Status Finish() override {
    ARROW_RETURN_NOT_OK(StartOnce());
    return stream_.Flush();
  }

  Result<std::vector<OutputReport>> Inspect() override {
    OutputReport report;
    report.path = "-";
    report.rows = rows_;
    report.bytes = stream_.size();
    report.checksum = Crc32cText(stream_.crc32c());
    return std::vector<OutputReport>{std::move(report)};
  }

  Status Publish(const std::string& manifest_json) override {
    if (!manifest_json.empty()) return Status::Invalid("a stream has no manifest; give -o a file");
    return writer_->Close();  // the end marker
  }

 private:
  // Not when the sink is made: a job that fails before its first unit is done writes nothing.
  Status StartOnce() {
    if (writer_ != nullptr) return Status::OK();
    return Start(arrow::ipc::internal::MakePayloadStreamWriter(&stream_, write_options_));
  }

  DescriptorStream stream_;
  std::vector<int32_t> sent_;  // strings of each dictionary that the reader has; -1: it has no dictionary yet
  int64_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<Sink>> MakeIpcFileSink(const std::vector<SinkColumn>& columns, const Options& options,
                                              bool direct, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Schema> schema, ArrowSchema(columns));
  ARROW_ASSIGN_OR_RAISE(IpcWriteOptions write_options, WriteOptions(options, pool));
  auto sink = std::make_unique<IpcFileSink>(std::move(schema), options, std::move(write_options), pool);
  ARROW_RETURN_NOT_OK(sink->Open(direct));
  return sink;
}

Result<std::unique_ptr<Sink>> MakeIpcStreamSink(const std::vector<SinkColumn>& columns, const Options& options,
                                                arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Schema> schema, ArrowSchema(columns));
  ARROW_ASSIGN_OR_RAISE(IpcWriteOptions write_options, WriteOptions(options, pool));
  return std::make_unique<IpcStreamSink>(std::move(schema), options, std::move(write_options), pool);
}

}  // namespace v0
}  // namespace headrace
