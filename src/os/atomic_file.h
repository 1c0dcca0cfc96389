#pragma once
// A file that appears under its final name only when it is complete and synced.
// Takes: bytes. Gives: a published file. Owns: the temporary file. Threads: one at a time. Fails: Status with errno
// text.
#include <arrow/io/interfaces.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "headrace/status.h"
#include "os/direct_writer.h"
#include "os/temporary.h"

namespace headrace {
inline namespace v0 {

class AtomicFile {
 public:
  /// Create a temporary file beside `path`: exclusively, never through a symlink. An existing `path` is an error
  /// unless `overwrite`. `direct`: write past the page cache.
  static Result<std::unique_ptr<AtomicFile>> Create(const std::string& path, bool overwrite, bool direct = false);
  ~AtomicFile();  ///< removes the temporary file unless published

  Status Write(const void* data, int64_t num_bytes);
  Status Sync();  ///< all of it written, and fsync; its failure is final
  /// Rename to the final name (no-replace unless `overwrite`) and fsync the directory. Needs Sync first.
  Status Publish();

  int64_t size() const { return size_; }
  uint32_t crc32c() const { return crc32c_; }  ///< of all bytes written
  const std::string& path() const { return path_; }
  const std::string& temporary_path() const { return temporary_path_; }
  /// An Arrow stream that appends to this file; closing it closes nothing.
  std::shared_ptr<arrow::io::OutputStream> stream();

 private:
  AtomicFile() = default;
  Status WriteNow(const void* data, int64_t num_bytes) const;
  std::string path_, temporary_path_;
  std::optional<RegisteredTemporary> registered_;
  int fd_ = -1;
  std::unique_ptr<DirectWriter> writer_;  // until Sync, where it is direct
  bool overwrite_ = false, synced_ = false, published_ = false;
  int64_t size_ = 0;
  uint32_t crc32c_ = 0;
};

}  // namespace v0
}  // namespace headrace
