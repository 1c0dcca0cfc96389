#include "source/text_stream.h"

#include <algorithm>
#include <cstring>

#include "source/compression.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kExpansionSlack = int64_t{1} << 20;  // small files may expand by any ratio up to this
constexpr size_t kSourceBytes = 256 << 10;
constexpr int64_t kStepBytes = 64 << 10;  // of text: what one step loses where the file is damaged

}  // namespace

Result<std::unique_ptr<TextStream>> TextStream::Open(const std::string& path, int64_t max_expansion,
                                                     std::function<Status()> poll_stop) {
  std::unique_ptr<TextStream> stream(new TextStream());
  stream->path_ = path;
  stream->max_expansion_ = max_expansion;
  stream->poll_stop_ = std::move(poll_stop);
  ARROW_ASSIGN_OR_RAISE(stream->file_, InputFile::Open(path));
  while (stream->source_.size() < kMagicBytes && !stream->source_ended_) {
    ARROW_RETURN_NOT_OK(stream->ReadSource());
  }
  ARROW_ASSIGN_OR_RAISE(const auto compression,
                        DetectCompression(std::string_view(stream->source_).substr(0, kMagicBytes), path));
  if (compression) {
    ARROW_ASSIGN_OR_RAISE(stream->codec_, arrow::util::Codec::Create(*compression));
    ARROW_ASSIGN_OR_RAISE(stream->decompressor_, stream->codec_->MakeDecompressor());
  }
  return stream;
}

// Add what the file gives next to source_.
Result<int64_t> TextStream::ReadSource() {
  source_.erase(0, source_at_);
  source_at_ = 0;
  const size_t size = source_.size();
  source_.resize(size + kSourceBytes);
  const auto got = file_->Read(source_.data() + size, kSourceBytes, poll_stop_);
  source_.resize(size + static_cast<size_t>(got.ok() ? *got : 0));
  ARROW_RETURN_NOT_OK(got);
  source_ended_ = *got == 0;
  source_bytes_ += *got;
  return *got;
}

Status TextStream::Damage(const std::string& what) const {
  return Status::IOError("cannot decompress '", path_, "' after ", text_bytes_, " bytes of text: ", what,
                         ". The file is damaged or cut off; --on-file-error keep keeps its whole records.");
}

Result<int64_t> TextStream::Decompress(char* to, int64_t num_bytes) {
  while (true) {
    if (source_at_ == source_.size() && !source_ended_) {
      ARROW_RETURN_NOT_OK(ReadSource());
    }
    const auto have = static_cast<int64_t>(source_.size() - source_at_);
    if (have == 0 && source_ended_) {
      if (between_members_) return 0;
      return Damage("it ends in the middle");
    }
    if (between_members_) {
      ARROW_RETURN_NOT_OK(decompressor_->Reset());
      between_members_ = false;
    }
    const auto step = decompressor_->Decompress(have, reinterpret_cast<const uint8_t*>(source_.data()) + source_at_,
                                                std::min(num_bytes, kStepBytes), reinterpret_cast<uint8_t*>(to));
    if (!step.ok()) return Damage(step.status().message());
    source_at_ += static_cast<size_t>(step->bytes_read);
    between_members_ = decompressor_->IsFinished();
    if (step->bytes_written > 0) return step->bytes_written;
    if (step->bytes_read == 0 && !between_members_) {
      if (source_ended_) return Damage("it ends in the middle");
      ARROW_RETURN_NOT_OK(ReadSource());
    }
  }
}

Result<int64_t> TextStream::Read(char* to, int64_t num_bytes) {
  if (codec_) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, Decompress(to, num_bytes));
    text_bytes_ += got;
    if (text_bytes_ > kExpansionSlack && text_bytes_ / max_expansion_ > source_bytes_) {
      return Status::Invalid("'", path_, "' expands to more than ", max_expansion_,
                             " times its size, which looks like a decompression bomb");
    }
    return got;
  }
  if (source_at_ < source_.size()) {
    const size_t got = std::min(source_.size() - source_at_, static_cast<size_t>(num_bytes));
    std::memcpy(to, source_.data() + source_at_, got);
    source_at_ += got;
    return static_cast<int64_t>(got);
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t got, file_->Read(to, num_bytes, poll_stop_));
  source_bytes_ += got;
  return got;
}

}  // namespace v0
}  // namespace headrace
