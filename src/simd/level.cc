#include "simd/level.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

#if defined(__x86_64__)
constexpr SimdLevel kLevels[] = {SimdLevel::kPlain, SimdLevel::kAvx2, SimdLevel::kAvx512};

// The instruction sets of *_avx2.cc.
bool HasAvx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("fma") && __builtin_cpu_supports("pclmul");
}

// What the operating system saves of the registers. Only where it saves those of AVX: else the instruction is a fault.
uint64_t SavedRegisters() {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

// The instruction sets of *_avx512.cc, which are those of Ice Lake and Zen 4, on top of those of AVX2.
bool HasAvx512() {
  constexpr uint64_t kMaskAndWideRegisters = 0xE6;  // SSE, AVX; masks, the upper halves of zmm 0 to 15, zmm 16 to 31
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vpopcntdq") &&
         (SavedRegisters() & kMaskAndWideRegisters) == kMaskAndWideRegisters;
}
#elif defined(__aarch64__)
constexpr SimdLevel kLevels[] = {SimdLevel::kPlain, SimdLevel::kNeon};  // a part of the architecture
#else
constexpr SimdLevel kLevels[] = {SimdLevel::kPlain};
#endif

}  // namespace

std::span<const SimdLevel> SimdLevels() {
  const std::span<const SimdLevel> levels(kLevels);
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!HasAvx2()) return levels.first(1);
  if (!HasAvx512()) return levels.first(2);
#endif
  return levels;
}

SimdLevel InitialSimdLevel() {
  const SimdLevel* forced = FindSimdLevel(ForcedSimdName());
  return forced != nullptr ? *forced : SimdLevels().back();
}

std::string_view ForcedSimdName() {
  const char* name = std::getenv("HEADRACE_SIMD");
  return name != nullptr ? name : "";
}

const SimdLevel* FindSimdLevel(std::string_view name) {
  for (const SimdLevel& level : SimdLevels()) {
    if (SimdLevelName(level) == name) return &level;
  }
  return nullptr;
}

SimdLevel ActiveSimdLevel() { return ActiveKernels().level; }

std::string_view SimdLevelName(SimdLevel level) {
  constexpr std::string_view kNames[] = {"plain", "avx2", "avx512", "neon"};
  return kNames[static_cast<int>(level)];
}

void ForceSimdLevelForTesting(SimdLevel level) {
  const std::span<const SimdLevel> levels = SimdLevels();
  const bool has = std::find(levels.begin(), levels.end(), level) != levels.end();
  ForceKernelsForTesting(KernelsOf(has ? level : SimdLevel::kPlain));
}

}  // namespace v0
}  // namespace headrace
