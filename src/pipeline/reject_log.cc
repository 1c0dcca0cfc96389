#include "pipeline/reject_log.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kHeldBytes = size_t{256} << 10;
constexpr size_t kMaxEntryBytes = 128 + kMaxRawBytes;

// Unsigned LEB128: seven bits a byte, the lowest first.
void Put(int64_t number, std::string* to) {
  auto rest = static_cast<uint64_t>(number);
  for (; rest >= 0x80; rest >>= 7) to->push_back(static_cast<char>(rest | 0x80));
  to->push_back(static_cast<char>(rest));
}

}  // namespace

Result<bool> RejectLog::Append(const Reject& reject, bool must_keep) {
  if (rejects_path_.empty() && kept_ >= kFirst && !must_keep) return false;
  kept_++;
  const bool raw_again = reject.raw == last_raw_;  // as where one record has many bad values
  Put(reject.record, &packed_);
  Put(reject.line, &packed_);
  Put(reject.offset, &packed_);
  Put(reject.field_offset - reject.offset, &packed_);
  Put(reject.column + 1, &packed_);
  Put(int64_t{static_cast<uint8_t>(reject.kind)} << 2 | (reject.record_rejected ? 2 : 0) | (raw_again ? 1 : 0),
      &packed_);
  Put(reject.raw_length, &packed_);
  if (!raw_again) {
    Put(static_cast<int64_t>(reject.raw.size()), &packed_);
    packed_ += reject.raw;
    last_raw_ = reject.raw;
  }
  if (packed_.size() < kHeldBytes) return true;
  if (!scratch_) {
    ARROW_ASSIGN_OR_RAISE(scratch_, ScratchFile::Create(rejects_path_));
  }
  ARROW_RETURN_NOT_OK(scratch_->Append(packed_));
  packed_.clear();
  return true;
}

Status RejectLog::Rewind() {
  last_raw_.clear();
  if (!scratch_) return Status::OK();
  ARROW_RETURN_NOT_OK(scratch_->Append(packed_));
  packed_.clear();
  return Status::OK();
}

// Make an entry whole in `packed_`, where there is one.
Status RejectLog::Refill() {
  if (!scratch_ || packed_.size() - at_ >= kMaxEntryBytes || read_ == scratch_->size()) return Status::OK();
  packed_.erase(0, at_);
  at_ = 0;
  const size_t held = packed_.size();
  packed_.resize(held + kHeldBytes);
  ARROW_ASSIGN_OR_RAISE(const int64_t got, scratch_->ReadAt(read_, packed_.data() + held, kHeldBytes));
  packed_.resize(held + static_cast<size_t>(got));
  read_ += got;
  return Status::OK();
}

int64_t RejectLog::Take() {
  uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(packed_[at_++]);
    number |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return static_cast<int64_t>(number);
  }
}

Result<bool> RejectLog::Next(Reject* reject) {
  ARROW_RETURN_NOT_OK(Refill());
  if (at_ == packed_.size()) return false;
  reject->record = Take();
  reject->line = Take();
  reject->offset = Take();
  reject->field_offset = reject->offset + Take();
  reject->column = static_cast<int32_t>(Take()) - 1;
  const int64_t bits = Take();
  reject->kind = static_cast<RejectKind>(bits >> 2);
  reject->record_rejected = (bits & 2) != 0;
  reject->raw_length = Take();
  if ((bits & 1) == 0) {
    const auto size = static_cast<size_t>(Take());
    last_raw_.assign(packed_, at_, size);
    at_ += size;
  }
  reject->raw = last_raw_;
  return true;
}

}  // namespace v0
}  // namespace headrace
