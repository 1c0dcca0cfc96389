#include "os/bus_errors.h"

#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

std::atomic<bool> catches = false;
thread_local sigjmp_buf* copying = nullptr;  // where this thread goes on when its copy is cut off

void OnBusError(int) {
  if (copying != nullptr) siglongjmp(*copying, 1);
  signal(SIGBUS, SIG_DFL);  // the access is tried again, and ends the process
}

}  // namespace

void CatchBusErrors() {
  struct sigaction action {};
  action.sa_handler = OnBusError;
  sigaction(SIGBUS, &action, nullptr);
  catches = true;
}

bool CatchesBusErrors() { return catches; }

bool CopyFromMapping(void* to, const void* from, size_t num_bytes) {
  sigjmp_buf back;
  // With the mask of signals: whatever the handler ran under (ThreadSanitizer blocks all), the next one is caught too.
  if (sigsetjmp(back, 1) != 0) {
    copying = nullptr;
    return false;
  }
  copying = &back;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  std::memcpy(to, from, num_bytes);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  copying = nullptr;
  return true;
}

}  // namespace v0
}  // namespace headrace
