#include "os/crc32c_combine.h"

#include <gtest/gtest.h>

#include <string>

#include "os/crc32c.h"

namespace headrace {
namespace {

TEST(Crc32cCombine, JoinsAndTakesApart) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text.push_back(static_cast<char>(i * i >> 3));
  for (size_t cut : {0, 1, 7, 8, 255, 4096, 4999, 5000}) {
    const uint32_t a = Crc32c(0, text.data(), cut);
    const uint32_t b = Crc32c(0, text.data() + cut, text.size() - cut);
    const uint32_t whole = Crc32c(a, text.data() + cut, text.size() - cut);
    EXPECT_EQ(Crc32cCombine(a, b, text.size() - cut), whole) << cut;
    EXPECT_EQ(Crc32cOfTail(a, whole, text.size() - cut), b) << cut;
  }
}

}  // namespace
}  // namespace headrace
