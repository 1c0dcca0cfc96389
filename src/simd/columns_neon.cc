// Tiles of four rows and four columns, each transposed in registers.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/lanes_neon.h"

namespace headrace {
inline namespace v0 {

uint32_t TurnColumnsNeon(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count, uint32_t quote,
                         const ColumnTile& tile) {
  const uint32x4_t narrow = vdupq_n_u32(quote), next = vdupq_n_u32(1 + quote);
  uint32x4_t empty[kTileColumns];
  for (uint32x4_t& rows_of_column : empty) rows_of_column = vdupq_n_u32(0);
  for (uint32_t row = 0; row < rows; row += 4) {
    uint32x4_t begin = vdupq_n_u32(~uint32_t{0});
    for (uint32_t first = 0; first < count; first += 4) {
      uint32x4_t from[4], lanes[4];
      for (uint32_t i = 0; i < 4; i++) {
        from[i] = vld1q_u32(ends + size_t{row + i < rows ? row + i : rows - 1} * columns + first);
      }
      Transpose(from, lanes);
      const uint32_t stop = count - first < 4 ? count - first : 4;
      for (uint32_t i = 0; i < stop; i++) {
        const uint32x4_t end = vsubq_u32(lanes[i], narrow);
        empty[first + i] = vorrq_u32(empty[first + i], vceqq_u32(begin, end));
        begin = vaddq_u32(lanes[i], next);
        vst1q_u32(tile.ends + (first + i) * tile.stride + row, end);
        vst1q_u32(tile.begins + (first + i + 1) * tile.stride + row, begin);
      }
    }
  }
  uint32_t any = 0;
  for (uint32_t i = 1; i < count; i++) any |= uint32_t{vmaxvq_u32(empty[i]) != 0} << i;
  return any;
}

}  // namespace v0
}  // namespace headrace
#endif
