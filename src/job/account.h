#pragma once
// The ledger at the end of a run: what was read, written and rejected, counted by three pieces of code, must agree.
#include "headrace/report.h"
#include "ledger/rejects.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// End the sink and the rejects (nullptr: none), re-read what they left, and fill `report` with rows written, rows
/// rejected and outputs. Fails where rows_read is not their sum with rows_skipped.
Status Account(Sink* sink, RejectWriter* rejects, Report* report);

}  // namespace v0
}  // namespace headrace
