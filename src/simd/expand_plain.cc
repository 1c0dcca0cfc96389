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
  ExpandByWidth<Plain<uint8_t>, Plain<uint16_t>, Plain<uint32_t>, Plain<uint64_t>, Plain<unsigned __int128>>(
      width, dense, num_values, validity, rows, out);
}

}  // namespace v0
}  // namespace headrace
