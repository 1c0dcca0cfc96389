#pragma once
// Finds the types of columns from all their values.
// Takes: Job, what was found of its dialect and names. Gives: types, reasons and places, in Found. Owns: nothing
// afterwards. Threads: those of the pass. Fails: Status of the run.
#include <string>
#include <vector>

#include "headrace/ingest.h"
#include "headrace/status.h"
#include "plan/inputs.h"
#include "sniff/facts.h"

namespace headrace {
inline namespace v0 {

/// A discovery, and the inputs as they were when every value was looked at: empty where samples were enough.
struct Found {
  Discovery discovery;
  std::vector<InputFacts> seen;
  std::vector<std::string> notes;  ///< what of it may be a mistake, for a person
};

/// Give the columns of a discovery, which have their names, the types that their facts ask for; and say why.
void SetColumns(const std::vector<ColumnFacts>& facts, Discovery* discovery);

/// Infer the types from every value. `broken` is where a type from samples did not hold; an empty path: none was tried.
Status InferFully(const Job& job, const RunContext& context, const ErrorPlace& broken, Found* found);

/// Make the types of integers and strings as narrow as all their values allow, by one more pass.
Status NarrowTypes(const Job& job, const RunContext& context, Found* found);

}  // namespace v0
}  // namespace headrace
