#include "sink/parquet_page_header.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace headrace {
inline namespace v0 {
namespace {

TEST(PageHeaderTest, IsReadBack) {
  for (const bool is_dictionary : {false, true}) {
    for (const int32_t size : {0, 1, 127, 70'000, std::numeric_limits<int32_t>::max()}) {
      const PageHeader header{is_dictionary, size,
                              size / 2,      0xFEDCBA98U + static_cast<uint32_t>(size),
                              size / 3,      parquet::Encoding::DELTA_BINARY_PACKED};
      uint8_t stored[kMaxPageHeaderBytes];
      const int length = StorePageHeader(header, stored);
      PageHeader loaded;
      EXPECT_EQ(LoadPageHeader(stored, kMaxPageHeaderBytes, &loaded), length);
      EXPECT_EQ(loaded.is_dictionary, header.is_dictionary);
      EXPECT_EQ(loaded.uncompressed_bytes, header.uncompressed_bytes);
      EXPECT_EQ(loaded.compressed_bytes, header.compressed_bytes);
      EXPECT_EQ(loaded.crc32, header.crc32);
      EXPECT_EQ(loaded.num_values, header.num_values);
      EXPECT_EQ(loaded.encoding, header.encoding);
      for (int size_left = 0; size_left < length; size_left++) EXPECT_EQ(LoadPageHeader(stored, size_left, &loaded), 0);
    }
  }
}

TEST(PageHeaderTest, EncodingsThatDoNotExistAreNone) {
  PageHeader header{false, 5'000, 3'000, 0x12345678, 1'000, parquet::Encoding::UNDEFINED};
  uint8_t stored[kMaxPageHeaderBytes] = {};
  StorePageHeader(header, stored);
  EXPECT_EQ(LoadPageHeader(stored, sizeof stored, &header), 0);
}

// A changed bit is another header, or none: never the same one in another form.
TEST(PageHeaderTest, NoBitIsIgnored) {
  const PageHeader header{false, 5'000, 3'000, 0x12345678, 1'000, parquet::Encoding::PLAIN};
  uint8_t stored[kMaxPageHeaderBytes] = {};
  const int length = StorePageHeader(header, stored);
  for (int bit = 0; bit < 8 * length; bit++) {
    uint8_t changed[kMaxPageHeaderBytes];
    std::memcpy(changed, stored, sizeof changed);
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    PageHeader loaded;
    if (LoadPageHeader(changed, sizeof changed, &loaded) == 0) continue;
    EXPECT_TRUE(loaded.is_dictionary != header.is_dictionary ||
                loaded.uncompressed_bytes != header.uncompressed_bytes ||
                loaded.compressed_bytes != header.compressed_bytes || loaded.crc32 != header.crc32 ||
                loaded.num_values != header.num_values || loaded.encoding != header.encoding)
        << bit;
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
