// Preloaded: the system starts THREADS threads, and no more.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

typedef int (*Create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*work)(void*), void* argument) {
  static int started = 0;
  if (__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST) >= atoi(getenv("THREADS"))) return EAGAIN;
  return ((Create)dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, work, argument);
}
