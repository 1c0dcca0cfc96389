#pragma once
// Gives memory that is held and not used back to the system.
// Takes: an Arrow pool. Gives: pages. Owns: nothing. Threads: any number. Fails: never.
#include <arrow/memory_pool.h>

namespace headrace {
inline namespace v0 {

/// Give back what the pool and the C library hold ready. Takes some milliseconds.
void ReleaseIdleMemory(arrow::MemoryPool* pool);

}  // namespace v0
}  // namespace headrace
