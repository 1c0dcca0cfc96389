#pragma once
// Which instruction set the kernels use. Chosen once; HEADRACE_SIMD=plain|avx2 forces a level that the machine has.
#include <string_view>

namespace headrace {
inline namespace v0 {

enum class SimdLevel { kPlain, kAvx2 };

/// Return the level in use: the best that the machine has, or what HEADRACE_SIMD or a test forces.
SimdLevel ActiveSimdLevel();

/// Return the level's name, as HEADRACE_SIMD spells it.
std::string_view SimdLevelName(SimdLevel level);

/// Force a level for what is constructed from now on; one that the machine lacks becomes kPlain.
void ForceSimdLevelForTesting(SimdLevel level);

}  // namespace v0
}  // namespace headrace
