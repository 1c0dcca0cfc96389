#pragma once
// Threads for calls that may never return: a client library that waits for a server cannot be called back.
// Takes: a call. Gives: its result, or why it was not waited for. Owns: nothing: a thread that is left behind keeps
// what it uses, and ends by itself. Threads: any number. Fails: as the call does, or as `poll_stop`.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "headrace/status.h"
#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {

/// How often a wait looks whether it should end.
inline constexpr int kPollMilliseconds = 50;

/// Run `call` in a thread of its own; return false where the system starts none. It must own what it uses.
bool RunApart(std::function<void()> call);

/// Return the number of such threads that still run.
int64_t ThreadsApart();

/// Run `call` apart and wait until it ends, `poll_stop` fails, or `seconds` have gone by: then return `late`. `call`
/// must own what it uses.
template <class T>
Result<T> CallApart(std::function<Result<T>()> call, const std::function<Status()>& poll_stop, double seconds,
                    const Status& late) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Result<T>> result;  // guarded by mutex
  };
  auto shared = std::make_shared<Shared>();
  const bool started = RunApart([shared, call = std::move(call)] {
    Result<T> result = call();
    std::lock_guard<std::mutex> lock(shared->mutex);
    shared->result.emplace(std::move(result));
    shared->changed.notify_all();
  });
  if (!started) return NoMoreThreads();
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::unique_lock<std::mutex> lock(shared->mutex);
  while (!shared->result) {
    shared->changed.wait_for(lock, std::chrono::milliseconds(kPollMilliseconds));
    if (shared->result) break;
    ARROW_RETURN_NOT_OK(poll_stop());
    if (std::chrono::steady_clock::now() >= end) return late;
  }
  return std::move(*shared->result);
}

}  // namespace v0
}  // namespace headrace
