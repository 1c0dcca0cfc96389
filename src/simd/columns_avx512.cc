// Tiles of sixteen rows and eight columns, each transposed in registers.
// The build compiles this file (and every *_avx512.cc) with AVX-512 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kTileRows = 16;

inline __m256i Load(const uint32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

// Rows i and i + 4 of eight in the halves of one register, then pairs and fours of columns: the lanes of 128 bits have
// column k of rows 0 to 3, column k + 4 of rows 0 to 3, and the same of rows 4 to 7.
inline void TransposeEight(const uint32_t* const* rows, __m512i* lanes) {
  __m512i both[4];
  for (int i = 0; i < 4; i++) both[i] = _mm512_inserti64x4(_mm512_castsi256_si512(Load(rows[i])), Load(rows[i + 4]), 1);
  const __m512i even01 = _mm512_unpacklo_epi32(both[0], both[1]), even23 = _mm512_unpacklo_epi32(both[2], both[3]);
  const __m512i odd01 = _mm512_unpackhi_epi32(both[0], both[1]), odd23 = _mm512_unpackhi_epi32(both[2], both[3]);
  lanes[0] = _mm512_unpacklo_epi64(even01, even23);
  lanes[1] = _mm512_unpackhi_epi64(even01, even23);
  lanes[2] = _mm512_unpacklo_epi64(odd01, odd23);
  lanes[3] = _mm512_unpackhi_epi64(odd01, odd23);
}

inline void Transpose(const uint32_t* const (&rows)[kTileRows], __m512i (&columns)[kTileColumns]) {
  __m512i first[4], second[4];
  TransposeEight(rows, first);
  TransposeEight(rows + 8, second);
  for (int i = 0; i < 4; i++) {
    columns[i] = _mm512_shuffle_i64x2(first[i], second[i], 0x88);
    columns[i + 4] = _mm512_shuffle_i64x2(first[i], second[i], 0xDD);
  }
}

// Store sixteen rows, or eight where a list may end behind them.
template <bool kAll>
inline void Store(uint32_t* to, __m512i lanes) {
  if constexpr (kAll) {
    _mm512_storeu_si512(to, lanes);
  } else {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(lanes));
  }
}

struct Turner {
  const uint32_t count;
  const __m512i narrow, next;
  __m512i shortest[kTileColumns];  // a lane is 0 where a field was empty

  // Unrolled, so that lanes[column] is a register.
  template <bool kAll>
  [[gnu::always_inline]] void Turn(const uint32_t* const (&rows)[kTileRows], uint32_t* begins, uint32_t* ends,
                                   size_t stride) {
    __m512i lanes[kTileColumns];
    Transpose(rows, lanes);
    __m512i begin = _mm512_set1_epi32(-1);
#pragma GCC unroll 8
    for (uint32_t column = 0; column < kTileColumns; column++) {
      if (column == count) break;
      const __m512i end = _mm512_sub_epi32(lanes[column], narrow);
      shortest[column] = _mm512_min_epu32(shortest[column], _mm512_xor_si512(begin, end));
      begin = _mm512_add_epi32(lanes[column], next);
      Store<kAll>(ends + column * stride, end);
      Store<kAll>(begins + (column + 1) * stride, begin);
    }
  }
};

}  // namespace

uint32_t TurnColumnsAvx512(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count, uint32_t quote,
                           const ColumnTile& tile) {
  Turner turner{count, _mm512_set1_epi32(static_cast<int>(quote)), _mm512_set1_epi32(static_cast<int>(1 + quote)), {}};
  for (__m512i& lanes : turner.shortest) lanes = _mm512_set1_epi32(-1);
  const size_t stride = tile.stride;
  const uint32_t* from[kTileRows];
  uint32_t row = 0;
  for (; rows - row >= kTileRows; row += kTileRows) {
    for (uint32_t i = 0; i < kTileRows; i++) from[i] = ends + size_t{row + i} * columns;
    turner.Turn<true>(from, tile.begins + row, tile.ends + row, stride);
  }
  if (row < rows) {  // the last row stands for those behind it
    for (uint32_t i = 0; i < kTileRows; i++) from[i] = ends + size_t{row + i < rows ? row + i : rows - 1} * columns;
    if (rows - row > 8) {
      turner.Turn<true>(from, tile.begins + row, tile.ends + row, stride);
    } else {
      turner.Turn<false>(from, tile.begins + row, tile.ends + row, stride);
    }
  }
  uint32_t empty = 0;
  for (uint32_t i = 1; i < count; i++) {
    empty |= uint32_t{_mm512_testn_epi32_mask(turner.shortest[i], turner.shortest[i]) != 0} << i;
  }
  return empty;
}

}  // namespace v0
}  // namespace headrace
#endif
