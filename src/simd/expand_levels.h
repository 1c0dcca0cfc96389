#pragma once
// ExpandValues of each level, for the dispatcher and for tests that compare levels.
#include <cstdint>

namespace headrace {
inline namespace v0 {

void ExpandValuesPlain(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                       uint8_t* out);
#if defined(__x86_64__)
void ExpandValuesAvx2(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                      uint8_t* out);
#endif

}  // namespace v0
}  // namespace headrace
