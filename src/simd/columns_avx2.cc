// Tiles of eight rows and eight columns, each transposed in registers.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace headrace {
inline namespace v0 {
namespace {

inline __m256i Load(const uint32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline void Store(uint32_t* to, __m256i lanes) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), lanes); }

// Rows i and i + 4 in the halves of one register, then pairs and fours of columns.
inline void Transpose(const uint32_t* const rows[8], __m256i columns[8]) {
  __m256i low[4], high[4];  // columns 0 to 3 and 4 to 7 of rows i and i + 4
  for (int i = 0; i < 4; i++) {
    const __m256i top = Load(rows[i]), bottom = Load(rows[i + 4]);
    low[i] = _mm256_permute2x128_si256(top, bottom, 0x20);
    high[i] = _mm256_permute2x128_si256(top, bottom, 0x31);
  }
  const auto spread = [](const __m256i half[4], __m256i* out) {
    const __m256i even01 = _mm256_unpacklo_epi32(half[0], half[1]), even23 = _mm256_unpacklo_epi32(half[2], half[3]);
    const __m256i odd01 = _mm256_unpackhi_epi32(half[0], half[1]), odd23 = _mm256_unpackhi_epi32(half[2], half[3]);
    out[0] = _mm256_unpacklo_epi64(even01, even23);
    out[1] = _mm256_unpackhi_epi64(even01, even23);
    out[2] = _mm256_unpacklo_epi64(odd01, odd23);
    out[3] = _mm256_unpackhi_epi64(odd01, odd23);
  };
  spread(low, columns);
  spread(high, columns + 4);
}

}  // namespace

uint32_t TurnColumnsAvx2(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count, uint32_t quote,
                         const ColumnTile& tile) {
  const __m256i narrow = _mm256_set1_epi32(static_cast<int>(quote));
  const __m256i next = _mm256_set1_epi32(static_cast<int>(1 + quote));
  __m256i empty[kTileColumns];
  for (__m256i& rows_of_column : empty) rows_of_column = _mm256_setzero_si256();
  for (uint32_t row = 0; row < rows; row += 8) {
    const uint32_t* from[8];
    for (uint32_t i = 0; i < 8; i++) from[i] = ends + size_t{row + i < rows ? row + i : rows - 1} * columns;
    __m256i lanes[8];
    Transpose(from, lanes);
    __m256i begin = _mm256_set1_epi32(-1);
    for (uint32_t column = 0; column < count; column++) {
      const __m256i end = _mm256_sub_epi32(lanes[column], narrow);
      empty[column] = _mm256_or_si256(empty[column], _mm256_cmpeq_epi32(begin, end));
      begin = _mm256_add_epi32(lanes[column], next);
      Store(tile.ends + column * tile.stride + row, end);
      Store(tile.begins + (column + 1) * tile.stride + row, begin);
    }
  }
  uint32_t any = 0;
  for (uint32_t i = 1; i < count; i++) any |= uint32_t{_mm256_testz_si256(empty[i], empty[i]) == 0} << i;
  return any;
}

}  // namespace v0
}  // namespace headrace
#endif
