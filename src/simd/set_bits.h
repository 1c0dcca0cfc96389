#pragma once
// The places of the set bits of a byte. A table alone: no function that the linker could keep for the rest of the
// program (cmake/CheckVectorObjects.cmake).
#include <cstdint>

namespace headrace {
inline namespace v0 {

struct SetBits {
  alignas(64) uint8_t places[256][8];
};

static constexpr SetBits MakeSetBits() {
  SetBits table{};
  for (int mask = 0; mask < 256; mask++) {
    int count = 0;
    for (int bit = 0; bit < 8; bit++) {
      if (mask >> bit & 1) table.places[mask][count++] = static_cast<uint8_t>(bit);
    }
  }
  return table;
}
constexpr SetBits kSetBits = MakeSetBits();  // in the low bytes, in order; the others are 0

}  // namespace v0
}  // namespace headrace
