#pragma once
// Bytes that come one after the other: a file, what is decompressed from it, what is converted from that.
// Gives: bytes. Threads: one at a time. Fails: Status that names the file.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Read at least one byte, at most `num_bytes`; 0 is the end. All bytes before a damage come before the error.
  virtual Result<int64_t> Read(char* to, int64_t num_bytes) = 0;

  /// Return the position in the file behind what was needed for all that was read so far.
  virtual int64_t source_bytes() const = 0;
};

/// Read the first `num_bytes`, fewer where there are fewer or the source fails. A failure comes again with the next
/// read.
inline std::string ReadHead(ByteSource* source, int64_t num_bytes, Status* failure) {
  std::string head(static_cast<size_t>(num_bytes), '\0');
  int64_t size = 0;
  while (size < num_bytes) {
    const auto got = source->Read(head.data() + size, num_bytes - size);
    *failure = got.status();
    if (!got.ok() || *got == 0) break;
    size += *got;
  }
  head.resize(static_cast<size_t>(size));
  return head;
}

/// Bytes that were read already, then the rest of their source.
class PrefixedSource : public ByteSource {
 public:
  PrefixedSource(std::string prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

  Result<int64_t> Read(char* to, int64_t num_bytes) override {
    if (at_ == prefix_.size()) return rest_->Read(to, num_bytes);
    const size_t size = std::min(prefix_.size() - at_, static_cast<size_t>(num_bytes));
    std::memcpy(to, prefix_.data() + at_, size);
    at_ += size;
    return static_cast<int64_t>(size);
  }
  int64_t source_bytes() const override {
    return std::max<int64_t>(rest_->source_bytes() - static_cast<int64_t>(prefix_.size() - at_), 0);
  }

 private:
  const std::string prefix_;
  size_t at_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

}  // namespace v0
}  // namespace headrace
