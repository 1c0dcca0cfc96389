#pragma once
// Finds dialect and columns of a job that declares none; Discover itself is in headrace/ingest.h.
// Takes: Job. Gives: Discovery. Owns: nothing. Threads: those of the inferring pass. Fails: Status that names the file,
// or the flag to add.
#include <vector>

#include "headrace/ingest.h"
#include "job/infer.h"
#include "ledger/json_writer.h"

namespace headrace {
inline namespace v0 {

/// Return the job with copies of those of its inputs that can be read only once.
Result<Job> KeepInputs(const Job& job, const RunContext& context);

/// Discover, and say whether every value was looked at. No input may be one that can be read only once.
Result<Found> Find(const Job& job, const RunContext& context);

/// Tell the caller of what may be a mistake.
void TellNotes(const Found& found, const RunContext& context);

/// Write the key "inferred" and its list.
void WriteInferred(const std::vector<InferredReport>& columns, JsonWriter* json);

}  // namespace v0
}  // namespace headrace
