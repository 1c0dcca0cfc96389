#include "source/member_run.h"

#include <algorithm>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

// Source is read up to multiples of this, text is decoded in stretches that begin with the member: what is lost before
// a damage is then the same wherever the run began.
constexpr int64_t kSourceBytes = 256 << 10;
constexpr size_t kStretchBytes = 64 << 10;

}  // namespace

Result<std::unique_ptr<ByteSource>> MemberRun::Make(std::string path, Compression compression,
                                                    std::unique_ptr<ByteSource> file, EndsBefore ends_before) {
  std::unique_ptr<MemberRun> run(new MemberRun());
  run->path_ = std::move(path);
  run->compression_ = compression;
  run->file_ = std::move(file);
  run->ends_before_ = std::move(ends_before);
  run->text_.resize(kStretchBytes);
  ARROW_ASSIGN_OR_RAISE(run->decoder_, MakeMemberDecoder(compression));
  return run;
}

Status MemberRun::ReadSource() {
  source_.erase(0, source_at_);
  source_at_ = 0;
  size_t size = source_.size();
  const int64_t position = file_->source_bytes();
  source_.resize(size + static_cast<size_t>(kSourceBytes - position % kSourceBytes));
  Status status;
  while (size < source_.size() && !source_ended_) {
    const auto got = file_->Read(source_.data() + size, static_cast<int64_t>(source_.size() - size));
    if (!got.ok()) {
      status = got.status();
      break;
    }
    source_ended_ = *got == 0;
    size += static_cast<size_t>(*got);
  }
  source_.resize(size);
  return status;
}

Status MemberRun::Damage(const std::string& what) const {
  return Status::IOError("cannot decompress '", path_, "'",
                         member_begin_ == 0 ? "" : ", member at byte " + std::to_string(member_begin_), ": ", what,
                         ". The file is damaged or cut off",
                         "\nfix: get it anew, or keep its whole records with --on-file-error keep");
}

// Move to what lies behind a member; false at the end of the file. Zeros are passed over where gzip and xz themselves
// do: tapes leave them.
Result<bool> MemberRun::SkipPadding() {
  const bool may_be_padded = compression_ == Compression::kGzip || compression_ == Compression::kXz;
  while (true) {
    if (have() == 0 && !source_ended_) ARROW_RETURN_NOT_OK(ReadSource());
    if (have() == 0) return false;
    if (!may_be_padded || source_[source_at_] != 0) return true;
    source_at_++;
  }
}

// Begin the next member; false where the run ends.
Result<bool> MemberRun::BeginMember() {
  ARROW_ASSIGN_OR_RAISE(const bool any, SkipPadding());
  if (!any) return false;
  if (!is_first_ && ends_before_ && ends_before_(source_bytes())) return false;
  is_first_ = false;
  member_begin_ = source_bytes();
  between_members_ = false;
  ARROW_RETURN_NOT_OK(decoder_->Reset());
  return true;
}

// Decode the next stretch of text; ended_ where there is none.
Status MemberRun::DecodeStretch() {
  text_at_ = text_size_ = 0;
  while (text_size_ < kStretchBytes) {
    if (between_members_) {
      if (text_size_ > 0) return Status::OK();
      ARROW_ASSIGN_OR_RAISE(const bool goes_on, BeginMember());
      ended_ = !goes_on;
      if (ended_) return Status::OK();
    }
    if (have() == 0 && !source_ended_) ARROW_RETURN_NOT_OK(ReadSource());
    const auto step = decoder_->Decode(source_.data() + source_at_, static_cast<int64_t>(have()),
                                       text_.data() + text_size_, static_cast<int64_t>(kStretchBytes - text_size_));
    if (const Status& status = step.status(); status.IsOutOfMemory() || status.IsCapacityError()) {
      return status.WithMessage("cannot decompress '", path_, "': ", status.message(),
                                "\nfix: give the process more memory, or compress the file anew");
    }
    if (!step.ok()) return Damage(step.status().message());
    source_at_ += static_cast<size_t>(step->source_bytes);
    text_size_ += static_cast<size_t>(step->text_bytes);
    between_members_ = step->ended;
    if (step->ended || step->text_bytes > 0 || step->source_bytes > 0) continue;
    if (source_ended_) return Damage("it ends in the middle");
    ARROW_RETURN_NOT_OK(ReadSource());
  }
  return Status::OK();
}

Result<int64_t> MemberRun::Read(char* to, int64_t num_bytes) {
  while (text_at_ == text_size_) {
    ARROW_RETURN_NOT_OK(failure_);
    if (ended_) return 0;
    failure_ = DecodeStretch();
  }
  const size_t size = std::min(text_size_ - text_at_, static_cast<size_t>(num_bytes));
  std::memcpy(to, text_.data() + text_at_, size);
  text_at_ += size;
  return static_cast<int64_t>(size);
}

}  // namespace v0
}  // namespace headrace
