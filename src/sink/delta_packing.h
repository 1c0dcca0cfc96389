#pragma once
// Parquet's DELTA_BINARY_PACKED and DELTA_LENGTH_BYTE_ARRAY (parquet-format, Encodings.md).
// Takes: physical values. Gives: bytes. Owns: nothing. Threads: free functions. Fails: never.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Store differences of each value to the one before it, bit-packed; they wrap. Return the end.
uint8_t* StoreDeltas(const int32_t* values, int64_t count, uint8_t* to);
uint8_t* StoreDeltas(const int64_t* values, int64_t count, uint8_t* to);

/// Return the most bytes that `count` values of `width` bytes (4 or 8) may take.
int64_t MaxDeltaBytes(int64_t count, int width);

/// Store `count` byte arrays, the i-th of them bytes[offsets[i], offsets[i + 1]): all lengths as differences, then all
/// bytes. Return the end.
uint8_t* StoreDeltaLengths(const int32_t* offsets, const char* bytes, int64_t count, uint8_t* to);

}  // namespace v0
}  // namespace headrace
