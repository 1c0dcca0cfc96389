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

/// Discover, and say whether every value was looked at.
Result<Found> Find(const Job& job, const RunContext& context);

/// Write the key "inferred" and its list.
void WriteInferred(const std::vector<InferredReport>& columns, JsonWriter* json);

}  // namespace v0
}  // namespace headrace
