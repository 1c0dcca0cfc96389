#include "os/ring_reader.h"

#ifdef __linux__
#include <fcntl.h>
#include <liburing.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#endif

namespace headrace {
inline namespace v0 {

#ifdef __linux__
namespace {

constexpr unsigned kEntries = 16;
constexpr size_t kMaxParts = 8;                 // in flight at the same time
constexpr int64_t kLeastPartBytes = 128 << 10;  // smaller ones cost more than they gain
constexpr uint64_t kAdvice = ~uint64_t{0};      // the mark of what nobody waits for

class RingReader : public FileReader {
 public:
  RingReader() : usable_(io_uring_queue_init(kEntries, &ring_, 0) == 0) {}
  ~RingReader() override {
    if (usable_) io_uring_queue_exit(&ring_);
  }

  Result<int64_t> ReadAt(const InputFile& file, int64_t offset, void* to, int64_t num_bytes) override {
    if (!usable_ || num_bytes == 0) return file.ReadAt(offset, to, num_bytes);
    const int64_t parts = std::clamp<int64_t>(num_bytes / kLeastPartBytes, 1, kMaxParts);
    const int64_t part_bytes = (num_bytes + parts - 1) / parts;
    if (!Submit(file, offset, static_cast<char*>(to), num_bytes, part_bytes)) return file.ReadAt(offset, to, num_bytes);
    // Up to the first part that is not whole; from there on by ordinary reads, which tell the end from a fault.
    int64_t done = 0;
    for (int64_t at = 0; at < num_bytes; at += part_bytes) {
      const int64_t got = results_[static_cast<size_t>(at / part_bytes)];
      done += std::max<int64_t>(0, got);
      if (got < std::min(part_bytes, num_bytes - at)) break;
    }
    if (done == num_bytes) return done;
    ARROW_ASSIGN_OR_RAISE(const int64_t rest,
                          file.ReadAt(offset + done, static_cast<char*>(to) + done, num_bytes - done));
    return done + rest;
  }

 private:
  // Read all parts, and wait for them; false where the ring takes none. The advice is carried out while the text is
  // parsed.
  bool Submit(const InputFile& file, int64_t offset, char* to, int64_t num_bytes, int64_t part_bytes) {
    int parts = 0;
    for (int64_t at = 0; at < num_bytes; at += part_bytes, parts++) {
      io_uring_sqe* entry = io_uring_get_sqe(&ring_);
      const int64_t size = std::min(part_bytes, num_bytes - at);
      io_uring_prep_read(entry, file.fd(), to + at, static_cast<unsigned>(size), static_cast<uint64_t>(offset + at));
      entry->user_data = static_cast<uint64_t>(parts);
      results_[static_cast<size_t>(parts)] = 0;
    }
    const bool advises = !advised_;
    if (advises) {
      io_uring_sqe* entry = io_uring_get_sqe(&ring_);
      io_uring_prep_fadvise(entry, file.fd(), static_cast<uint64_t>(offset + num_bytes), static_cast<off_t>(num_bytes),
                            POSIX_FADV_WILLNEED);
      entry->user_data = kAdvice;
    }
    int submitted = 0;
    while (usable_ && submitted < parts + advises) {
      const int taken = io_uring_submit(&ring_);
      if (taken > 0) submitted += taken;
      if (taken == 0 || (taken < 0 && taken != -EINTR && taken != -EAGAIN)) usable_ = false;  // never asked again
    }
    advised_ = advised_ || submitted > parts;
    Wait(std::min(submitted, parts));
    return submitted > 0;
  }

  // Until they have ended, the kernel writes into the caller's memory.
  void Wait(int parts) {
    while (parts > 0) {
      io_uring_cqe* done = nullptr;
      if (io_uring_wait_cqe(&ring_, &done) != 0) continue;
      if (done->user_data == kAdvice) {
        advised_ = false;
      } else {
        results_[done->user_data] = done->res;
        parts--;
      }
      io_uring_cqe_seen(&ring_, done);
    }
  }

  io_uring ring_{};
  bool usable_;
  bool advised_ = false;  // a piece of advice is under way
  std::array<int64_t, kMaxParts> results_{};
};

}  // namespace

std::string WhyNoRing() {
  io_uring ring{};
  const int error = io_uring_queue_init(1, &ring, 0);
  if (error < 0) return std::string("the kernel refuses io_uring: ") + std::strerror(-error);
  io_uring_queue_exit(&ring);
  return "";
}

std::unique_ptr<FileReader> MakeRingReader() { return std::make_unique<RingReader>(); }

#else

std::string WhyNoRing() { return "io_uring is Linux's"; }

std::unique_ptr<FileReader> MakeRingReader() { return MakeFileReader(Io::kRead); }

#endif

}  // namespace v0
}  // namespace headrace
