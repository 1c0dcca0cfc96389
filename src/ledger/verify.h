#pragma once
// Re-reads an output and checks what it promises.
// Takes: the path of an output. Gives: VerifyReport. Owns: nothing. Threads: one at a time. Fails: Status where there
// is nothing to check (not found, not readable, not a form that we know); what does not match is in the report instead.
//
// With OUTPUT.manifest.json: files are there and no others, sizes, rows, crc32c of each piece and of each file.
// Without: Parquet: footer, every page read with its checksum (where it has one), text is UTF-8, row counts, and min,
// max and null count of each column chunk and each page of the page index recomputed; the layout of own files; Arrow
// IPC: every batch read and validated in full, row counts. In a directory: every file below it; hidden names, _SUCCESS,
// _metadata and the like are passed over.
#include <arrow/util/cancel.h>

#include <cstdint>
#include <string>
#include <vector>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// One kind of check and how often it was made.
struct VerifyCheck {
  std::string name;
  int64_t checked = 0;
  int64_t failed = 0;
};

struct VerifyReport {
  bool ok = true;
  int64_t rows = 0;
  int64_t files = 0;
  int64_t bytes = 0;
  bool had_manifest = false;
  std::vector<VerifyCheck> checks;    ///< in order of first use
  std::vector<std::string> problems;  ///< the first kMaxVerifyProblems; paths are escaped to UTF-8
  int64_t problems_left_out = 0;
};

inline constexpr size_t kMaxVerifyProblems = 100;

/// Check the file or directory at `path`.
Result<VerifyReport> VerifyOutput(const std::string& path,
                                  const arrow::StopToken& stop = arrow::StopToken::Unstoppable());

/// Check what a job left at `written`, a file or a folder, before it is published at `output_path`: against the account
/// (the text of a manifest), and each file that it lists by its content, as for an output without a manifest. Findings
/// name `output_path`.
Result<VerifyReport> VerifyWritten(const std::string& written, const std::string& output_path,
                                   const std::string& manifest_json, const arrow::StopToken& stop);

/// Return the report as JSON text: format, ok, rows, files, bytes, had_manifest, checks[{name, checked, failed}],
/// problems[], problems_left_out.
std::string VerifyToJson(const VerifyReport& report);

}  // namespace v0
}  // namespace headrace
