#pragma once
// The structural index of each level, for the dispatcher and for tests that compare levels.
#include "simd/structural.h"

namespace headrace {
inline namespace v0 {

StructuralResult IndexStructuralsPlain(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                       uint32_t* positions, uint32_t capacity);
#if defined(__x86_64__)
StructuralResult IndexStructuralsAvx2(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                      uint32_t* positions, uint32_t capacity);
#endif

}  // namespace v0
}  // namespace headrace
