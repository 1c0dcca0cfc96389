#include "simd/structural.h"

#include "simd/level.h"
#include "simd/structural_levels.h"

namespace headrace {
inline namespace v0 {

IndexStructuralsFn ChooseIndexStructurals() {
#if defined(__x86_64__)
  if (ActiveSimdLevel() == SimdLevel::kAvx2) return IndexStructuralsAvx2;
#endif
  return IndexStructuralsPlain;
}

}  // namespace v0
}  // namespace headrace
