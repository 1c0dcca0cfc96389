#pragma once
// Memory for text, with the padding that kernels read over.
// Takes: a memory pool. Owns: one buffer, reused. Threads: one. Fails: Status (out of memory).
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>

#include <cstring>
#include <memory>

#include "headrace/status.h"
#include "parse/field_list.h"

namespace headrace {
inline namespace v0 {

class TextBuffer {
 public:
  explicit TextBuffer(arrow::MemoryPool* pool) : pool_(pool) {}

  /// Make room for `num_bytes` of text; what is there stays.
  Status Reserve(int64_t num_bytes) {
    if (num_bytes <= capacity_) return Status::OK();
    num_bytes += num_bytes / 16;  // units differ by a little: not each of them may need a new buffer
    const int64_t padded = num_bytes + 2 * kTextPadding;
    if (!memory_) {
      ARROW_ASSIGN_OR_RAISE(memory_, arrow::AllocateResizableBuffer(padded, pool_));
    } else {
      ARROW_RETURN_NOT_OK(memory_->Resize(padded, /*shrink_to_fit=*/false));
    }
    std::memset(data() - kTextPadding, 0, kTextPadding);
    capacity_ = num_bytes;
    return Status::OK();
  }

  /// Zero the padding behind `size` bytes of text.
  void Terminate(int64_t size) { std::memset(data() + size, 0, kTextPadding); }

  char* data() { return reinterpret_cast<char*>(memory_->mutable_data()) + kTextPadding; }
  int64_t capacity() const { return capacity_; }

  /// Give memory back where more than `num_bytes` is held.
  void ReleaseAbove(int64_t num_bytes) {
    if (capacity_ <= num_bytes) return;
    memory_.reset();
    capacity_ = 0;
  }

 private:
  arrow::MemoryPool* pool_;
  std::unique_ptr<arrow::ResizableBuffer> memory_;
  int64_t capacity_ = 0;
};

}  // namespace v0
}  // namespace headrace
