#pragma once
// The bytes inside a page: levels, PLAIN values, dictionary indices (parquet-format, Encodings.md).
// Takes: validity words, values, indices. Gives: bytes. Owns: nothing. Threads: free functions. Fails: never.
#include <cstdint>

#include "sink/physical_values.h"

namespace headrace {
inline namespace v0 {

/// Store the definition levels of an optional column behind their length: one run where no value is null, otherwise
/// the validity bits themselves, bit-packed. Return the end.
uint8_t* StoreLevels(const uint64_t* validity, int64_t rows, int64_t num_values, uint8_t* to);
int64_t MaxLevelBytes(int64_t rows);

/// Store values [first, first + count) as PLAIN; return the end.
uint8_t* StorePlain(const PhysicalValues& values, int64_t first, int64_t count, uint8_t* to);
int64_t PlainBytes(const PhysicalValues& values, int64_t first, int64_t count);

/// The same as DELTA_BINARY_PACKED (of 4 or 8 bytes) or, byte arrays, DELTA_LENGTH_BYTE_ARRAY.
uint8_t* StoreDelta(const PhysicalValues& values, int64_t first, int64_t count, uint8_t* to);
int64_t MaxDeltaBytes(const PhysicalValues& values, int64_t first, int64_t count);

/// Return the bits of an index into `num_distinct` values: as few as possible, or 8 or 16.
int IndexBits(int64_t num_distinct, bool whole_bytes);

/// Store indices as RLE_DICTIONARY: all as runs, or all bit-packed, whatever is shorter. Return the end.
uint8_t* StoreIndices(const uint16_t* indices, int64_t count, int bits, uint8_t* to);
int64_t MaxIndexBytes(int64_t count, int bits);

}  // namespace v0
}  // namespace headrace
