#pragma once
// Bloom filters of column chunks (parquet-format, BloomFilter.md): split blocks, XXH64 of each value as PLAIN has it.
// Takes: PhysicalValues. Gives: a filter's bytes. Owns: nothing. Threads: a free function. Fails: Status.
#include <arrow/memory_pool.h>

#include <string>

#include "headrace/status.h"
#include "sink/physical_values.h"

namespace headrace {
inline namespace v0 {

/// Return the filter of these values (not bools), as it lies in the file: as large as the distinct ones among them
/// need. Of floats, either zero stands for both: they are equal to whoever asks.
Result<std::string> BloomFilterOf(const PhysicalValues& values, bool is_float, double false_positive_rate,
                                  arrow::MemoryPool* pool);

}  // namespace v0
}  // namespace headrace
