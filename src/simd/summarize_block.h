#pragma once
// The loops that all levels of Summarize share. They are templates over a type of the including file, so that each
// instruction set gets copies of its own.
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "simd/summarize_kernels.h"

namespace headrace {
inline namespace v0 {

/// Summarize floats word by word. A kernel holds the lanes:
///   using Value = float or double;
///   void All(const Value* dense);                  // 64 rows, none null
///   void Some(const Value* dense, uint64_t word);  // 64 rows; may read eight values beyond the last of the word
///   void Store(FloatSummary<Value>* summary) const;
template <class Kernel, class Value = typename Kernel::Value>
void SummarizeFloats(const Value* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                     FloatSummary<Value>* summary) {
  Kernel kernel;
  const Value* const end = dense + num_values;
  for (int64_t row = 0; row < rows; row += 64) {
    const uint64_t word = validity[row / 64];
    const int values = std::popcount(word);
    if (values == 64) {
      kernel.All(dense);
    } else if (end - dense >= values + 8) {
      kernel.Some(dense, word);
    } else if (values > 0) {
      Value last[72] = {};
      std::memcpy(last, dense, static_cast<size_t>(values) * sizeof(Value));
      kernel.Some(last, word);
    }
    dense += values;
  }
  kernel.Store(summary);
}

/// Summarize integers. Sums of a block fit 64 bits: values of up to 32 bits as they are, longer ones as two halves
/// without a sign. `Level` is any type of the including file.
template <class Level, class T>
void SummarizeIntegers(const T* dense, int64_t num_values, IntegerSummary<T>* summary) {
  constexpr int64_t kBlockValues = int64_t{1} << 20;
  T min = std::numeric_limits<T>::max(), max = std::numeric_limits<T>::min();
  __int128 sum = 0;
  for (int64_t begin = 0; begin < num_values; begin += kBlockValues) {
    const int64_t end = num_values - begin < kBlockValues ? num_values : begin + kBlockValues;
    if constexpr (sizeof(T) == 8) {
      constexpr uint64_t kBias = std::is_signed_v<T> ? uint64_t{1} << 63 : 0;
      uint64_t low = 0, high = 0;
      for (int64_t i = begin; i < end; ++i) {
        min = dense[i] < min ? dense[i] : min;
        max = dense[i] > max ? dense[i] : max;
        const uint64_t biased = static_cast<uint64_t>(dense[i]) ^ kBias;
        low += biased & 0xffffffff;
        high += biased >> 32;
      }
      sum += (static_cast<__int128>(high) << 32) + low - static_cast<__int128>(kBias) * (end - begin);
    } else {
      int64_t block = 0;
      for (int64_t i = begin; i < end; ++i) {
        min = dense[i] < min ? dense[i] : min;
        max = dense[i] > max ? dense[i] : max;
        block += dense[i];
      }
      sum += block;
    }
  }
  *summary = {min, max, sum};
}

/// Return a level's kernels.
template <class Float64Kernel, class Float32Kernel>
constexpr SummarizeKernels MakeSummarizeKernels() {
  return {SummarizeFloats<Float64Kernel>,
          SummarizeFloats<Float32Kernel>,
          SummarizeIntegers<Float64Kernel, int8_t>,
          SummarizeIntegers<Float64Kernel, int16_t>,
          SummarizeIntegers<Float64Kernel, int32_t>,
          SummarizeIntegers<Float64Kernel, int64_t>,
          SummarizeIntegers<Float64Kernel, uint8_t>,
          SummarizeIntegers<Float64Kernel, uint16_t>,
          SummarizeIntegers<Float64Kernel, uint32_t>,
          SummarizeIntegers<Float64Kernel, uint64_t>};
}

}  // namespace v0
}  // namespace headrace
