// Preloaded: in the file whose path contains UNREADABLE_FILE, the page at byte UNREADABLE_AT cannot be read, as on a
// disk with a bad sector: reads end before it, or fail there; only the first UNREADABLE_TIMES times, where that is set.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t pread64(int fd, void* to, size_t size, off_t offset) {
  ssize_t (*read_at)(int, void*, size_t, off_t) = (ssize_t(*)(int, void*, size_t, off_t))dlsym(RTLD_NEXT, "pread64");
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return read_at(fd, to, size, offset);
  path[length] = 0;
  if (strstr(path, getenv("UNREADABLE_FILE")) == NULL) return read_at(fd, to, size, offset);
  static int left = -1;
  if (left < 0) left = getenv("UNREADABLE_TIMES") == NULL ? 1 << 30 : atoi(getenv("UNREADABLE_TIMES"));
  const off_t bad = atol(getenv("UNREADABLE_AT"));
  if (left == 0 || offset + (off_t)size <= bad || offset >= bad + 4096) return read_at(fd, to, size, offset);
  if (offset >= bad) {
    left--;
    errno = EIO;
    return -1;
  }
  return read_at(fd, to, (size_t)(bad - offset), offset);
}

ssize_t pread(int fd, void* to, size_t size, off_t offset) { return pread64(fd, to, size, offset); }
