#include "os/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace headrace {
inline namespace v0 {
namespace {

TEST(Crc32c, KnownVectors) {  // RFC 3720, appendix B.4, and the usual check value
  EXPECT_EQ(Crc32c(0, "123456789", 9), 0xE3069283U);
  EXPECT_EQ(Crc32c(0, std::string(32, '\0').data(), 32), 0x8A9136AAU);
  EXPECT_EQ(Crc32c(0, std::string(32, '\xFF').data(), 32), 0x62A8AB43U);
}

TEST(Crc32c, AgreesWithItsPlainTwin) {
  std::mt19937 random(1);
  std::string text(700'000, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  for (size_t size : {size_t{0}, size_t{1}, size_t{7}, size_t{8}, size_t{1000}, size_t{196'607}, size_t{196'608},
                      size_t{196'617}, size_t{699'990}}) {
    for (size_t from = 0; from < 9; from++) {
      ASSERT_EQ(Crc32c(77, text.data() + from, size), Crc32cPlain(77, text.data() + from, size)) << size;
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
