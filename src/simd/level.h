#pragma once
// Which instruction set the kernels use (simd/kernels.h). Chosen once; HEADRACE_SIMD=plain|avx2|avx512|neon forces a
// level that the machine has.
#include <span>
#include <string_view>

namespace headrace {
inline namespace v0 {

enum class SimdLevel { kPlain, kAvx2, kAvx512, kNeon };

/// Return the levels that the machine has: kPlain first, the best one last.
std::span<const SimdLevel> SimdLevels();

/// Return the level to begin with: what HEADRACE_SIMD forces, else the machine's best.
SimdLevel InitialSimdLevel();

/// Return what HEADRACE_SIMD asks for; empty where it asks for nothing. It may name no level of the machine: then the
/// best one is in use, and jobs are refused (job/settle.h).
std::string_view ForcedSimdName();

/// Return the machine's level of that name; nullptr where it has none.
const SimdLevel* FindSimdLevel(std::string_view name);

/// Return the level in use: the initial one, or what a test forces.
SimdLevel ActiveSimdLevel();

/// Return the level's name, as HEADRACE_SIMD spells it.
std::string_view SimdLevelName(SimdLevel level);

/// Force one of SimdLevels() for what is constructed from now on; one that the machine lacks becomes kPlain.
void ForceSimdLevelForTesting(SimdLevel level);

}  // namespace v0
}  // namespace headrace
