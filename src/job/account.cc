#include "job/account.h"

#include <vector>

#include "os/keeps_ledger.h"

namespace headrace {
inline namespace v0 {

Status Account(Sink* sink, RejectWriter* rejects, Report* report) {
  ARROW_RETURN_NOT_OK(sink->Finish());
  ARROW_ASSIGN_OR_RAISE(report->outputs, sink->Inspect());
  for (const OutputReport& output : report->outputs) report->rows_written += output.rows;
  // Sinks without a file (scan, a reader) give one nameless output: rows to count, nothing to list.
  std::erase_if(report->outputs, [](const OutputReport& output) { return output.path.empty(); });
  if (rejects != nullptr) {
    ARROW_RETURN_NOT_OK(rejects->Finish());
    ARROW_ASSIGN_OR_RAISE(report->rows_rejected, rejects->CountRejectedRecords());
  }
  if (!kKeepsLedger || report->rows_read == report->rows_written + report->rows_rejected + report->rows_skipped)
    return Status::OK();
  return Status::UnknownError("the ledger does not balance: ", report->rows_read, " records read, but ",
                              report->rows_written, " rows written, ", report->rows_rejected, " rejected, ",
                              report->rows_skipped, " skipped. Nothing was published; please report this.");
}

}  // namespace v0
}  // namespace headrace
