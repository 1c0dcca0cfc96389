#pragma once
// Reading files and descriptors with plain system calls.
// Takes: paths. Gives: bytes. Owns: a descriptor. Threads: ReadAt from any number; Read from one. Fails: Status with
// the path and the system's reason.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// What the file system says of a path.
struct FileFacts {
  int64_t size = 0;
  int64_t mtime_ns = 0;
  bool is_regular = false;
  bool is_directory = false;

  bool operator==(const FileFacts&) const = default;
};

/// Return an IOError that names `path`, says what failed and why.
Status SystemError(int error_number, const std::string& what, const std::string& path);

/// Let a pipe hold as much as the system lets anyone (1 MiB on Linux): fewer turns between writer and reader. Where
/// `descriptor` is none, or that is refused, nothing happens.
void WidenPipe(int descriptor);

/// Fail where `path` is no longer what it was when the job was planned; `name` is what is told of it.
Status CheckUnchanged(const std::string& name, const std::string& path, const FileFacts& planned);

/// Return what the file system says of `path`, links followed.
Result<FileFacts> StatFile(const std::string& path);

class InputFile {
 public:
  /// Open `path` for reading; "-" is standard input (not closed afterwards). With `at`, open that file, and call it
  /// `path` in messages.
  static Result<std::unique_ptr<InputFile>> Open(const std::string& path, const std::string& at = {});
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Read up to `num_bytes` at `offset`; fewer only at the end of the file.
  Result<int64_t> ReadAt(int64_t offset, void* to, int64_t num_bytes) const;
  /// Read what comes next, at least one byte; 0 is the end. While nothing comes, `poll_stop` is asked ten times a
  /// second, and its failure ends the wait.
  Result<int64_t> Read(void* to, int64_t num_bytes, const std::function<Status()>& poll_stop);
  const std::string& path() const { return path_; }
  int fd() const { return fd_; }

 private:
  InputFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  const std::string path_;
  const int fd_;
};

}  // namespace v0
}  // namespace headrace
