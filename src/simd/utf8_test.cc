// The plain twin against the definition, and the other levels against the twin.
#include "simd/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "simd/kernels.h"
#include "simd/test_rounds.h"

namespace headrace {
inline namespace v0 {
namespace {

// With continuations all around, which are no part of the text.
bool Valid(const std::string& bytes) {
  const std::string text = std::string(8, '\x80') + bytes + std::string(8, '\x80');
  const char* begin = text.data() + 8;
  const bool valid = IsValidUtf8(begin, begin + bytes.size());
  EXPECT_EQ(KernelsOf(SimdLevels().back()).is_valid_utf8(begin, begin + bytes.size()), valid);
  return valid;
}

std::string Encode(uint32_t c) {
  std::string s;
  const auto tail = [&](int shift) { s += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) return s += static_cast<char>(c);
  if (c < 0x800) return s += static_cast<char>(0xC0 | c >> 6), tail(0), s;
  if (c < 0x10000) return s += static_cast<char>(0xE0 | c >> 12), tail(6), tail(0), s;
  return s += static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0), s;
}

// All code points, and all sequences of up to three bytes against the definition.
TEST(Utf8Test, Exhaustive) {
  for (uint32_t c = 0; c < 0x110400; c++) {
    const bool scalar = c < 0x110000 && (c < 0xD800 || c > 0xDFFF);
    ASSERT_EQ(Valid(Encode(c)), scalar) << c;
    ASSERT_EQ(Valid("1234567" + Encode(c) + "x"), scalar) << c;
    if (c >= 0x80) {
      ASSERT_FALSE(Valid(Encode(c).substr(0, Encode(c).size() - 1)));
    }
  }
  uint32_t count = 0;
  for (uint32_t bytes = 0; bytes < 1 << 24; bytes += 1) {
    const char text[24] = {0,
                           0,
                           0,
                           0,
                           0,
                           0,
                           0,
                           0,
                           static_cast<char>(bytes >> 16),
                           static_cast<char>(bytes >> 8),
                           static_cast<char>(bytes)};
    const bool is_valid = IsValidUtf8(text + 8, text + 11);
    count += is_valid;
    ASSERT_EQ(KernelsOf(SimdLevels().back()).is_valid_utf8(text + 8, text + 11), is_valid) << bytes;
  }
  // 128^3 of ASCII alone, 2 * 1920 * 128 of a two-byte character and an ASCII one, and the three-byte characters.
  EXPECT_EQ(count, 128U * 128 * 128 + 2 * 1920 * 128 + (0x10000 - 0x800 - 0x800));
}

// Long texts, nearly all of them well-formed: one byte is changed, taken out or cut behind.
TEST(Utf8Test, LongTexts) {
  std::mt19937 random(3);
  const int rounds = Rounds(100000);
  int valid = 0;
  for (int i = 0; i < rounds; i++) {
    std::string text;
    const uint32_t size = random() % 200, ascii = 1 + random() % 30;
    while (text.size() < size) {
      constexpr uint32_t kBelow[] = {0x80, 0x800, 0xD800, 0x110000};
      const uint32_t c = random() % kBelow[random() % ascii == 0 ? 1 + random() % 3 : 0];
      if (c < 0xD800 || c > 0xDFFF) text += Encode(c);
    }
    const size_t place = text.empty() ? 0 : random() % text.size();
    if (!text.empty() && random() % 4 == 0) text[place] = static_cast<char>(random());
    if (!text.empty() && random() % 4 == 0) text.erase(place, 1);
    if (random() % 4 == 0) text.resize(place);
    valid += Valid(text);
  }
  EXPECT_GT(valid, rounds / 5);
  EXPECT_LT(valid, rounds / 10 * 9);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
