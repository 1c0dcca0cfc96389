// Summaries with NEON: dense values are spread over their rows, four or eight at a time. A null's slot is 0.0 for the
// sums, and a NaN (all bits set), which is never taken, for the extremes.
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include "simd/expand_tables_neon.h"
#include "simd/summarize_block.h"

namespace headrace {
inline namespace v0 {
namespace {

inline float64x2_t AsDoubles(uint8x16_t bytes) { return vreinterpretq_f64_u8(bytes); }
inline float32x4_t AsFloats(uint8x16_t bytes) { return vreinterpretq_f32_u8(bytes); }

class Doubles {
 public:
  using Value = double;

  void All(const double* dense) {
    for (int i = 0; i < 64; i += 2) {
      const float64x2_t values = vld1q_f64(dense + i);
      Add(values, values, i / 2 % 4);
    }
  }

  void Some(const double* dense, uint64_t word) {
    for (int i = 0; i < 64; i += 2, word >>= 2) {
      const uint8x16_t order = vld1q_u8(kPairOrders.of[word & 3]), nulls = NullsOf(order);
      const uint8x16_t spread = vqtbl1q_u8(Load16(dense), order);
      Add(AsDoubles(spread), AsDoubles(vorrq_u8(spread, nulls)), i / 2 % 4);
      dense += (word & 1) + (word >> 1 & 1);
    }
  }

  void Store(FloatSummary<double>* summary) const {
    for (int pair = 0; pair < 4; ++pair) {
      vst1q_f64(summary->min + 2 * pair, min_[pair]);
      vst1q_f64(summary->max + 2 * pair, max_[pair]);
      vst1q_f64(summary->sums + 2 * pair, sums_[pair]);
    }
  }

 private:
  // A comparison with a NaN is false, so it is never taken.
  void Add(float64x2_t for_sum, float64x2_t for_extremes, int pair) {
    sums_[pair] = vaddq_f64(sums_[pair], for_sum);
    min_[pair] = vbslq_f64(vcltq_f64(for_extremes, min_[pair]), for_extremes, min_[pair]);
    max_[pair] = vbslq_f64(vcgtq_f64(for_extremes, max_[pair]), for_extremes, max_[pair]);
  }

  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  float64x2_t sums_[4] = {};
  float64x2_t min_[4] = {vdupq_n_f64(kInfinity), vdupq_n_f64(kInfinity), vdupq_n_f64(kInfinity),
                         vdupq_n_f64(kInfinity)};
  float64x2_t max_[4] = {vdupq_n_f64(-kInfinity), vdupq_n_f64(-kInfinity), vdupq_n_f64(-kInfinity),
                         vdupq_n_f64(-kInfinity)};
};

class Floats {
 public:
  using Value = float;

  void All(const float* dense) {
    for (int i = 0; i < 64; i += 4) {
      const float32x4_t values = vld1q_f32(dense + i);
      Add(values, values, i / 4 % 2);
    }
  }

  void Some(const float* dense, uint64_t word) {
    for (int i = 0; i < 64; i += 4, word >>= 4) {
      const uint8x16_t order = vld1q_u8(kFourOrders.of[word & 15]), nulls = NullsOf(order);
      const uint8x16_t spread = vqtbl1q_u8(Load16(dense), order);
      Add(AsFloats(spread), AsFloats(vorrq_u8(spread, nulls)), i / 4 % 2);
      dense += __builtin_popcountll(word & 15);
    }
  }

  void Store(FloatSummary<float>* summary) const {
    for (int half = 0; half < 2; ++half) {
      vst1q_f32(summary->min + 4 * half, min_[half]);
      vst1q_f32(summary->max + 4 * half, max_[half]);
    }
    for (int pair = 0; pair < 4; ++pair) vst1q_f64(summary->sums + 2 * pair, sums_[pair]);
  }

 private:
  void Add(float32x4_t for_sum, float32x4_t for_extremes, int half) {
    sums_[2 * half] = vaddq_f64(sums_[2 * half], vcvt_f64_f32(vget_low_f32(for_sum)));
    sums_[2 * half + 1] = vaddq_f64(sums_[2 * half + 1], vcvt_high_f64_f32(for_sum));
    min_[half] = vbslq_f32(vcltq_f32(for_extremes, min_[half]), for_extremes, min_[half]);
    max_[half] = vbslq_f32(vcgtq_f32(for_extremes, max_[half]), for_extremes, max_[half]);
  }

  static constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float64x2_t sums_[4] = {};
  float32x4_t min_[2] = {vdupq_n_f32(kInfinity), vdupq_n_f32(kInfinity)};
  float32x4_t max_[2] = {vdupq_n_f32(-kInfinity), vdupq_n_f32(-kInfinity)};
};

constexpr SummarizeKernels kNeon = MakeSummarizeKernels<Doubles, Floats>();

}  // namespace

const SummarizeKernels kSummarizeNeon = kNeon;

}  // namespace v0
}  // namespace headrace
#endif
