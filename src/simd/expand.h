#pragma once
// Spreads dense values over their rows: the step from decoded values to an Arrow array.
// Takes: dense values and validity words. Gives: one slot a row, null slots zero. Owns: nothing.
// Threads: free functions without state. Fails: never; the caller gives buffers of the right size.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Spread values of `width` bytes (1, 2, 4, 8 or 16) over `rows` slots. `num_values` are there to be read, at least as
/// many as there are valid rows; none beyond them is read, and no slot beyond `rows` is written.
using ExpandValuesFn = void (*)(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity,
                                int64_t rows, uint8_t* out);

/// The same by the kernel of the level in use.
void ExpandValues(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                  uint8_t* out);

/// Spread offsets, one more than there are valid rows, into `rows + 1`: a null row is an empty one.
void ExpandOffsets(const int32_t* dense, const uint64_t* validity, int64_t rows, int32_t* out);

/// Spread bytes of 0 or 1 over the bits of (rows + 63) / 64 words; bits of null rows and past `rows` are 0.
void ExpandBits(const uint8_t* dense, const uint64_t* validity, int64_t rows, uint64_t* out);

}  // namespace v0
}  // namespace headrace
