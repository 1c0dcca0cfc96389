#include "simd/kernels_plain.h"

namespace headrace {
inline namespace v0 {

uint32_t TurnColumnsPlain(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count, uint32_t quote,
                          const ColumnTile& tile) {
  uint32_t empty = 0;
  for (uint32_t column = 0; column < count; column++) {
    const uint32_t* begin = tile.begins + column * tile.stride;  // filled with the column to the left
    uint32_t* next_begin = tile.begins + (column + 1) * tile.stride;
    uint32_t* end = tile.ends + column * tile.stride;
    for (uint32_t row = 0; row < rows; row++) {
      const uint32_t at = ends[size_t{row} * columns + column];
      end[row] = at - quote;
      next_begin[row] = at + 1 + quote;
      if (column > 0) empty |= uint32_t{begin[row] == end[row]} << column;
    }
  }
  return empty;
}

}  // namespace v0
}  // namespace headrace
