// Turned columns are those of the matrix, at every level.
#include "simd/columns.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "simd/kernels.h"
#include "simd/test_rounds.h"

namespace headrace {
inline namespace v0 {
namespace {

void Check(TurnColumnsFn turn, const std::vector<uint32_t>& ends, uint32_t columns, uint32_t rows, uint32_t first,
           uint32_t quote) {
  const uint32_t count = std::min(kTileColumns, columns - first);
  const size_t stride = (rows + 7) / 8 * 8;
  std::vector<uint32_t> begins(stride * (count + 1)), turned(stride * count);
  const uint32_t empty = turn(ends.data() + first, columns, rows, count, quote, {begins.data(), turned.data(), stride});
  for (uint32_t column = 0; column < count; column++) {
    for (uint32_t row = 0; row < rows; row++) {
      const uint32_t end = ends[size_t{row} * columns + first + column];
      ASSERT_EQ(turned[column * stride + row], end - quote) << "row " << row << " column " << column;
      ASSERT_EQ(begins[(column + 1) * stride + row], end + 1 + quote) << "row " << row << " column " << column;
    }
  }
  for (uint32_t column = 0; column < count; column++) {
    bool any = false;
    for (uint32_t row = 0; row < rows && column > 0; row++) {
      any |= begins[column * stride + row] == turned[column * stride + row];
    }
    ASSERT_EQ((empty >> column & 1) != 0, any) << "column " << column;
  }
}

TEST(TurnColumns, AsInTheMatrix) {
  std::mt19937 random(5);
  for (int i = Rounds(3000); i > 0; i--) {
    const uint32_t columns = 1 + random() % 20, rows = 1 + random() % (random() % 8 ? 40 : 400);
    std::vector<uint32_t> ends(size_t{rows} * columns);
    const bool has_empty = random() % 2 != 0;
    for (uint32_t& end : ends) end = static_cast<uint32_t>(has_empty ? random() % 16 + 4 : random() | 1);
    ends.resize(ends.size() + 64);
    for (uint32_t first = 0; first < columns; first += kTileColumns) {
      for (const SimdLevel level : SimdLevels()) {
        Check(KernelsOf(level).turn_columns, ends, columns, rows, first, random() % 2);
      }
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
