#include "simd/summarize.h"

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

template <class T>
IntegerSummary<T> Call(void (*kernel)(const T*, int64_t, IntegerSummary<T>*), const T* dense, int64_t num_values) {
  IntegerSummary<T> summary;
  kernel(dense, num_values, &summary);
  return summary;
}

}  // namespace

FloatSummary<double> Summarize(const double* dense, int64_t num_values, const uint64_t* validity, int64_t rows) {
  FloatSummary<double> summary;
  ActiveKernels().summarize->float64(dense, num_values, validity, rows, &summary);
  return summary;
}

FloatSummary<float> Summarize(const float* dense, int64_t num_values, const uint64_t* validity, int64_t rows) {
  FloatSummary<float> summary;
  ActiveKernels().summarize->float32(dense, num_values, validity, rows, &summary);
  return summary;
}

IntegerSummary<int8_t> Summarize(const int8_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->int8, dense, num_values);
}

IntegerSummary<int16_t> Summarize(const int16_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->int16, dense, num_values);
}

IntegerSummary<int32_t> Summarize(const int32_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->int32, dense, num_values);
}

IntegerSummary<int64_t> Summarize(const int64_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->int64, dense, num_values);
}

IntegerSummary<uint8_t> Summarize(const uint8_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->uint8, dense, num_values);
}

IntegerSummary<uint16_t> Summarize(const uint16_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->uint16, dense, num_values);
}

IntegerSummary<uint32_t> Summarize(const uint32_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->uint32, dense, num_values);
}

IntegerSummary<uint64_t> Summarize(const uint64_t* dense, int64_t num_values) {
  return Call(ActiveKernels().summarize->uint64, dense, num_values);
}

}  // namespace v0
}  // namespace headrace
