// Summaries without vectors of our own.
#include "simd/kernels_plain.h"
#include "simd/summarize_block.h"

namespace headrace {
inline namespace v0 {
namespace {

template <class Float>
class Plain {
 public:
  using Value = Float;

  Plain() {
    for (int lane = 0; lane < 8; ++lane) {
      summary_.min[lane] = std::numeric_limits<Float>::infinity();
      summary_.max[lane] = -std::numeric_limits<Float>::infinity();
      summary_.sums[lane] = 0;
    }
  }

  void All(const Float* dense) {
    for (int i = 0; i < 64; i += 8) TakeExtremes(dense + i);
    for (int i = 0; i < 64; i += 8) {
      for (int lane = 0; lane < 8; ++lane) summary_.sums[lane] += dense[i + lane];
    }
  }

  void Some(const Float* dense, uint64_t word) {
    int i = 0;
    const int values = std::popcount(word);
    for (; i + 8 <= values; i += 8) TakeExtremes(dense + i);
    for (; i < values; ++i) TakeExtreme(dense[i], 0);
    for (; word != 0; word &= word - 1) summary_.sums[std::countr_zero(word) % 8] += *dense++;
  }

  void Store(FloatSummary<Float>* summary) const { *summary = summary_; }

 private:
  void TakeExtremes(const Float* values) {
    for (int lane = 0; lane < 8; ++lane) TakeExtreme(values[lane], lane);
  }

  // A NaN is not less and not more than what is there, so it is never taken.
  void TakeExtreme(Float value, int lane) {
    summary_.min[lane] = value < summary_.min[lane] ? value : summary_.min[lane];
    summary_.max[lane] = value > summary_.max[lane] ? value : summary_.max[lane];
  }

  FloatSummary<Float> summary_;
};

constexpr SummarizeKernels kPlain = MakeSummarizeKernels<Plain<double>, Plain<float>>();

}  // namespace

const SummarizeKernels kSummarizePlain = kPlain;

}  // namespace v0
}  // namespace headrace
