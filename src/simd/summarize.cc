#include "simd/summarize.h"

#include "simd/level.h"
#include "simd/summarize_levels.h"

namespace headrace {
inline namespace v0 {
namespace {

const SummarizeKernels& Kernels() {
#if defined(__x86_64__)
  if (ActiveSimdLevel() == SimdLevel::kAvx2) return kSummarizeAvx2;
#endif
  return kSummarizePlain;
}

template <class T>
IntegerSummary<T> Call(void (*kernel)(const T*, int64_t, IntegerSummary<T>*), const T* dense, int64_t num_values) {
  IntegerSummary<T> summary;
  kernel(dense, num_values, &summary);
  return summary;
}

}  // namespace

FloatSummary<double> Summarize(const double* dense, int64_t num_values, const uint64_t* validity, int64_t rows) {
  FloatSummary<double> summary;
  Kernels().float64(dense, num_values, validity, rows, &summary);
  return summary;
}

FloatSummary<float> Summarize(const float* dense, int64_t num_values, const uint64_t* validity, int64_t rows) {
  FloatSummary<float> summary;
  Kernels().float32(dense, num_values, validity, rows, &summary);
  return summary;
}

IntegerSummary<int8_t> Summarize(const int8_t* dense, int64_t num_values) {
  return Call(Kernels().int8, dense, num_values);
}

IntegerSummary<int16_t> Summarize(const int16_t* dense, int64_t num_values) {
  return Call(Kernels().int16, dense, num_values);
}

IntegerSummary<int32_t> Summarize(const int32_t* dense, int64_t num_values) {
  return Call(Kernels().int32, dense, num_values);
}

IntegerSummary<int64_t> Summarize(const int64_t* dense, int64_t num_values) {
  return Call(Kernels().int64, dense, num_values);
}

IntegerSummary<uint8_t> Summarize(const uint8_t* dense, int64_t num_values) {
  return Call(Kernels().uint8, dense, num_values);
}

IntegerSummary<uint16_t> Summarize(const uint16_t* dense, int64_t num_values) {
  return Call(Kernels().uint16, dense, num_values);
}

IntegerSummary<uint32_t> Summarize(const uint32_t* dense, int64_t num_values) {
  return Call(Kernels().uint32, dense, num_values);
}

IntegerSummary<uint64_t> Summarize(const uint64_t* dense, int64_t num_values) {
  return Call(Kernels().uint64, dense, num_values);
}

}  // namespace v0
}  // namespace headrace
