#include "simd/utf8.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

inline bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

inline uint64_t LoadEight(const unsigned char* at) {
  uint64_t bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

// The length of the well-formed sequence at `at`, whose first byte is above 0x7F; 0 if it is not one.
// Unicode 15, table 3-7: the second byte's range is what keeps out overlong forms, surrogates and values too large.
inline uint32_t SequenceLength(const unsigned char* at, int64_t available) {
  const unsigned char first = at[0];
  if (first < 0xC2 || first > 0xF4 || available < 2) return 0;
  const unsigned char second = at[1];
  if (first < 0xE0) return IsContinuation(second) ? 2 : 0;
  if (first < 0xF0) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return available >= 3 && second >= low && second <= high && IsContinuation(at[2]) ? 3 : 0;
  }
  const unsigned char low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
  const bool valid =
      available >= 4 && second >= low && second <= high && IsContinuation(at[2]) && IsContinuation(at[3]);
  return valid ? 4 : 0;
}

}  // namespace

bool IsValidUtf8(const char* begin, const char* end) {
  const unsigned char* at = reinterpret_cast<const unsigned char*>(begin);
  const unsigned char* stop = reinterpret_cast<const unsigned char*>(end);
  while (at < stop) {
    const uint64_t high = LoadEight(at) & kHighBits;
    if (high == 0) {
      at += 8;  // may pass the end: the bytes up to it are ASCII
      continue;
    }
    at += std::countr_zero(high) >> 3;
    while (at < stop && *at >= 0x80) {  // text of one script has several such characters in a row
      const uint32_t length = SequenceLength(at, stop - at);
      if (length == 0) return false;
      at += length;
    }
  }
  return true;
}

bool HasUtf8Character(const char* begin, const char* end) {
  const unsigned char* stop = reinterpret_cast<const unsigned char*>(end);
  for (const unsigned char* at = reinterpret_cast<const unsigned char*>(begin); at < stop; at++) {
    if (*at >= 0x80 && SequenceLength(at, stop - at) > 0) return true;
  }
  return false;
}

}  // namespace v0
}  // namespace headrace
