#pragma once
// Threads that may be refused: a user or a container has only so many.
// Takes: what to run. Gives: a thread. Owns: nothing. Threads: any. Fails: by its result; it throws nothing.
#include <system_error>
#include <thread>
#include <utility>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Run `work` in a thread of its own, `*thread`; return false where the system starts no more of them.
template <class Work>
bool StartThread(std::thread* thread, Work work) {
  try {
    *thread = std::thread(std::move(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// Why a job fails that cannot do without the thread.
inline Status NoMoreThreads() {
  return Status::OutOfMemory(
      "the system starts no more threads\nfix: raise its limit (ulimit -u, pids.max of a container), or lower "
      "--workers");
}

}  // namespace v0
}  // namespace headrace
