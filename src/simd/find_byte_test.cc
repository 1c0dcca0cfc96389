// Fields of any length, with the byte at any place or beside them, at every level.
#include "simd/find_byte.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

TEST(FindByte, AsSearched) {
  std::mt19937 random(8);
  for (int round = 0; round < 3000; round++) {
    const uint32_t count = 1 + random() % 64, longest = random() % 2 ? 10 : 100;
    std::string text = "\"";
    std::vector<uint32_t> begin, end;
    uint64_t expected = 0;
    for (uint32_t i = 0; i < count; i++) {
      std::string field(random() % longest, 'x');
      if (!field.empty() && random() % 3 == 0) field[random() % field.size()] = '"';
      expected |= uint64_t{field.find('"') != std::string::npos} << i;
      begin.push_back(static_cast<uint32_t>(text.size()));
      text += field;
      end.push_back(static_cast<uint32_t>(text.size()));
      text += '"';
    }
    text.append(64, '"');
    for (const SimdLevel level : SimdLevels()) {
      ASSERT_EQ(KernelsOf(level).find_byte(text.data(), begin.data(), end.data(), count, '"'), expected)
          << SimdLevelName(level);
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
