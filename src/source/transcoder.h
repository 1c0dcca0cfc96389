#pragma once
// Text in another encoding, as UTF-8.
// Takes: bytes and a converter. Gives: UTF-8. Owns: both. Threads: one at a time. Fails: as its source does.
#include <memory>
#include <string>

#include "source/byte_source.h"
#include "source/encoding.h"

namespace headrace {
inline namespace v0 {

class Transcoder : public ByteSource {
 public:
  Transcoder(std::unique_ptr<ByteSource> source, std::unique_ptr<Converter> converter);

  Result<int64_t> Read(char* to, int64_t num_bytes) override;
  int64_t source_bytes() const override { return source_->source_bytes(); }

 private:
  void ReadSource();

  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<Converter> converter_;
  std::string bytes_;  // of the source, not converted yet: [bytes_at_, bytes_size_)
  size_t bytes_at_ = 0, bytes_size_ = 0;
  bool ended_ = false;    // the source has ended or failed
  bool flushed_ = false;  // the converter was told so
  Status failure_;
  std::string text_;  // converted, not given yet: [text_at_, text_size_)
  size_t text_at_ = 0, text_size_ = 0;
};

}  // namespace v0
}  // namespace headrace
