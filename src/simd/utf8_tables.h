#pragma once
// Each byte is judged with the one before it: three tables of sixteen entries, by the halves of the two bytes, give the
// errors that a half leaves possible, and what all three leave is one. Third and fourth bytes are told by the bytes two
// and three places before. For the files of the levels: functions are static (cmake/CheckVectorObjects.cmake).
#include <cstdint>

namespace headrace {
inline namespace v0 {

enum Utf8Error : uint8_t {
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

struct Utf8Table {
  alignas(16) uint8_t of[16];
};

static constexpr Utf8Table FirstHigh() {
  Utf8Table table{};
  for (int half = 0; half < 8; half++) table.of[half] = kTooLong;
  for (int half = 8; half < 12; half++) table.of[half] = kTwoContinuations;
  table.of[12] = kTooShort | kOverlong2;
  table.of[13] = kTooShort;
  table.of[14] = kTooShort | kOverlong3 | kSurrogate;
  table.of[15] = kTooShort | kTooLarge | kTooLarge1000 | kOverlong4;
  return table;
}

static constexpr Utf8Table FirstLow() {
  Utf8Table table{};
  for (int half = 0; half < 16; half++) table.of[half] = kCarry | (half >= 4 ? kTooLarge : 0);
  table.of[0] |= kOverlong3 | kOverlong2 | kOverlong4;
  table.of[1] |= kOverlong2;
  for (int half = 5; half < 16; half++) table.of[half] |= kTooLarge1000;
  table.of[13] |= kSurrogate;
  return table;
}

static constexpr Utf8Table SecondHigh() {
  Utf8Table table{};
  for (int half = 0; half < 16; half++) table.of[half] = kTooShort;
  for (int half = 8; half < 12; half++) table.of[half] = kTooLong | kOverlong2 | kTwoContinuations;
  table.of[8] |= kOverlong3 | kTooLarge1000 | kOverlong4;
  table.of[9] |= kOverlong3 | kTooLarge;
  table.of[10] |= kSurrogate | kTooLarge;
  table.of[11] |= kSurrogate | kTooLarge;
  return table;
}

constexpr Utf8Table kFirstHigh = FirstHigh(), kFirstLow = FirstLow(), kSecondHigh = SecondHigh();

}  // namespace v0
}  // namespace headrace
