#include "os/direct_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "os/input_file.h"
#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kAlignment = 4096;  // of blocks, their sizes and places: enough for all but odd disks

#ifdef O_DIRECT
constexpr int kDirect = O_DIRECT;
#else
constexpr int kDirect = 0;
#endif

// Where a file system refuses, writes go through the page cache.
void SetDirect(int fd, bool direct) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags >= 0) fcntl(fd, F_SETFL, direct ? flags | kDirect : flags & ~kDirect);
}

}  // namespace

void DirectWriter::Free::operator()(char* block) const { std::free(block); }

DirectWriter::~DirectWriter() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    written_ = filled_;  // nothing more is wanted
  }
  Stop();
}

void DirectWriter::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

// Wait until the block in hand is free.
Status DirectWriter::TakeBlock() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return filled_ - written_ < kBlocks || !status_.ok(); });
  ARROW_RETURN_NOT_OK(status_);
  Block& taken = block(filled_);
  if (!taken) taken.reset(static_cast<char*>(std::aligned_alloc(kAlignment, kBlockBytes)));
  return taken ? Status::OK() : Status::OutOfMemory("no memory for a block of what is written to '", path_, "'");
}

Status DirectWriter::HandOver() {
  if (!thread_.joinable()) {
    SetDirect(fd_, true);
    if (!StartThread(&thread_, [this] { Work(); })) return NoMoreThreads();
  }
  std::lock_guard<std::mutex> lock(mutex_);
  filled_++;
  used_ = 0;
  changed_.notify_all();
  return Status::OK();
}

Status DirectWriter::Write(const void* data, int64_t num_bytes) {
  const auto* bytes = static_cast<const char*>(data);
  for (int64_t done = 0; done < num_bytes;) {
    if (used_ == 0) ARROW_RETURN_NOT_OK(TakeBlock());
    const int64_t size = std::min(num_bytes - done, kBlockBytes - used_);
    std::memcpy(block(filled_).get() + used_, bytes + done, static_cast<size_t>(size));
    done += size;
    used_ += size;
    if (used_ == kBlockBytes) ARROW_RETURN_NOT_OK(HandOver());
  }
  return Status::OK();
}

void DirectWriter::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return filled_ > written_ || ended_; });
    if (filled_ == written_) return;
    const int64_t next = written_;
    lock.unlock();
    Status status = WriteAt(block(next).get(), kBlockBytes, next * kBlockBytes);
    lock.lock();
    if (!status.ok()) {
      status_ = std::move(status);
      changed_.notify_all();
      return;
    }
    written_ = std::max(written_, next + 1);
    changed_.notify_all();
  }
}

Status DirectWriter::WriteAt(const char* data, int64_t num_bytes, int64_t offset) {
  for (int64_t done = 0; done < num_bytes;) {
    const ssize_t wrote = pwrite(fd_, data + done, static_cast<size_t>(num_bytes - done), offset + done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && errno == EINVAL &&
        (fcntl(fd_, F_GETFL) & kDirect) != 0) {  // no direct writes here, or not of this
      SetDirect(fd_, false);
      continue;
    }
    if (wrote < 0) return SystemError(errno, "cannot write", path_);
    done += wrote;
  }
  return Status::OK();
}

Status DirectWriter::Finish() {
  Stop();
  ARROW_RETURN_NOT_OK(status_);
  SetDirect(fd_, false);  // the rest is no whole block
  const int64_t offset = filled_ * kBlockBytes;
  if (used_ > 0) ARROW_RETURN_NOT_OK(WriteAt(block(filled_).get(), used_, offset));
  if (lseek(fd_, offset + used_, SEEK_SET) < 0) return SystemError(errno, "cannot write", path_);
  blocks_ = {};
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
