#include "simd/level.h"

#include <algorithm>
#include <cstdlib>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr SimdLevel kOnlyPlain[] = {SimdLevel::kPlain};

}  // namespace

std::span<const SimdLevel> SimdLevels() {
#if defined(__x86_64__)
  static constexpr SimdLevel kLevels[] = {SimdLevel::kPlain, SimdLevel::kAvx2};
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("pclmul")) {
    return kLevels;
  }
#elif defined(__aarch64__)
  static constexpr SimdLevel kLevels[] = {SimdLevel::kPlain, SimdLevel::kNeon};  // a part of the architecture
  return kLevels;
#endif
  return kOnlyPlain;
}

SimdLevel InitialSimdLevel() {
  const char* forced = std::getenv("HEADRACE_SIMD");
  for (const SimdLevel level : SimdLevels()) {
    if (forced != nullptr && SimdLevelName(level) == forced) return level;
  }
  return SimdLevels().back();
}

SimdLevel ActiveSimdLevel() { return ActiveKernels().level; }

std::string_view SimdLevelName(SimdLevel level) {
  constexpr std::string_view kNames[] = {"plain", "avx2", "neon"};
  return kNames[static_cast<int>(level)];
}

void ForceSimdLevelForTesting(SimdLevel level) {
  const std::span<const SimdLevel> levels = SimdLevels();
  const bool has = std::find(levels.begin(), levels.end(), level) != levels.end();
  ForceKernelsForTesting(KernelsOf(has ? level : SimdLevel::kPlain));
}

}  // namespace v0
}  // namespace headrace
