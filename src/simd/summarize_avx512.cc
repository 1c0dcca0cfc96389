// Summaries with AVX-512: dense values are expanded to their rows, and a mask keeps nulls out of sums and extremes.
#include "simd/kernels_avx512.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/summarize_block.h"

namespace headrace {
inline namespace v0 {
namespace {

class Doubles {
 public:
  using Value = double;

  void All(const double* dense) {
    for (int i = 0; i < 64; i += 8) Add(_mm512_loadu_pd(dense + i), 0xFF);
  }

  void Some(const double* dense, uint64_t word) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const auto valid = static_cast<__mmask8>(word);
      Add(_mm512_maskz_expand_pd(valid, Load(dense)), valid);
      dense += _mm_popcnt_u32(valid);
    }
  }

  void Store(FloatSummary<double>* summary) const {
    _mm512_storeu_pd(summary->min, min_);
    _mm512_storeu_pd(summary->max, max_);
    _mm512_storeu_pd(summary->sums, sums_);
  }

 private:
  // Apart from the expansion, as in expand_avx512.cc.
  static __m512d Load(const double* from) {
    __m512d values = _mm512_loadu_pd(from);
    __asm__("" : "+v"(values));
    return values;
  }

  // Minimum and maximum give their second operand where one of them is NaN.
  void Add(__m512d values, __mmask8 valid) {
    sums_ = _mm512_mask_add_pd(sums_, valid, sums_, values);
    min_ = _mm512_mask_min_pd(min_, valid, values, min_);
    max_ = _mm512_mask_max_pd(max_, valid, values, max_);
  }

  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  __m512d sums_ = _mm512_setzero_pd();
  __m512d min_ = _mm512_set1_pd(kInfinity), max_ = _mm512_set1_pd(-kInfinity);
};

class Floats {
 public:
  using Value = float;

  void All(const float* dense) {
    for (int i = 0; i < 64; i += 16) Add(_mm512_loadu_ps(dense + i), 0xFFFF);
  }

  // Eight rows a step: of sixteen, more than eight values beyond the last could be read.
  void Some(const float* dense, uint64_t word) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const auto valid = static_cast<__mmask8>(word);
      const __m256 values = _mm256_maskz_expand_ps(valid, Load(dense));
      AddEight(values, valid);
      half_min_ = _mm256_mask_min_ps(half_min_, valid, values, half_min_);
      half_max_ = _mm256_mask_max_ps(half_max_, valid, values, half_max_);
      dense += _mm_popcnt_u32(valid);
    }
  }

  void Store(FloatSummary<float>* summary) const {
    const auto high = [](__m512 lanes) { return _mm512_extractf32x8_ps(lanes, 1); };
    const auto low = [](__m512 lanes) { return _mm512_castps512_ps256(lanes); };
    _mm256_storeu_ps(summary->min, _mm256_min_ps(_mm256_min_ps(low(min_), high(min_)), half_min_));
    _mm256_storeu_ps(summary->max, _mm256_max_ps(_mm256_max_ps(low(max_), high(max_)), half_max_));
    _mm512_storeu_pd(summary->sums, sums_);
  }

 private:
  static __m256 Load(const float* from) {
    __m256 values = _mm256_loadu_ps(from);
    __asm__("" : "+v"(values));
    return values;
  }

  void AddEight(__m256 values, __mmask8 valid) {
    sums_ = _mm512_mask_add_pd(sums_, valid, sums_, _mm512_cvtps_pd(values));
  }
  void Add(__m512 values, __mmask16 valid) {
    AddEight(_mm512_castps512_ps256(values), static_cast<__mmask8>(valid));
    AddEight(_mm512_extractf32x8_ps(values, 1), static_cast<__mmask8>(valid >> 8));
    min_ = _mm512_mask_min_ps(min_, valid, values, min_);
    max_ = _mm512_mask_max_ps(max_, valid, values, max_);
  }

  static constexpr float kInfinity = std::numeric_limits<float>::infinity();
  __m512d sums_ = _mm512_setzero_pd();
  __m512 min_ = _mm512_set1_ps(kInfinity), max_ = _mm512_set1_ps(-kInfinity);
  __m256 half_min_ = _mm256_set1_ps(kInfinity), half_max_ = _mm256_set1_ps(-kInfinity);
};

constexpr SummarizeKernels kAvx512 = MakeSummarizeKernels<Doubles, Floats>();

}  // namespace

const SummarizeKernels kSummarizeAvx512 = kAvx512;

}  // namespace v0
}  // namespace headrace
#endif
