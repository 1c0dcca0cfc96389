#include "os/descriptor_stream.h"

#include <arrow/util/io_util.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "os/crc32c.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kMostBytes = int64_t{1} << 30;  // Linux writes a little less than 2 GiB at once, at most

// A descriptor that others made non-blocking (a shell's pipe, a terminal) says EAGAIN; wait as a blocking one would.
bool WaitUntilWritable(int descriptor) {
  pollfd wanted{descriptor, POLLOUT, 0};
  return ::poll(&wanted, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

Status DescriptorStream::Write(const void* data, int64_t num_bytes) {
  ARROW_RETURN_NOT_OK(failure_);
  if (closed_) return Status::Invalid("write to a closed stream");
  const char* next = static_cast<const char*>(data);
  for (int64_t left = num_bytes; left > 0;) {
    const ssize_t written = ::write(descriptor_, next, static_cast<size_t>(std::min(left, kMostBytes)));
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN && WaitUntilWritable(descriptor_)) continue;
      return failure_ = arrow::internal::IOErrorFromErrno(errno, "cannot write to the output stream");
    }
    next += written;
    left -= written;
  }
  crc32c_ = Crc32c(crc32c_, data, static_cast<size_t>(num_bytes));
  size_ += num_bytes;
  return Status::OK();
}

Status DescriptorStream::Close() {
  closed_ = true;
  return failure_;
}

}  // namespace v0
}  // namespace headrace
