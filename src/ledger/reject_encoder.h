#pragma once
// The forms of the rejects table, behind one interface.
// Takes: rows. Gives: bytes in a stream. Owns: one batch of rows. Threads: one at a time. Fails: Status.
#include <arrow/io/interfaces.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "headrace/reject.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

enum class RejectForm : uint8_t { kParquet, kCsv, kJsonLines };

/// Return the form that the name of a rejects file asks for; other names are an error that lists the three.
Result<RejectForm> RejectFormOf(const std::string& path);

/// A reject with the names that its indices mean.
struct RejectRow {
  const Reject* reject = nullptr;
  std::string_view file;                ///< UTF-8
  const std::string* column = nullptr;  ///< nullptr: null
};

class RejectEncoder {
 public:
  virtual ~RejectEncoder() = default;
  virtual Status Append(const RejectRow& row) = 0;
  /// Write what is held and the file's end.
  virtual Status Finish() = 0;
};

Result<std::unique_ptr<RejectEncoder>> MakeParquetRejectEncoder(std::shared_ptr<arrow::io::OutputStream> stream);

/// For CSV and JSON lines.
Result<std::unique_ptr<RejectEncoder>> MakeTextRejectEncoder(std::shared_ptr<arrow::io::OutputStream> stream,
                                                             RejectForm form);

/// Count the records that a finished rejects file rejects: those with a row whose `rejected` is true. The rows of one
/// record must be neighbours, as they are in source order; files of one path are told apart by their text.
Result<int64_t> CountRejectedRecords(const std::string& path, RejectForm form);

}  // namespace v0
}  // namespace headrace
