#include "sink/ipc_codec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace headrace {
inline namespace v0 {
namespace {

std::vector<uint8_t> BufferOf(const std::vector<double>& values, size_t bytes_more) {
  std::vector<uint8_t> buffer(values.size() * sizeof(double) + bytes_more, 7);
  if (!values.empty()) std::memcpy(buffer.data(), values.data(), values.size() * sizeof(double));
  return buffer;
}

// Compress with one codec, give back with Arrow's own; return the bytes that it took.
int64_t RoundTrip(arrow::util::Codec* codec, const std::vector<uint8_t>& buffer) {
  const auto size = static_cast<int64_t>(buffer.size());
  std::vector<uint8_t> small(static_cast<size_t>(codec->MaxCompressedLen(size, buffer.data()))), back(buffer.size());
  const int64_t bytes =
      codec->Compress(size, buffer.data(), static_cast<int64_t>(small.size()), small.data()).ValueOrDie();
  auto other = arrow::util::Codec::Create(codec->compression_type()).ValueOrDie();
  EXPECT_EQ(other->Decompress(bytes, small.data(), size, back.data()).ValueOrDie(), size);
  EXPECT_EQ(back, buffer);
  return bytes;
}

TEST(IpcCodec, GivesBackWhatItTookAndIsSmallerWhereValuesRepeat) {
  auto ours = MakeIpcCodec(arrow::Compression::ZSTD, 1).ValueOrDie();
  auto arrows = arrow::util::Codec::Create(arrow::Compression::ZSTD, 1).ValueOrDie();
  std::mt19937_64 random(7);
  for (const size_t count : {0, 1, 1000, 32'768, 70'000, 400'000, 600'000}) {
    std::vector<double> multiples(count), noise(count);
    for (double& value : multiples) value = 0.7071 * static_cast<double>(1 + random() % 24) * (random() % 2);
    for (double& value : noise) value = static_cast<double>(random()) / 3;
    for (const size_t more : {0, 3}) {
      RoundTrip(ours.get(), BufferOf(noise, more));
      const int64_t bytes = RoundTrip(ours.get(), BufferOf(multiples, more));
      // Not of buffers that are no whole values, or that are larger than 4 MiB.
      if (more != 0 || count < 32'768 || count > 500'000) continue;
      EXPECT_LT(bytes, RoundTrip(arrows.get(), BufferOf(multiples, more)) * 0.95) << count;
    }
  }
}

TEST(IpcCodec, OthersAreArrows) {
  auto lz4 = MakeIpcCodec(arrow::Compression::LZ4_FRAME, arrow::util::kUseDefaultCompressionLevel).ValueOrDie();
  EXPECT_EQ(lz4->compression_type(), arrow::Compression::LZ4_FRAME);
  RoundTrip(lz4.get(), BufferOf(std::vector<double>(5000, 1.5), 0));
}

}  // namespace
}  // namespace v0
}  // namespace headrace
