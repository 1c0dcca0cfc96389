#include "simd/level.h"

#include <atomic>
#include <cstdlib>
#include <string_view>

namespace headrace {
inline namespace v0 {
namespace {

SimdLevel BestLevel() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("pclmul")) {
    return SimdLevel::kAvx2;
  }
#endif
  return SimdLevel::kPlain;
}

SimdLevel InitialLevel() {
  const char* forced = std::getenv("HEADRACE_SIMD");
  if (forced != nullptr && std::string_view(forced) == "plain") return SimdLevel::kPlain;
  return BestLevel();
}

std::atomic<SimdLevel>& Level() {
  static std::atomic<SimdLevel> level{InitialLevel()};
  return level;
}

}  // namespace

SimdLevel ActiveSimdLevel() { return Level().load(std::memory_order_relaxed); }

std::string_view SimdLevelName(SimdLevel level) { return level == SimdLevel::kAvx2 ? "avx2" : "plain"; }

void ForceSimdLevelForTesting(SimdLevel level) {
  Level().store(level == SimdLevel::kAvx2 ? BestLevel() : level, std::memory_order_relaxed);
}

}  // namespace v0
}  // namespace headrace
