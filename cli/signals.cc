#include "cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "os/atomic_file.h"

namespace headrace::cli {
namespace {

// Never destroyed: a signal may come while the process ends.
arrow::StopSource* stop_source = nullptr;
std::atomic<int> caught{0};
static_assert(std::atomic<int>::is_always_lock_free, "the handler may only touch lock-free atomics");

extern "C" void OnSignal(int signal_number) {
  int none = 0;
  if (caught.compare_exchange_strong(none, signal_number)) {
    stop_source->RequestStopFromSignal(signal_number);
    return;
  }
  RemoveTemporaries();
  ::_exit(128 + signal_number);
}

}  // namespace

void InstallSignalHandlers() {
  stop_source = new arrow::StopSource();
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // of `ulimit -f`: a write fails with EFBIG, as on a full disk
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    if (::sigaction(signal_number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = OnSignal;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(signal_number, &action, nullptr);
  }
}

arrow::StopToken StopOnSignal() {
  return stop_source == nullptr ? arrow::StopToken::Unstoppable() : stop_source->token();
}

int CaughtSignal() { return caught.load(); }

}  // namespace headrace::cli
