#include "source/left_behind.h"

#include <atomic>
#include <thread>

namespace headrace {
inline namespace v0 {
namespace {

std::atomic<int64_t> threads_apart{0};

}  // namespace

void RunApart(std::function<void()> call) {
  threads_apart++;
  std::thread([call = std::move(call)]() mutable {
    call();
    call = nullptr;  // what it owns goes before the count does
    threads_apart--;
  }).detach();
}

int64_t ThreadsApart() { return threads_apart; }

}  // namespace v0
}  // namespace headrace
