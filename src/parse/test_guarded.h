#pragma once
// For tests: memory between two pages that cannot be touched, so that a byte read too far ends the test.
// Owns: its pages. Threads: one.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace headrace {
inline namespace v0 {

class GuardedMemory {
 public:
  /// Give room for `size` bytes, all of them `fill`.
  explicit GuardedMemory(size_t size, char fill = '9') : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    size_ = (size + page_ - 1) / page_ * page_;
    void* all = mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) std::abort();
    begin_ = static_cast<char*>(all) + page_;
    if (mprotect(begin_, size_, PROT_READ | PROT_WRITE) != 0) std::abort();
    std::memset(begin_, fill, size_);
  }
  ~GuardedMemory() { munmap(begin_ - page_, size_ + 2 * page_); }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  /// The first byte; the one before it cannot be read.
  char* begin() { return begin_; }
  /// The byte behind the last one, which cannot be read.
  char* end() { return begin_ + size_; }
  /// The last `count` values of memory.
  template <class T>
  T* Last(size_t count) {
    return reinterpret_cast<T*>(end()) - count;
  }

 private:
  size_t page_, size_;
  char* begin_;
};

}  // namespace v0
}  // namespace headrace
