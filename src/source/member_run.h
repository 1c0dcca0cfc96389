#pragma once
// The text of compressed members, one behind the other, from one of them on.
// Takes: bytes of a file from the start of a member. Gives: text. Owns: its source and decoder. Threads: one at a time.
// Fails: Status that names the file; a damaged or cut-off member is an error, never a short text.
#include <functional>
#include <memory>
#include <string>

#include "source/byte_source.h"
#include "source/member_decoder.h"

namespace headrace {
inline namespace v0 {

class MemberRun : public ByteSource {
 public:
  /// Whether the run ends before the member at this position of the file.
  using EndsBefore = std::function<bool(int64_t position)>;

  static Result<std::unique_ptr<ByteSource>> Make(std::string path, Compression compression,
                                                  std::unique_ptr<ByteSource> file, EndsBefore ends_before);

  Result<int64_t> Read(char* to, int64_t num_bytes) override;
  int64_t source_bytes() const override { return file_->source_bytes() - static_cast<int64_t>(have()); }

 private:
  MemberRun() = default;
  size_t have() const { return source_.size() - source_at_; }
  Status ReadSource();
  Result<bool> BeginMember();
  Result<bool> SkipPadding();
  Status DecodeStretch();
  Status Damage(const std::string& what) const;

  std::string path_;
  Compression compression_ = Compression::kNone;
  std::unique_ptr<ByteSource> file_;
  std::unique_ptr<MemberDecoder> decoder_;
  EndsBefore ends_before_;
  std::string source_;  // bytes of the file that are not used yet: [source_at_, source_.size())
  size_t source_at_ = 0;
  bool source_ended_ = false;
  int64_t member_begin_ = 0;  // in the file
  bool is_first_ = true;      // no member has begun yet
  bool between_members_ = true;
  bool ended_ = false;
  std::string text_;  // a stretch of the member's text, not given yet: [text_at_, text_size_)
  size_t text_at_ = 0, text_size_ = 0;
  Status failure_;  // behind the stretch
};

}  // namespace v0
}  // namespace headrace
