#pragma once
// The file of --report: created before the run, so that a bad path fails early; published after it.
#include <memory>
#include <string>

#include "headrace/report.h"
#include "headrace/status.h"
#include "os/atomic_file.h"

namespace headrace::cli {

class ReportFile {
 public:
  /// Prepare the file; an empty path means that none is wanted.
  Status Open(const std::string& path);
  /// Write and publish the report where one is wanted.
  Status Publish(const Report& report);

 private:
  std::unique_ptr<AtomicFile> file_;
};

}  // namespace headrace::cli
