#pragma once
// A memory pool that gives nothing back: a block that was freed is for the next who asks for as much. From the second
// time on, benchmarks of large outputs measure what is done with memory, not what the system's pages cost.
// Takes and gives: memory. Owns: it. Threads: one at a time. Fails: as the pool below it.
#include <arrow/memory_pool.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <utility>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class KeptPool : public arrow::MemoryPool {
 public:
  ~KeptPool() override {
    for (const auto& [kind, block] : blocks_) below_->Free(block, kind.first, kind.second);
  }

  Status Allocate(int64_t size, int64_t alignment, uint8_t** out) override {
    const auto kept = blocks_.find({size, alignment});
    if (kept == blocks_.end()) return below_->Allocate(size, alignment, out);
    *out = kept->second;
    blocks_.erase(kept);
    return Status::OK();
  }
  Status Reallocate(int64_t old_size, int64_t new_size, int64_t alignment, uint8_t** block) override {
    uint8_t* moved = nullptr;
    ARROW_RETURN_NOT_OK(Allocate(new_size, alignment, &moved));
    std::memcpy(moved, *block, static_cast<size_t>(std::min(old_size, new_size)));
    Free(*block, old_size, alignment);
    *block = moved;
    return Status::OK();
  }
  void Free(uint8_t* block, int64_t size, int64_t alignment) override {
    blocks_.emplace(std::pair(size, alignment), block);
  }
  int64_t bytes_allocated() const override { return below_->bytes_allocated(); }
  int64_t total_bytes_allocated() const override { return below_->total_bytes_allocated(); }
  int64_t num_allocations() const override { return below_->num_allocations(); }
  std::string backend_name() const override { return "kept " + below_->backend_name(); }

 private:
  arrow::MemoryPool* const below_ = arrow::system_memory_pool();
  std::multimap<std::pair<int64_t, int64_t>, uint8_t*> blocks_;  // by size and alignment
};

}  // namespace v0
}  // namespace headrace
