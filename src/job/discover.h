#pragma once
// Finds dialect and columns of a job that declares none; Discover itself is in headrace/ingest.h.
// Takes: Job. Gives: Discovery. Owns: nothing. Threads: those of the inferring pass. Fails: Status that names the file,
// or the flag to add.
#include <vector>

#include "headrace/ingest.h"
#include "ledger/json_writer.h"
#include "plan/inputs.h"

namespace headrace {
inline namespace v0 {

/// A discovery, and the inputs as they were when every value was looked at: empty where samples were enough.
struct Found {
  Discovery discovery;
  std::vector<InputFacts> seen;
};

/// Discover, and say whether every value was looked at.
Result<Found> Find(const Job& job, const RunContext& context);

/// Infer the types again, from every value, after `broken` broke a promise that was made from samples.
Status InferFully(const Job& job, const RunContext& context, const ErrorPlace& broken, Found* found);

/// Write the key "inferred" and its list.
void WriteInferred(const std::vector<InferredReport>& columns, JsonWriter* json);

}  // namespace v0
}  // namespace headrace
