#include "simd/kernels_plain.h"
#include "simd/text_keys_block.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Plain {};

}  // namespace

TextKeyRange KeyTextsPlain(const char* bytes, const int32_t* begin, const int32_t* end, int64_t count, uint64_t* keys) {
  TextKeyRange range{~uint64_t{0}, 0};
  KeyTextsOneByOne<Plain>(bytes, begin, end, 0, count, keys, &range);
  return range;
}

int64_t KeepTextsPlain(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end, int64_t count,
                       int32_t* kept_begin, int32_t* kept_end) {
  return KeepTextsOneByOne<Plain>(keys, key, begin, end, 0, count, 0, kept_begin, kept_end);
}

}  // namespace v0
}  // namespace headrace
