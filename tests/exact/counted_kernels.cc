#include "exact/counted_kernels.h"

#include <bit>
#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

// Kernel number kNumber of the table, which is that of one level.
template <int kNumber, class Function>
struct Counted;
template <int kNumber, class... Rest>
struct Counted<kNumber, uint64_t (*)(const FieldBlock&, Rest...)> {
  static inline uint64_t (*kernel)(const FieldBlock&, Rest...) = nullptr;
  static uint64_t Call(const FieldBlock& block, Rest... rest) {
    const uint64_t again = kernel(block, rest...);
    KernelCounts& counts = CountsOfThisThread();
    counts.given += block.size;
    counts.taken += block.size - std::popcount(again);
    return again;
  }
};

template <int kNumber, class Function>
void Count(Function* kernel) {
  if (*kernel == nullptr) return;
  Counted<kNumber, Function>::kernel = *kernel;
  *kernel = Counted<kNumber, Function>::Call;
}

template <size_t... kNumbers>
void CountNumbers(NumberKernels* numbers, std::index_sequence<kNumbers...>) {
  (Count<int{kNumbers}>(&std::get<kNumbers>(*numbers)), ...);
}

Kernels CountBest() {
  Kernels kernels = KernelsOf(SimdLevels().back());
  CountNumbers(&kernels.numbers, std::make_index_sequence<std::tuple_size_v<NumberKernels>>());
  Count<100>(&kernels.read_decimals);
  Count<101>(&kernels.read_dates);
  Count<102>(&kernels.read_timestamps);
  Count<104>(&kernels.read_checked_doubles);
  Count<103>(&kernels.find_telling_numbers);
  return kernels;
}

}  // namespace

KernelCounts& CountsOfThisThread() {
  thread_local KernelCounts counts;
  return counts;
}

const Kernels& CountedKernelsOf(SimdLevel level) {
  static const Kernels kBest = CountBest();
  return level == SimdLevels().back() ? kBest : KernelsOf(level);
}

}  // namespace v0
}  // namespace headrace
