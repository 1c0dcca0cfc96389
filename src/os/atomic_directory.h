#pragma once
// A directory that appears under its final name only when all of it is complete and synced.
// Takes: files that the caller writes below temporary_path(). Gives: a published directory. Owns: the temporary one.
// Threads: one at a time. Fails: Status with errno text.
#include <memory>
#include <string>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class AtomicDirectory {
 public:
  /// Create a temporary directory beside `path`. An existing `path` is an error unless `overwrite`.
  static Result<std::unique_ptr<AtomicDirectory>> Create(const std::string& path, bool overwrite);
  ~AtomicDirectory();  ///< removes the temporary directory (or what it replaced)

  /// fsync every directory in it, give it its final name, remove what stood there before. Its files are synced by
  /// whoever wrote them.
  Status Publish();

  const std::string& path() const { return path_; }
  const std::string& temporary_path() const { return temporary_path_; }

 private:
  AtomicDirectory() = default;
  std::string path_, temporary_path_;
  bool overwrite_ = false, published_ = false;
};

}  // namespace v0
}  // namespace headrace
