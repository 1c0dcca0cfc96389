#pragma once
// Extremes and sums of dense values: what a scan wants to know of a column.
// Takes: dense values, and for floats validity words. Gives: summaries. Owns: nothing.
// Threads: free functions without state. Fails: never. Every level gives the same bits, but for the sign of a zero
// extreme and the payload of a NaN.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Of floats: eight lanes, a row's lane being its number modulo 8; the extremes are those of all lanes together, and in
/// which of them they stand is not told. A NaN is no extreme; min is above max where there is none. Which of the zeros
/// an extreme is, is not told.
template <class Float>
struct FloatSummary {
  Float min[8], max[8];
  double sums[8];  ///< a null adds 0.0, which changes nothing: no sum is ever -0.0
};

/// Of integers: min is above max where there are no values.
template <class T>
struct IntegerSummary {
  T min, max;
  __int128 sum;
};

/// Summarize `rows` rows, of which `num_values` are not null.
FloatSummary<double> Summarize(const double* dense, int64_t num_values, const uint64_t* validity, int64_t rows);
FloatSummary<float> Summarize(const float* dense, int64_t num_values, const uint64_t* validity, int64_t rows);

/// Summarize integers.
IntegerSummary<int8_t> Summarize(const int8_t* dense, int64_t num_values);
IntegerSummary<int16_t> Summarize(const int16_t* dense, int64_t num_values);
IntegerSummary<int32_t> Summarize(const int32_t* dense, int64_t num_values);
IntegerSummary<int64_t> Summarize(const int64_t* dense, int64_t num_values);
IntegerSummary<uint8_t> Summarize(const uint8_t* dense, int64_t num_values);
IntegerSummary<uint16_t> Summarize(const uint16_t* dense, int64_t num_values);
IntegerSummary<uint32_t> Summarize(const uint32_t* dense, int64_t num_values);
IntegerSummary<uint64_t> Summarize(const uint64_t* dense, int64_t num_values);

}  // namespace v0
}  // namespace headrace
