#pragma once
// Decoded values as Parquet stores them.
// Takes: DecodedColumn. Gives: PhysicalValues. Owns: nothing. Threads: free functions. Fails: never.
#include <cstdint>
#include <string_view>
#include <vector>

#include "decode/batch.h"

namespace headrace {
inline namespace v0 {

/// Non-null values in their physical form, as PLAIN has them (but for byte arrays, whose lengths are offsets here, and
/// bools, which have a byte each).
struct PhysicalValues {
  int64_t count = 0;
  int width = 0;  ///< bytes of a value; 0: byte arrays
  bool is_bool = false;
  const uint8_t* fixed = nullptr;
  const int32_t* offsets = nullptr;  ///< count + 1
  const char* bytes = nullptr;

  std::string_view text(int64_t i) const {
    return {bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])};
  }
};

/// Return the physical form of a column's values: it points into `column`, or into `converted`.
PhysicalValues MakePhysical(const DecodedColumn& column, std::vector<uint64_t>* converted);

}  // namespace v0
}  // namespace headrace
