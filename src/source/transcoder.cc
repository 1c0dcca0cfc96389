#include "source/transcoder.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kSourceBytes = 64 << 10;
constexpr size_t kTextBytes = 128 << 10;
constexpr int64_t kDirectBytes = 4 << 10;  // of room: enough to convert into it

}  // namespace

Transcoder::Transcoder(std::unique_ptr<ByteSource> source, std::unique_ptr<Converter> converter)
    : source_(std::move(source)), converter_(std::move(converter)) {
  bytes_.resize(kSourceBytes);
  text_.resize(kTextBytes);
}

// Read what comes next behind the bytes that wait for it.
void Transcoder::ReadSource() {
  const size_t pending = bytes_size_ - bytes_at_;
  std::memmove(bytes_.data(), bytes_.data() + bytes_at_, pending);
  bytes_at_ = 0;
  bytes_size_ = pending;
  const auto got = source_->Read(bytes_.data() + pending, static_cast<int64_t>(kSourceBytes - pending));
  failure_ = got.status();
  ended_ = !got.ok() || *got == 0;
  if (got.ok()) bytes_size_ += static_cast<size_t>(*got);
}

Result<int64_t> Transcoder::Read(char* to, int64_t num_bytes) {
  bool is_short = false;  // the converter waits for more
  while (text_at_ == text_size_) {
    if (!ended_ && (is_short || bytes_at_ == bytes_size_)) ReadSource();
    if (flushed_ && bytes_at_ == bytes_size_) {
      ARROW_RETURN_NOT_OK(failure_);
      return 0;
    }
    flushed_ = ended_;
    // Before a damage the bytes of a character that it cut are left out: they are not wrong.
    const bool in_place = num_bytes >= kDirectBytes;  // nothing waits in between
    const auto step = converter_->Convert(bytes_.data() + bytes_at_, static_cast<int64_t>(bytes_size_ - bytes_at_),
                                          ended_ && failure_.ok(), in_place ? to : text_.data(),
                                          in_place ? num_bytes : static_cast<int64_t>(text_.size()));
    bytes_at_ += static_cast<size_t>(step.source_bytes);
    is_short = step.source_bytes == 0;
    if (is_short && step.text_bytes == 0 && !failure_.ok()) return failure_;
    if (in_place && step.text_bytes > 0) return step.text_bytes;
    text_at_ = 0;
    text_size_ = in_place ? 0 : static_cast<size_t>(step.text_bytes);
  }
  const size_t size = std::min(text_size_ - text_at_, static_cast<size_t>(num_bytes));
  std::memcpy(to, text_.data() + text_at_, size);
  text_at_ += size;
  return static_cast<int64_t>(size);
}

}  // namespace v0
}  // namespace headrace
