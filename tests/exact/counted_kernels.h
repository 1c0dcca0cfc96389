#pragma once
// A level's kernels, with a count of the fields that they were given and of those that they took themselves.
// Takes: SimdLevel. Gives: Kernels for ForceKernelsForTesting, and the calling thread's counts. Owns: tables that live
// as long as the program. Threads: the first call of a level comes before other threads start. Fails: never.
#include <cstdint>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {

/// Fields that were given to kernels with a plain twin behind them, and how many of them the twin did not read.
struct KernelCounts {
  int64_t given = 0, taken = 0;
};

/// Return the counts of this thread, which its caller may reset.
KernelCounts& CountsOfThisThread();

/// Return the kernels of a level, those of decode counted.
const Kernels& CountedKernelsOf(SimdLevel level);

}  // namespace v0
}  // namespace headrace
