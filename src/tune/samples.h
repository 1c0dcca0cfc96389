#pragma once
// Arithmetic on samples. Takes and gives: Totals, SamplesReport. Owns: nothing. Threads: any. Fails: never.
#include "headrace/metrics.h"

namespace headrace {
inline namespace v0 {

/// Return what was added since `before`; a value that either lacks has none.
Totals Since(const Totals& before, const Totals& now);

/// Add the sample to the samples in short.
void AddSample(const Sample& sample, SamplesReport* report);

}  // namespace v0
}  // namespace headrace
