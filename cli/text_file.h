#pragma once
// A file of text beside the output (--report, --lock): created before the run, so that a bad path fails early; written
// before the output has its name, so that a full disk fails the run; published after it.
#include <memory>
#include <string>
#include <string_view>

#include "headrace/status.h"
#include "os/atomic_file.h"

namespace headrace::cli {

class TextFile {
 public:
  /// Prepare the file. An existing one is an error unless `overwrite`.
  Status Open(const std::string& path, bool overwrite);
  /// Write all of the text, and sync it. Open first.
  Status Write(std::string_view text);
  Status Publish();
  bool is_open() const { return file_ != nullptr; }

 private:
  std::unique_ptr<AtomicFile> file_;
};

}  // namespace headrace::cli
