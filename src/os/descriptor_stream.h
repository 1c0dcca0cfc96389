#pragma once
// A stream that appends to a descriptor which is not ours, such as standard output.
// Takes: bytes. Gives: their count and checksum. Owns: nothing; the descriptor stays open. Threads: one at a time.
// Fails: Status with the errno as its detail (arrow::internal::ErrnoFromStatus); a closed pipe is EPIPE where SIGPIPE
// is ignored. After a failure every later write fails in the same way, so that nothing follows a torn message.
#include <arrow/io/interfaces.h>

#include <cstdint>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class DescriptorStream : public arrow::io::OutputStream {
 public:
  explicit DescriptorStream(int descriptor) : descriptor_(descriptor) { set_mode(arrow::io::FileMode::WRITE); }

  using arrow::io::Writable::Write;
  Status Write(const void* data, int64_t num_bytes) override;
  Status Flush() override { return failure_; }  ///< nothing is held back
  Status Close() override;                      ///< closes nothing but this object
  bool closed() const override { return closed_; }
  Result<int64_t> Tell() const override { return size_; }

  int64_t size() const { return size_; }
  uint32_t crc32c() const { return crc32c_; }  ///< of all bytes written

 private:
  int descriptor_;
  bool closed_ = false;
  int64_t size_ = 0;
  uint32_t crc32c_ = 0;
  Status failure_;
};

}  // namespace v0
}  // namespace headrace
