// Spreading values without vectors: one value a step, and no branch on the data.
#include "simd/expand_block.h"
#include "simd/kernels_plain.h"

namespace headrace {
inline namespace v0 {
namespace {

template <class T>
struct Plain {
  using Value = T;
  static constexpr int kSpareValues = 1;
  static void Word(const T* dense, uint64_t word, T* out) {
    for (int i = 0; i < 64; ++i, word >>= 1) {
      out[i] = static_cast<T>(*dense & -static_cast<T>(word & 1));
      dense += word & 1;
    }
  }
};

}  // namespace

void ExpandValuesPlain(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                       uint8_t* out) {
  switch (width) {
    case 1:
      return ExpandBlocks<Plain<uint8_t>>(dense, num_values, validity, rows, out);
    case 2:
      return ExpandBlocks<Plain<uint16_t>>(dense, num_values, validity, rows, out);
    case 4:
      return ExpandBlocks<Plain<uint32_t>>(dense, num_values, validity, rows, out);
    case 8:
      return ExpandBlocks<Plain<uint64_t>>(dense, num_values, validity, rows, out);
    default:
      return ExpandBlocks<Plain<unsigned __int128>>(dense, num_values, validity, rows, out);
  }
}

}  // namespace v0
}  // namespace headrace
