#pragma once
// The checks of one file, for each form; what VerifyOutput is made of.
// Takes: a path. Gives: findings. Fails: Status where a file cannot be opened, or on a stop.
#include <arrow/io/file.h>
#include <arrow/util/cancel.h>
#include <arrow/util/string_util.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/manifest.h"
#include "ledger/verify.h"

namespace headrace {
inline namespace v0 {

/// Gathers what was checked and what did not match.
class VerifyFindings {
 public:
  VerifyFindings(VerifyReport* report, arrow::StopToken stop) : report_(report), stop_(std::move(stop)) {}

  /// Note one check; on failure, that `what` is wrong at `place`.
  template <class... What>
  bool Check(std::string_view check, bool passed, const std::string& place, const What&... what) {
    Note(check, passed);
    if (!passed) Problem(place, arrow::internal::JoinToString(what...));
    return passed;
  }

  Status PollStop() const { return stop_.Poll(); }
  VerifyReport& report() { return *report_; }

 private:
  void Note(std::string_view check, bool passed);
  void Problem(const std::string& place, const std::string& what);

  VerifyReport* report_;
  arrow::StopToken stop_;
};

enum class OutputForm : uint8_t { kParquet, kIpcFile, kIpcStream };

/// Return the form of a file by its first bytes, or else by its name; nothing where neither tells.
Result<std::optional<OutputForm>> OutputFormOf(const std::string& path);

using OpenFile = std::shared_ptr<arrow::io::ReadableFile>;

/// Read everything in the file and check what it promises. `place` names it in findings.
Status VerifyParquet(const OpenFile& file, const std::string& place, VerifyFindings* findings);
Status VerifyIpcFile(const OpenFile& file, const std::string& place, VerifyFindings* findings);
Status VerifyIpcStream(const OpenFile& file, const std::string& place, VerifyFindings* findings);

/// Return the rows that a file's own metadata tell: its footer, or its messages. Fails where they cannot be read.
Result<int64_t> RowsOfParquet(const OpenFile& file);
Result<int64_t> RowsOfIpcFile(const OpenFile& file);
Result<int64_t> RowsOfIpcStream(const OpenFile& file);

/// Where an output lies, and what findings call it.
struct OutputPlace {
  std::string path, name;
  bool is_directory = false;
};

/// Check the files of an output against its manifest.
Status VerifyAgainstManifest(const OutputPlace& output, const Manifest& manifest, VerifyFindings* findings);

/// Return the files of an output's directory, sorted by bytes and relative to it. What begins with '.' and what Spark
/// and Hadoop leave beside their files is passed over.
Result<std::vector<std::string>> ListOutput(const std::string& directory);

}  // namespace v0
}  // namespace headrace
