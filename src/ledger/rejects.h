#pragma once
// The rejects table, as a file: one row for each bad value, one for each structural fault, in source order.
// Takes: Reject. Gives: a published file. Owns: the temporary file. Threads: one at a time. Fails: Status.
//
// Columns: file, record, line, offset, field_offset, column (null where no column is meant), kind, reason, raw,
// raw_length, rejected (false: the value was nulled and its record kept). Paths that are not UTF-8 have \xNN for bytes
// that are not. The form follows the name, and each form keeps every byte of `raw`:
//
//   .parquet          raw is binary; the file's metadata say headrace.rejects.format = 1.
//   .jsonl, .ndjson   one object a line; raw is a string where the record is UTF-8, otherwise null, and raw_base64
//   holds
//                     it (that key stands only there).
//   .csv              RFC 4180 with a header, LF at line ends, nothing for null. In file, column and raw: \\ is a
//                     backslash, \xNN a byte that is not UTF-8 or a control byte other than tab, CR and LF. A field
//                     that would begin with = + - @ tab CR LF, which spreadsheets run, or with ' is prefixed with one
//                     '.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "headrace/reject.h"
#include "headrace/schema.h"
#include "headrace/status.h"
#include "os/atomic_file.h"

namespace headrace {
inline namespace v0 {

class RejectEncoder;

class RejectWriter {
 public:
  /// Create the temporary file for `path`; an existing `path` is an error unless `overwrite`. `file_paths` are the
  /// inputs that Reject::file counts.
  static Result<std::unique_ptr<RejectWriter>> Create(const std::string& path, bool overwrite, const Schema& schema,
                                                      std::vector<std::string> file_paths);
  ~RejectWriter();  ///< removes the temporary file unless published

  /// Append one row; rows come in source order. Holds a batch in memory, never the table.
  Status Append(const Reject& reject);
  /// Write what is held, end the file and sync it.
  Status Finish();
  /// Re-read what Finish left, by other code than wrote it: how many records have a row with `rejected`.
  Result<int64_t> CountRejectedRecords() const;
  /// Give the file its final name.
  Status Publish();

 private:
  RejectWriter(std::unique_ptr<AtomicFile> file, const Schema& schema, std::vector<std::string> file_paths);

  std::unique_ptr<AtomicFile> file_;
  std::unique_ptr<RejectEncoder> encoder_;
  std::vector<std::string> columns_;  // names in the source
  std::vector<std::string> files_;    // paths, as UTF-8
};

}  // namespace v0
}  // namespace headrace
