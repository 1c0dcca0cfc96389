// Each byte is judged with the one before it: three tables of sixteen entries, by the halves of the two bytes, give the
// errors that a half leaves possible, and what all three leave is one. Third and fourth bytes are told by the bytes two
// and three places before.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstdint>

namespace headrace {
inline namespace v0 {
namespace {

enum Error : uint8_t {
  kTooShort = 1,       // a lead without a continuation
  kTooLong = 2,        // ASCII, then a continuation
  kOverlong3 = 4,      // E0, then below A0
  kTooLarge = 8,       // F4, then above 8F; or F5 and above
  kSurrogate = 16,     // ED, then above 9F
  kOverlong2 = 32,     // C0 or C1
  kTooLarge1000 = 64,  // F5 and above, then below 90
  kOverlong4 = 64,     // F0, then below 90
  kTwoContinuations = 128
};
constexpr uint8_t kCarry = kTooShort | kTooLong | kTwoContinuations;

struct Table {
  alignas(16) uint8_t of[16];
};

constexpr Table FirstHigh() {
  Table table{};
  for (int half = 0; half < 8; half++) table.of[half] = kTooLong;
  for (int half = 8; half < 12; half++) table.of[half] = kTwoContinuations;
  table.of[12] = kTooShort | kOverlong2;
  table.of[13] = kTooShort;
  table.of[14] = kTooShort | kOverlong3 | kSurrogate;
  table.of[15] = kTooShort | kTooLarge | kTooLarge1000 | kOverlong4;
  return table;
}

constexpr Table FirstLow() {
  Table table{};
  for (int half = 0; half < 16; half++) table.of[half] = kCarry | (half >= 4 ? kTooLarge : 0);
  table.of[0] |= kOverlong3 | kOverlong2 | kOverlong4;
  table.of[1] |= kOverlong2;
  for (int half = 5; half < 16; half++) table.of[half] |= kTooLarge1000;
  table.of[13] |= kSurrogate;
  return table;
}

constexpr Table SecondHigh() {
  Table table{};
  for (int half = 0; half < 16; half++) table.of[half] = kTooShort;
  for (int half = 8; half < 12; half++) table.of[half] = kTooLong | kOverlong2 | kTwoContinuations;
  table.of[8] |= kOverlong3 | kTooLarge1000 | kOverlong4;
  table.of[9] |= kOverlong3 | kTooLarge;
  table.of[10] |= kSurrogate | kTooLarge;
  table.of[11] |= kSurrogate | kTooLarge;
  return table;
}

constexpr Table kFirstHigh = FirstHigh(), kFirstLow = FirstLow(), kSecondHigh = SecondHigh();

inline __m256i Load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }

inline __m256i Look(const Table& table, __m256i halves) {
  const __m128i of = _mm_load_si128(reinterpret_cast<const __m128i*>(table.of));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(of), halves);
}

inline __m256i HighHalves(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

// The bytes `kBack` places before those of `bytes`.
template <int kBack>
inline __m256i Before(__m256i bytes, __m256i previous) {
  return _mm256_alignr_epi8(bytes, _mm256_permute2x128_si256(previous, bytes, 0x21), 16 - kBack);
}

inline __m256i ErrorsOf(__m256i bytes, __m256i previous) {
  const __m256i first = Before<1>(bytes, previous);
  const __m256i pairs =
      _mm256_and_si256(_mm256_and_si256(Look(kFirstHigh, HighHalves(first)),
                                        Look(kFirstLow, _mm256_and_si256(first, _mm256_set1_epi8(0x0F)))),
                       Look(kSecondHigh, HighHalves(bytes)));
  // Bit 7 where the byte must be a third or a fourth one, and so a continuation behind a continuation.
  const __m256i third = _mm256_subs_epu8(Before<2>(bytes, previous), _mm256_set1_epi8(0xE0 - 0x80));
  const __m256i fourth = _mm256_subs_epu8(Before<3>(bytes, previous), _mm256_set1_epi8(0xF0 - 0x80));
  const __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
  return _mm256_xor_si256(must, pairs);
}

}  // namespace

bool IsValidUtf8Avx2(const char* begin, const char* end) {
  __m256i previous = _mm256_setzero_si256(), errors = _mm256_setzero_si256();
  const auto take = [&](__m256i bytes) {
    if (_mm256_movemask_epi8(_mm256_or_si256(bytes, previous)) != 0) {
      errors = _mm256_or_si256(errors, ErrorsOf(bytes, previous));
    }
    previous = bytes;
  };
  for (; end - begin >= 32; begin += 32) take(Load(begin));
  alignas(32) char last[32] = {};  // with a NUL, before which no sequence may be left open
  __builtin_memcpy(last, begin, static_cast<size_t>(end - begin));
  take(Load(last));
  return _mm256_testz_si256(errors, errors) != 0;
}

}  // namespace v0
}  // namespace headrace
#endif
