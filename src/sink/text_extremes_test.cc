// The extremes of random texts are those that std::string_view's order gives, in columns of many kinds, at every level.
#include "sink/text_extremes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "parse/test_guarded.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {
namespace {

// Texts of up to `longest` bytes of an alphabet, behind a prefix.
struct Kind {
  std::string prefix;
  size_t longest;
  std::string_view alphabet;
};

constexpr std::string_view kBytes(
    "\0\x01"
    "a\x7F\x80\xFF",
    6);

void Check(const Kind& kind, int64_t count, std::mt19937& random) {
  std::string bytes;
  std::vector<int32_t> offsets = {0};
  for (int64_t i = 0; i < count; i++) {
    if (random() % 64 != 0) bytes += kind.prefix;
    for (size_t length = random() % (kind.longest + 1); length > 0; length--) {
      bytes += kind.alphabet[random() % kind.alphabet.size()];
    }
    offsets.push_back(static_cast<int32_t>(bytes.size()));
  }
  GuardedMemory memory(std::max<size_t>(1, bytes.size()));  // nothing may be read behind it
  char* const exact = memory.Last<char>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact);
  std::vector<std::string_view> texts;
  for (size_t i = 0; i + 1 < offsets.size(); i++) {
    texts.emplace_back(exact + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i]));
  }
  for (const SimdLevel level : SimdLevels()) {
    ForceSimdLevelForTesting(level);
    const TextExtremes found = FindTextExtremes(exact, offsets.data(), count);
    ASSERT_EQ(found.least, *std::min_element(texts.begin(), texts.end())) << SimdLevelName(level);
    ASSERT_EQ(found.greatest, *std::max_element(texts.begin(), texts.end())) << SimdLevelName(level);
  }
  ForceSimdLevelForTesting(SimdLevels().back());
}

TEST(TextExtremesTest, AreThoseOfTheOrderOfBytes) {
  std::mt19937 random(5);
  const std::vector<Kind> kinds = {{"", 1, "ABC"},
                                   {"", 0, "A"},
                                   {"", 6, "ab"},
                                   {"", 9, "ab"},
                                   {"", 20, kBytes},
                                   {"", 3, kBytes},
                                   {"user-", 9, "01"},
                                   {"1234567", 2, kBytes},
                                   {"https://example.org/", 4, "xyz"},
                                   {"", 70, "ab"},
                                   {"", 70, kBytes},
                                   {std::string(100, '\x80'), 9, kBytes},
                                   {std::string(49, 'a'), 7, "ab"},
                                   {std::string(56, '\xFF'), 70, "\xFE\xFF"}};
  for (const Kind& kind : kinds) {
    for (const int64_t count : {1, 2, 7, 255, 256, 257, 3000}) {
      for (int round = 0; round < 20; round++) Check(kind, count, random);
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
