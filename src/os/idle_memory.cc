#include "os/idle_memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace headrace {
inline namespace v0 {

void ReleaseIdleMemory(arrow::MemoryPool* pool) {
  pool->ReleaseUnused();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace v0
}  // namespace headrace
