#pragma once
// Masks of bytes by their place, for the decoding kernels of every level. A table alone: no function that the linker
// could keep for the rest of the program (cmake/CheckVectorObjects.cmake).
#include <cstdint>

namespace headrace {
inline namespace v0 {

struct Masks {
  alignas(64) uint8_t bytes[160];
};

// Zeros below byte 80, then ones; ones below byte 96, then zeros. 16 or 32 bytes are read at an offset that puts the
// change where it is wanted; within the shape they lie in one cache line.
static constexpr Masks MakeMasks(bool zeros_first) {
  Masks table{};
  for (int i = 0; i < 160; i++) table.bytes[i] = (zeros_first ? i >= 80 : i < 96) ? 0xFF : 0;
  return table;
}
constexpr Masks kOnesFrom = MakeMasks(true), kOnesUntil = MakeMasks(false);

}  // namespace v0
}  // namespace headrace
