#pragma once
// A file without a name, for what does not fit into memory; gone with the process, however it ends.
// Takes: bytes. Gives: them back. Owns: a descriptor. Threads: one at a time. Fails: Status that names the folder.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class ScratchFile {
 public:
  /// Create the file on the file system of `beside`, which must not exist nor is made.
  static Result<std::unique_ptr<ScratchFile>> Create(const std::string& beside);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  Status Append(std::string_view bytes);
  /// Read up to `num_bytes` at `offset`; fewer only at the end.
  Result<int64_t> ReadAt(int64_t offset, void* to, int64_t num_bytes) const;
  int64_t size() const { return size_; }
  /// Return a path that opens the file for as long as this lives.
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  ScratchFile(std::string beside, int fd) : beside_(std::move(beside)), fd_(fd) {}
  const std::string beside_;
  const int fd_;
  int64_t size_ = 0;
};

}  // namespace v0
}  // namespace headrace
