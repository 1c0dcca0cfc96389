#pragma once
// Follows a record that is longer than the limit, or a quote that never closes, without keeping its text.
// Takes: text in pieces. Gives: one Reject. Owns: the record's first bytes. Threads: one. Fails: never.
#include <algorithm>
#include <string>

#include "headrace/reject.h"
#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {

class OversizeRecord {
 public:
  explicit OversizeRecord(const ParseDialect& dialect) : scanner_(dialect) {}

  /// Begin at the file's byte `offset`.
  void Start(int64_t offset) {
    scanner_.Start();
    offset_ = next_offset_ = offset;
    raw_.clear();
    lines_ = 0;
  }

  /// Go on with text[0, size); return the bytes that belong to the record, terminator included.
  uint32_t Feed(const char* text, uint32_t size) {
    const uint32_t taken = scanner_.Feed(text, 0, size, {});
    const size_t room = static_cast<size_t>(kMaxRawBytes) - raw_.size();
    raw_.append(text, std::min<size_t>(room, taken));
    lines_ += std::count(text, text + taken, '\n');
    next_offset_ += taken;
    return taken;
  }

  void FinishAtEndOfFile() { scanner_.FinishAtEndOfFile(0, {}); }

  bool ended() const { return scanner_.ended(); }
  bool is_comment() const { return scanner_.is_comment(); }
  int64_t next_offset() const { return next_offset_; }  ///< of the file, behind the terminator
  int64_t lines() const { return lines_; }              ///< LFs in it, terminator included

  /// The record as a reject; file, record and line are the caller's.
  Reject ToReject() const {
    Reject reject;
    reject.offset = offset_;
    reject.kind = RejectKind::kRecordTooLong;
    reject.field_offset = offset_;
    if (scanner_.fault() == RejectKind::kUnclosedQuote) {
      reject.kind = RejectKind::kUnclosedQuote;
      reject.field_offset += scanner_.fault_field_offset();
    }
    reject.raw_length = scanner_.length();
    reject.raw = raw_.substr(0, static_cast<size_t>(std::min<int64_t>(kMaxRawBytes, scanner_.length())));
    return reject;
  }

 private:
  RecordScanner scanner_;
  int64_t offset_ = 0, next_offset_ = 0, lines_ = 0;
  std::string raw_;
};

}  // namespace v0
}  // namespace headrace
