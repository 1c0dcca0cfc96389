#pragma once
// The rejects of one unit, packed, until the unit's turn comes to be committed.
// Takes: Reject, without its file. Gives: the same in the same order. Owns: some 256 KiB, and beyond that a scratch
// file beside the rejects file. Threads: one at a time. Fails: Status of the scratch file.
#include <memory>
#include <string>

#include "headrace/reject.h"
#include "headrace/status.h"
#include "os/scratch_file.h"

namespace headrace {
inline namespace v0 {

class RejectLog {
 public:
  RejectLog() = default;
  /// `rejects_path` is where the rejects file will stand. Empty: none is written, and only the first kFirst are kept.
  explicit RejectLog(std::string rejects_path) : rejects_path_(std::move(rejects_path)) {}

  static constexpr int64_t kFirst = 5;

  /// `must_keep`: beyond the first too. Return whether it is kept: Next will give it.
  Result<bool> Append(const Reject& reject, bool must_keep = false);

  /// End appending; Next begins with the first.
  Status Rewind();
  /// Give the next one; false at the end.
  Result<bool> Next(Reject* reject);

 private:
  Status Refill();
  int64_t Take();

  std::string rejects_path_;
  std::string last_raw_;  // of the entry before, appended or given
  std::string packed_;    // what is appended and not spilled; while reading, a part of the whole
  size_t at_ = 0;
  int64_t kept_ = 0;
  int64_t read_ = 0;  // bytes of the scratch file
  std::unique_ptr<ScratchFile> scratch_;
};

}  // namespace v0
}  // namespace headrace
