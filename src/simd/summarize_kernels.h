#pragma once
// The summaries of one SIMD level.
#include "simd/summarize.h"

namespace headrace {
inline namespace v0 {

struct SummarizeKernels {
  void (*float64)(const double*, int64_t, const uint64_t*, int64_t, FloatSummary<double>*);
  void (*float32)(const float*, int64_t, const uint64_t*, int64_t, FloatSummary<float>*);
  void (*int8)(const int8_t*, int64_t, IntegerSummary<int8_t>*);
  void (*int16)(const int16_t*, int64_t, IntegerSummary<int16_t>*);
  void (*int32)(const int32_t*, int64_t, IntegerSummary<int32_t>*);
  void (*int64)(const int64_t*, int64_t, IntegerSummary<int64_t>*);
  void (*uint8)(const uint8_t*, int64_t, IntegerSummary<uint8_t>*);
  void (*uint16)(const uint16_t*, int64_t, IntegerSummary<uint16_t>*);
  void (*uint32)(const uint32_t*, int64_t, IntegerSummary<uint32_t>*);
  void (*uint64)(const uint64_t*, int64_t, IntegerSummary<uint64_t>*);
};

}  // namespace v0
}  // namespace headrace
