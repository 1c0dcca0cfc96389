#pragma once
// A file that Arrow's readers read on the calling thread: asynchronous reads are done at once, so that no thread of
// Arrow's I/O pool is started, and none holds a reader's state after it is closed.
// Takes: an open file. Owns: a share of it. Threads: as that file. Fails: as that file.
#include <arrow/io/interfaces.h>
#include <arrow/util/future.h>

#include <memory>
#include <utility>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class SyncReadFile : public arrow::io::RandomAccessFile {
 public:
  explicit SyncReadFile(std::shared_ptr<arrow::io::RandomAccessFile> file) : file_(std::move(file)) {}

  using RandomAccessFile::ReadAsync;
  arrow::Future<std::shared_ptr<arrow::Buffer>> ReadAsync(const arrow::io::IOContext&, int64_t position,
                                                          int64_t num_bytes, bool) override {
    return arrow::Future<std::shared_ptr<arrow::Buffer>>::MakeFinished(file_->ReadAt(position, num_bytes));
  }

  Status Close() override { return file_->Close(); }
  bool closed() const override { return file_->closed(); }
  Result<int64_t> Tell() const override { return file_->Tell(); }
  Status Seek(int64_t position) override { return file_->Seek(position); }
  Result<int64_t> GetSize() override { return file_->GetSize(); }
  Result<int64_t> Read(int64_t num_bytes, void* out) override { return file_->Read(num_bytes, out); }
  Result<std::shared_ptr<arrow::Buffer>> Read(int64_t num_bytes) override { return file_->Read(num_bytes); }
  Result<int64_t> ReadAt(int64_t position, int64_t num_bytes, void* out) override {
    return file_->ReadAt(position, num_bytes, out);
  }
  Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t num_bytes) override {
    return file_->ReadAt(position, num_bytes);
  }
  bool supports_zero_copy() const override { return file_->supports_zero_copy(); }

 private:
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
};

}  // namespace v0
}  // namespace headrace
