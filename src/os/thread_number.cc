#include "os/thread_number.h"

#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace headrace {
inline namespace v0 {

int64_t ThreadNumber() {
#ifdef __linux__
  return ::syscall(SYS_gettid);
#else
  return ::getpid();
#endif
}

}  // namespace v0
}  // namespace headrace
