#include "sink/page_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "sink/byte_stream_split.h"

namespace headrace {
inline namespace v0 {
namespace {

using Values = std::vector<double>;

std::vector<uint8_t> PageOf(size_t before, const Values& values) {
  std::vector<uint8_t> page(before + values.size() * 8);
  for (size_t i = 0; i < before; i++) page[i] = static_cast<uint8_t>(i * 37);
  if (!values.empty()) std::memcpy(page.data() + before, values.data(), values.size() * 8);
  return page;
}

// Compress with one codec, give back with Arrow's.
int64_t RoundTrip(PageCodec* codec, const std::vector<uint8_t>& page, size_t values_at, RepeatSearch* repeats,
                  size_t plane_bytes = 0) {
  std::vector<uint8_t> small(static_cast<size_t>(codec->MaxBytes(static_cast<int64_t>(page.size())))),
      back(page.size());
  const auto size = static_cast<int64_t>(page.size());
  const auto bytes = codec->Compress(
      {page.data(), size, static_cast<int64_t>(values_at), static_cast<int64_t>(plane_bytes)}, repeats, small.data());
  EXPECT_TRUE(bytes.ok()) << bytes.status().ToString();
  auto other = arrow::util::Codec::Create(arrow::Compression::ZSTD).ValueOrDie();
  const auto length = other->Decompress(*bytes, small.data(), size, back.data());
  EXPECT_TRUE(length.ok()) << length.status().ToString();
  EXPECT_EQ(*length, size);
  EXPECT_EQ(back, page);
  return *bytes;
}

std::vector<Values> Kinds(size_t count) {
  std::mt19937_64 random(count);
  std::vector<Values> kinds(7, Values(count));
  for (size_t i = 0; i < count; i++) {
    kinds[0][i] = 1.5;                                                                      // one run
    kinds[1][i] = static_cast<double>(random()) / 3;                                        // nothing repeats
    kinds[2][i] = 0.7071 * static_cast<double>(1 + random() % 24);                          // multiples
    kinds[3][i] = std::ldexp(1.1, static_cast<int>(random() % 2000) - 1000);                // one mantissa
    kinds[4][i] = i < count / 2 ? static_cast<double>(random()) : kinds[4][i - count / 2];  // one far repeat
    kinds[5][i] = i % 3 == 0 ? std::nan("") : i % 3 == 1 ? -0.0 : static_cast<double>(i);   // odd ones
    kinds[6][i] = static_cast<double>(random() % 3 == 0 ? random() % 1000 : i / 100);       // runs and strays
  }
  return kinds;
}

TEST(PageCodec, GivesBackWhatItTook) {
  for (const int level : {1, 3, 9, 19}) {
    auto codec = PageCodec::Make(arrow::Compression::ZSTD, level).ValueOrDie();
    for (const size_t count :
         {0, 1, 63, 64, 65, 1000, 16'383, 16'384, 16'385, 32'768, 60'000, 65'534, 65'535, 70'000, 140'000}) {
      if (level > 3 && count > 20'000) continue;
      for (const Values& values : Kinds(count)) {
        for (const size_t before : {0, 5, 4110}) {
          for (RepeatSearch repeats : {RepeatSearch::kOfBytes, RepeatSearch::kOfValues, RepeatSearch::kTryBoth}) {
            const RepeatSearch asked = repeats;
            RoundTrip(codec.get(), PageOf(before, values), before, &repeats);
            EXPECT_TRUE(repeats == asked || asked == RepeatSearch::kTryBoth);
          }
        }
      }
    }
  }
}

TEST(PageCodec, TakesTheSmallerOne) {
  auto codec = PageCodec::Make(arrow::Compression::ZSTD, 1).ValueOrDie();
  const auto kinds = Kinds(20'000);
  for (const auto& [values, wins] :
       {std::pair(kinds[2], RepeatSearch::kOfValues), std::pair(kinds[1], RepeatSearch::kOfBytes)}) {
    const auto page = PageOf(0, values);
    RepeatSearch both = RepeatSearch::kTryBoth, of_bytes = RepeatSearch::kOfBytes, of_values = RepeatSearch::kOfValues;
    const int64_t bytes = RoundTrip(codec.get(), page, 0, &both);
    EXPECT_EQ(both, wins);
    EXPECT_EQ(bytes, std::min(RoundTrip(codec.get(), page, 0, &of_bytes), RoundTrip(codec.get(), page, 0, &of_values)));
  }
}

// Split values into planes behind `before` bytes.
std::vector<uint8_t> PlanesOf(size_t before, const Values& values) {
  std::vector<uint8_t> page = PageOf(before, values);
  const std::vector<uint8_t> whole = page;
  ByteStreamSplit(whole.data() + before, static_cast<int64_t>(values.size()), 8, page.data() + before);
  return page;
}

TEST(PageCodec, GivesBackPlanes) {
  for (const int level : {1, 3, 9}) {
    auto codec = PageCodec::Make(arrow::Compression::ZSTD, level).ValueOrDie();
    for (const size_t count : {1, 64, 4095, 4096, 5000, 70'000, 131'072}) {
      if (level > 3 && count > 20'000) continue;
      std::vector<Values> kinds = Kinds(count);
      kinds.resize(9, Values(count));
      std::mt19937_64 random(3);
      for (size_t i = 0; i < count; i++) kinds[7][i] = static_cast<double>(random() >> 11) / 0x1p53;
      for (double& value : kinds[8]) value = std::bit_cast<double>(random());  // noise to the last plane
      for (const Values& values : kinds) {
        for (const size_t before : {6, 40, 16'390}) {
          RepeatSearch repeats = RepeatSearch::kOfBytes;
          RoundTrip(codec.get(), PlanesOf(before, values), before, &repeats, values.size());
        }
      }
    }
  }
}

TEST(PageCodec, StoresNoiseAndStillSeesRepeats) {
  auto codec = PageCodec::Make(arrow::Compression::ZSTD, 1).ValueOrDie();
  std::mt19937_64 random(4);
  Values values(50'000);
  for (double& value : values) value = static_cast<double>(random() >> 11) / 0x1p53;
  const auto size_of = [&](const std::vector<uint8_t>& page, size_t plane_bytes) {
    RepeatSearch repeats = RepeatSearch::kOfBytes;
    return RoundTrip(codec.get(), page, 6, &repeats, plane_bytes);
  };
  const int64_t with_planes = size_of(PlanesOf(6, values), values.size());
  const int64_t without = size_of(PlanesOf(6, values), 0);
  EXPECT_LT(with_planes, without * 1.001);
  const auto page = PlanesOf(6, values);
  std::vector<uint8_t> small(static_cast<size_t>(codec->MaxBytes(static_cast<int64_t>(page.size()))));
  RepeatSearch repeats = RepeatSearch::kOfBytes;
  ASSERT_TRUE(
      codec->Compress({page.data(), static_cast<int64_t>(page.size()), 6, 50'000}, &repeats, small.data()).ok());
  EXPECT_NE(std::search(small.begin(), small.end(), page.begin() + 6, page.begin() + 6 + 50'000), small.end())
      << "the first plane is noise, and not stored as it is";
  std::copy_n(values.begin(), 25'000, values.begin() + 25'000);  // evenly spread as before, and half of it repeats
  EXPECT_LT(size_of(PlanesOf(6, values), values.size()), with_planes * 0.6);
}

TEST(PageCodec, OthersAreArrows) {
  EXPECT_EQ(PageCodec::Make(arrow::Compression::UNCOMPRESSED, 1).ValueOrDie(), nullptr);
  for (const auto type : {arrow::Compression::SNAPPY, arrow::Compression::LZ4, arrow::Compression::GZIP}) {
    auto codec = PageCodec::Make(type, arrow::util::kUseDefaultCompressionLevel).ValueOrDie();
    EXPECT_FALSE(codec->finds_values());
    EXPECT_EQ(codec->has_entropy_coding(), type == arrow::Compression::GZIP);
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
