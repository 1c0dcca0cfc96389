#include "os/crc32.h"

#include <arrow/util/crc32.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace headrace {
inline namespace v0 {
namespace {

TEST(Crc32, KnownVectors) {  // the usual check value; 32 zeros as zlib gives them
  EXPECT_EQ(Crc32(0, "123456789", 9), 0xCBF43926U);
  EXPECT_EQ(Crc32(0, std::string(32, '\0').data(), 32), 0x190A55ADU);
  EXPECT_EQ(Crc32(5, "", 0), 5U);
}

TEST(Crc32, AgreesWithArrowsTables) {
  std::mt19937 random(1);
  std::string text(5000, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  for (size_t size = 0; size <= 400; size++) {
    const size_t from = size % 17;
    ASSERT_EQ(Crc32(77, text.data() + from, size), arrow::internal::crc32(77, text.data() + from, size)) << size;
  }
  ASSERT_EQ(Crc32(0, text.data(), 4999), arrow::internal::crc32(0, text.data(), 4999));
}

}  // namespace
}  // namespace v0
}  // namespace headrace
