// Preloaded: of the requests for LARGE bytes or more, the one of number REFUSED (from 0) is refused.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

typedef void* (*Allocate)(size_t);

void* malloc(size_t size) {
  static Allocate next;
  static int asked = 0;
  if (!next) next = (Allocate)dlsym(RTLD_NEXT, "malloc");
  if (size >= (size_t)atol(getenv("LARGE")) && __atomic_fetch_add(&asked, 1, __ATOMIC_SEQ_CST) == atoi(getenv("REFUSED")))
    return NULL;
  return next(size);
}
