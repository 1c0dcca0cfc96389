#include "sink/reader_sink.h"

#include <arrow/array/data.h>

#include <algorithm>
#include <utility>

#include "sink/to_arrow.h"

namespace headrace {
inline namespace v0 {
namespace {

struct BatchPiece : Piece {
  std::shared_ptr<arrow::RecordBatch> batch;
  bool remapped = false;  // its indices are those of the whole result
};

class BatchEncoder : public Encoder {
 public:
  BatchEncoder(std::shared_ptr<arrow::Schema> schema, const DictionaryMerge* dictionaries, arrow::MemoryPool* pool)
      : schema_(std::move(schema)), dictionaries_(dictionaries), pool_(pool) {}

  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId&) override {
    auto piece = std::make_unique<BatchPiece>();
    ARROW_ASSIGN_OR_RAISE(piece->batch, ToRecordBatch(batch, schema_, pool_));
    piece->remapped = dictionaries_->TryRemap(piece->batch.get());
    piece->rows = batch.rows;
    piece->memory_bytes = BufferBytes(*piece->batch);
    return piece;
  }

  int64_t LeastBytes(int64_t column_bytes) const override { return column_bytes; }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  const DictionaryMerge* dictionaries_;
  arrow::MemoryPool* pool_;
};

}  // namespace

ReaderSink::ReaderSink(std::shared_ptr<arrow::Schema> schema, int64_t capacity, arrow::MemoryPool* pool)
    : schema_(std::move(schema)),
      capacity_(static_cast<size_t>(std::max<int64_t>(capacity, 1))),
      pool_(pool),
      dictionaries_(*schema_, pool) {}

Result<std::unique_ptr<ReaderSink>> ReaderSink::Make(const std::vector<SinkColumn>& columns, int64_t capacity,
                                                     arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Schema> schema, ArrowSchema(columns));
  return std::unique_ptr<ReaderSink>(new ReaderSink(std::move(schema), capacity, pool));
}

Result<std::unique_ptr<Encoder>> ReaderSink::MakeEncoder() {
  return std::make_unique<BatchEncoder>(schema_, &dictionaries_, pool_);
}

Status ReaderSink::Commit(std::unique_ptr<Piece> piece, const UnitId&) {
  auto* batch_piece = static_cast<BatchPiece*>(piece.get());
  std::shared_ptr<arrow::RecordBatch> batch = std::move(batch_piece->batch);
  if (!batch_piece->remapped) ARROW_RETURN_NOT_OK(dictionaries_.Remap(batch.get()));
  for (size_t i = 0; i < dictionaries_.columns().size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ArrayData> dictionary, dictionaries_.Dictionary(i));
    batch->column_data(dictionaries_.columns()[i])->dictionary = std::move(dictionary);
  }
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return waiting_.size() < capacity_ || closed_ || ended_; });
  if (closed_) return Status::Cancelled("the reader was closed");
  if (ended_) return Status::Cancelled("the reader was ended: ", failure_.message());
  rows_ += batch->num_rows();
  waiting_.push_back(std::move(batch));
  news_.notify_one();
  return Status::OK();
}

Result<std::vector<OutputReport>> ReaderSink::Inspect() {
  std::lock_guard lock(mutex_);
  OutputReport report;
  report.rows = rows_;
  return std::vector<OutputReport>{std::move(report)};
}

Status ReaderSink::Publish(const std::string& manifest_json) {
  if (!manifest_json.empty()) return Status::Invalid("a reader has no manifest");
  Fail(Status::OK());
  return Status::OK();
}

Result<std::shared_ptr<arrow::RecordBatch>> ReaderSink::Next() {
  std::unique_lock lock(mutex_);
  news_.wait(lock, [this] { return !waiting_.empty() || closed_ || ended_; });
  if (closed_) return Status::Cancelled("the reader was closed");
  if (waiting_.empty()) {
    ARROW_RETURN_NOT_OK(failure_);
    return nullptr;
  }
  std::shared_ptr<arrow::RecordBatch> batch = std::move(waiting_.front());
  waiting_.pop_front();
  room_.notify_one();
  return batch;
}

void ReaderSink::Fail(Status status) {
  std::lock_guard lock(mutex_);
  if (ended_) return;
  ended_ = true;
  failure_ = std::move(status);
  room_.notify_all();
  news_.notify_all();
}

void ReaderSink::Close() {
  std::deque<std::shared_ptr<arrow::RecordBatch>> dropped;  // freed without the lock
  std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
  room_.notify_all();
  news_.notify_all();
}

}  // namespace v0
}  // namespace headrace
