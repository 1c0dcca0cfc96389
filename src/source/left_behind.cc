#include "source/left_behind.h"

#include <atomic>

#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {
namespace {

std::atomic<int64_t> threads_apart{0};

}  // namespace

bool RunApart(std::function<void()> call) {
  threads_apart++;
  std::thread thread;
  const bool started = StartThread(&thread, [call = std::move(call)]() mutable {
    call();
    call = nullptr;  // what it owns goes before the count does
    threads_apart--;
  });
  if (started) {
    thread.detach();
  } else {
    threads_apart--;
  }
  return started;
}

int64_t ThreadsApart() { return threads_apart; }

}  // namespace v0
}  // namespace headrace
