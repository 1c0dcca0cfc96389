#include "source/text_stream.h"

#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/util/compression.h>

#include <algorithm>
#include <cstring>

#include "os/input_file.h"
#include "source/compression.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kExpansionSlack = int64_t{1} << 20;  // small files may expand by any ratio up to this

// The file's raw bytes as an Arrow stream: first those that were read to detect the compression, then the rest.
class RawStream : public arrow::io::InputStream {
 public:
  RawStream(std::unique_ptr<InputFile> file, std::string head, int64_t* counter, arrow::MemoryPool* pool,
            std::function<Status()> poll_stop)
      : file_(std::move(file)),
        head_(std::move(head)),
        counter_(counter),
        pool_(pool),
        poll_stop_(std::move(poll_stop)) {
    set_mode(arrow::io::FileMode::READ);
  }

  Result<int64_t> Read(int64_t num_bytes, void* out) override {
    int64_t got = std::min<int64_t>(num_bytes, static_cast<int64_t>(head_.size()));
    if (got > 0) {
      std::memcpy(out, head_.data(), static_cast<size_t>(got));
      head_.erase(0, static_cast<size_t>(got));
    } else {
      ARROW_ASSIGN_OR_RAISE(got, file_->Read(out, num_bytes, poll_stop_));
    }
    *counter_ += got;
    return got;
  }
  Result<std::shared_ptr<arrow::Buffer>> Read(int64_t num_bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(num_bytes, pool_));
    ARROW_ASSIGN_OR_RAISE(const int64_t got, Read(num_bytes, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(got));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Status Close() override {
    closed_ = true;
    return Status::OK();
  }
  bool closed() const override { return closed_; }
  Result<int64_t> Tell() const override { return *counter_; }

 private:
  std::unique_ptr<InputFile> file_;
  std::string head_;
  int64_t* counter_;
  arrow::MemoryPool* pool_;
  std::function<Status()> poll_stop_;
  bool closed_ = false;
};

}  // namespace

Result<std::unique_ptr<TextStream>> TextStream::Open(const std::string& path, int64_t max_expansion,
                                                     arrow::MemoryPool* pool,
                                                     std::function<Status()> poll_stop) {
  std::unique_ptr<TextStream> stream(new TextStream());
  stream->path_ = path;
  stream->max_expansion_ = max_expansion;
  ARROW_ASSIGN_OR_RAISE(auto file, InputFile::Open(path));
  std::string head(kMagicBytes, '\0');
  size_t size = 0;
  while (size < head.size()) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got,
                          file->Read(head.data() + size, static_cast<int64_t>(head.size() - size), poll_stop));
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  head.resize(size);
  ARROW_ASSIGN_OR_RAISE(const auto compression, DetectCompression(head, path));
  auto raw = std::make_shared<RawStream>(std::move(file), std::move(head), &stream->counter_, pool,
                                         std::move(poll_stop));
  if (compression) {
    ARROW_ASSIGN_OR_RAISE(auto codec, arrow::util::Codec::Create(*compression));
    ARROW_ASSIGN_OR_RAISE(stream->text_, arrow::io::CompressedInputStream::Make(codec.get(), raw, pool));
    stream->compressed_ = true;
  } else {
    stream->text_ = raw;
  }
  return stream;
}

Result<int64_t> TextStream::Read(char* to, int64_t num_bytes) {
  const auto got = text_->Read(num_bytes, to);
  if (got.status().IsCancelled() || (!got.ok() && !compressed_)) return got.status();
  if (!got.ok()) {
    return Status::IOError("cannot decompress '", path_, "' after ", text_bytes_, " bytes of text: ",
                           got.status().message(), ". The file is damaged or cut off; use --on-file-error keep to keep its whole records.");
  }
  text_bytes_ += *got;
  if (compressed_ && text_bytes_ > kExpansionSlack && text_bytes_ / max_expansion_ > counter_) {
    return Status::Invalid("'", path_, "' expands to more than ", max_expansion_,
                           " times its size, which looks like a decompression bomb");
  }
  return *got;
}

}  // namespace v0
}  // namespace headrace
