#include "simd/find_byte.h"

#include <cstring>

#include "simd/kernels_plain.h"

namespace headrace {
inline namespace v0 {

uint64_t FindBytePlain(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count, char byte) {
  uint64_t found = 0;
  for (uint32_t i = 0; i < count; i++) {
    found |= uint64_t{std::memchr(text + begin[i], byte, end[i] - begin[i]) != nullptr} << i;
  }
  return found;
}

}  // namespace v0
}  // namespace headrace
