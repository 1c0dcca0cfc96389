#pragma once
// Finds dialect and columns of a job that declares none; Discover itself is in headrace/ingest.h.
// Takes: Job. Gives: Discovery. Owns: nothing. Threads: those of the inferring pass. Fails: Status that names the file,
// or the flag to add.
#include "headrace/ingest.h"

namespace headrace {
inline namespace v0 {

/// Infer the types again, from every value, after `broken` broke a promise that was made from samples.
Status InferFully(const Job& job, const RunContext& context, const ErrorPlace& broken, Discovery* discovery);

}  // namespace v0
}  // namespace headrace
