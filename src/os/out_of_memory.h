#pragma once
// Memory that the system refuses, as the library's errors are told: by a Status, from a thread of any kind.
// Takes: what to do. Gives: its result. Owns: nothing. Threads: any. Fails: OutOfMemory.
#include <new>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

inline Status NoMoreMemory() {
  return Status::OutOfMemory(
      "the system gives no more memory\n"
      "fix: lower --memory-limit or --workers, or raise its limit (ulimit -v, that of a container)");
}

/// Return what `work` returns, a Status or a Result; OutOfMemory where it throws std::bad_alloc. In a thread of the
/// library nothing else would catch that: the process would end, and its temporary files stay.
template <class Work>
auto CatchBadAlloc(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return NoMoreMemory();
  }
}

}  // namespace v0
}  // namespace headrace
