#pragma once
// Runs of `headrace scan`, each in a process of its own, so that its peak memory is its own.
// Takes: a command line. Gives: what its report says. Owns: a folder for reports, while it lives. Threads: one. Fails:
// Status that says what the run said.
#include <cstdint>
#include <string>
#include <vector>

#include "headrace/status.h"

namespace headrace::cli {

struct ScanFigures {
  double seconds = 0;
  int64_t rows = 0, bytes = 0, peak_memory_bytes = 0;
};

class ScanRunner {
 public:
  static Result<ScanRunner> Make();
  ~ScanRunner();
  ScanRunner(ScanRunner&& other) noexcept : folder_(std::move(other.folder_)) { other.folder_.clear(); }
  ScanRunner& operator=(ScanRunner&&) = delete;

  /// Run `headrace scan` with these words, once.
  Result<ScanFigures> Run(const std::vector<std::string>& words) const;

  /// Return the path of a file of this name in the folder.
  std::string PathOf(const std::string& name) const { return folder_ + "/" + name; }

 private:
  explicit ScanRunner(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

/// Return `words` without these flags; each has a value where `has_value`.
std::vector<std::string> WithoutFlags(const std::vector<std::string>& words, const std::vector<std::string>& flags,
                                      bool has_value);

/// Return the figures with the median seconds and the greatest peak memory. At least one.
ScanFigures MedianOf(std::vector<ScanFigures> runs);

}  // namespace headrace::cli
