// Summaries with AVX2: dense values are spread over their rows, eight at a time, as Expand does it. A null's slot is
// 0.0 for the sums, and a NaN (all bits set), which is never taken, for the extremes.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/expand_tables_avx2.h"
#include "simd/summarize_block.h"

namespace headrace {
inline namespace v0 {
namespace {

class Doubles {
 public:
  using Value = double;

  void All(const double* dense) {
    for (int i = 0; i < 64; i += 8) {
      const __m256d first = _mm256_loadu_pd(dense + i), second = _mm256_loadu_pd(dense + i + 4);
      Add(first, first, 0);
      Add(second, second, 1);
    }
  }

  void Some(const double* dense, uint64_t word) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      Four(dense, word & 15, 0);
      dense += _mm_popcnt_u64(word & 15);
      Four(dense, word >> 4 & 15, 1);
      dense += _mm_popcnt_u64(word & 0xf0);
    }
  }

  void Store(FloatSummary<double>* summary) const {
    for (int half = 0; half < 2; ++half) {
      _mm256_storeu_pd(summary->min + 4 * half, min_[half]);
      _mm256_storeu_pd(summary->max + 4 * half, max_[half]);
      _mm256_storeu_pd(summary->sums + 4 * half, sums_[half]);
    }
  }

 private:
  void Four(const double* dense, uint64_t bits, int half) {
    const __m256i ranks = HalfRanksOf(bits);
    const __m256d nulls = _mm256_castsi256_pd(NullsOf(ranks));
    const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(dense));
    const __m256d spread = _mm256_castsi256_pd(_mm256_permutevar8x32_epi32(values, ranks));
    Add(_mm256_andnot_pd(nulls, spread), _mm256_or_pd(nulls, spread), half);
  }

  // Minimum and maximum give their second operand where one of them is NaN.
  void Add(__m256d for_sum, __m256d for_extremes, int half) {
    sums_[half] = _mm256_add_pd(sums_[half], for_sum);
    min_[half] = _mm256_min_pd(for_extremes, min_[half]);
    max_[half] = _mm256_max_pd(for_extremes, max_[half]);
  }

  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  __m256d sums_[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  __m256d min_[2] = {_mm256_set1_pd(kInfinity), _mm256_set1_pd(kInfinity)};
  __m256d max_[2] = {_mm256_set1_pd(-kInfinity), _mm256_set1_pd(-kInfinity)};
};

class Floats {
 public:
  using Value = float;

  void All(const float* dense) {
    for (int i = 0; i < 64; i += 8) {
      const __m256 values = _mm256_loadu_ps(dense + i);
      Add(values, values);
    }
  }

  void Some(const float* dense, uint64_t word) {
    for (int i = 0; i < 64; i += 8, word >>= 8) {
      const __m256i ranks = _mm256_cvtepi8_epi32(RanksOf(word & 255));
      const __m256 nulls = _mm256_castsi256_ps(NullsOf(ranks));
      const __m256 spread = _mm256_permutevar8x32_ps(_mm256_loadu_ps(dense), ranks);
      Add(_mm256_andnot_ps(nulls, spread), _mm256_or_ps(nulls, spread));
      dense += _mm_popcnt_u64(word & 255);
    }
  }

  void Store(FloatSummary<float>* summary) const {
    _mm256_storeu_ps(summary->min, min_);
    _mm256_storeu_ps(summary->max, max_);
    for (int half = 0; half < 2; ++half) _mm256_storeu_pd(summary->sums + 4 * half, sums_[half]);
  }

 private:
  void Add(__m256 for_sum, __m256 for_extremes) {
    sums_[0] = _mm256_add_pd(sums_[0], _mm256_cvtps_pd(_mm256_castps256_ps128(for_sum)));
    sums_[1] = _mm256_add_pd(sums_[1], _mm256_cvtps_pd(_mm256_extractf128_ps(for_sum, 1)));
    min_ = _mm256_min_ps(for_extremes, min_);
    max_ = _mm256_max_ps(for_extremes, max_);
  }

  static constexpr float kInfinity = std::numeric_limits<float>::infinity();
  __m256d sums_[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  __m256 min_ = _mm256_set1_ps(kInfinity), max_ = _mm256_set1_ps(-kInfinity);
};

constexpr SummarizeKernels kAvx2 = MakeSummarizeKernels<Doubles, Floats>();

}  // namespace

const SummarizeKernels kSummarizeAvx2 = kAvx2;

}  // namespace v0
}  // namespace headrace
#endif
