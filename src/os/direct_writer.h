#pragma once
// Writes a file past the page cache, from a thread of its own: what is written is on its way to the disk while more is
// made, and takes no pages that others use.
// Takes: bytes. Gives: them, in the file. Owns: up to three blocks, and from the first full one on a thread. Threads:
// one at a time. Fails: Status with errno text, at the latest from Finish; where a file system takes no direct writes,
// what there is is written as usual.
#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class DirectWriter {
 public:
  static constexpr int64_t kBlockBytes = 4 << 20;
  static constexpr int64_t kBlocks = 3;

  /// `fd` is that of an empty file, which `path` names in messages; the caller closes it.
  DirectWriter(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~DirectWriter();  ///< waits for the block that is being written, and drops what is not

  Status Write(const void* data, int64_t num_bytes);
  /// Wait until all is written. The file's position is then its end, and it is written as usual from there.
  Status Finish();

 private:
  struct Free {
    void operator()(char* block) const;
  };
  using Block = std::unique_ptr<char, Free>;

  Block& block(int64_t number) { return blocks_[static_cast<size_t>(number % kBlocks)]; }
  Status TakeBlock();
  Status HandOver();
  void Work();
  Status WriteAt(const char* data, int64_t num_bytes, int64_t offset);
  void Stop();

  const int fd_;
  const std::string path_;
  std::array<Block, kBlocks> blocks_;
  int64_t used_ = 0;  // of the block in hand
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All below is guarded by mutex_.
  int64_t filled_ = 0, written_ = 0;  // blocks, since the file's begin
  bool ended_ = false;
  Status status_;
};

}  // namespace v0
}  // namespace headrace
