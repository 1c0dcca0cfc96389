#pragma once
// How the headers of a set of files differ, and which of their patterns match none, before anything is written.
// Takes: inputs, a terminator. Gives: Drift. Owns: nothing. Threads: one. Fails: as reading a header does.
#include <memory>
#include <vector>

#include "headrace/ingest.h"
#include "ledger/json_writer.h"
#include "pipeline/carrier.h"

namespace headrace {
inline namespace v0 {

struct DriftResult {
  std::vector<Drift> drift;
  Status refusal;  ///< of the first file whose columns the options do not allow
};

/// Read every header, and return the files whose columns differ from those of the first, or lack some that the schema
/// has. Files are opened for that and closed again; what can be read only once stays open.
Result<DriftResult> FindDrift(const JobState& job);

/// The same for a run: each file is told to the caller, then the first that is refused fails the job.
Result<std::vector<Drift>> TellDrift(const JobState& job, const RunContext& context);

/// Tell the caller of the patterns of [[file]] tables that count for no input, which may be misspelt; return what was
/// told.
std::vector<std::string> TellUnusedPatterns(const JobState& job, const RunContext& context);

/// Write the list under the key "drift".
void WriteDrift(const std::vector<Drift>& drift, JsonWriter* json);

}  // namespace v0
}  // namespace headrace
