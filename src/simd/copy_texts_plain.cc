#include "simd/copy_texts_block.h"
#include "simd/kernels_plain.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Plain {
  template <uint32_t kAtOnce>
  static void Copy(const char* from, char* to) {
    std::memcpy(to, from, kAtOnce);
  }
};

}  // namespace

int64_t CopyTextsPlain(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count, char* bytes,
                       int64_t num_bytes, int32_t* offsets) {
  return CopyTextsByLongest<Plain>(text, begin, end, count, bytes, num_bytes, offsets);
}

}  // namespace v0
}  // namespace headrace
