#include "sink/delta_packing.h"

#include <gtest/gtest.h>
#include <parquet/encoding.h>
#include <parquet/types.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kCounts[] = {0, 1, 2, 31, 32, 33, 34, 127, 128, 129, 130, 257, 5000};

// Decoded by parquet-cpp; the buffer ends where the encoder said, so that a read beyond it is a failure.
template <class DType>
std::vector<typename DType::c_type> Decoded(const std::vector<uint8_t>& stored, int64_t count) {
  auto decoder = parquet::MakeTypedDecoder<DType>(parquet::Encoding::DELTA_BINARY_PACKED, nullptr);
  decoder->SetData(static_cast<int>(count), stored.data(), static_cast<int>(stored.size()));
  std::vector<typename DType::c_type> values(static_cast<size_t>(count));
  EXPECT_EQ(decoder->Decode(values.data(), static_cast<int>(count)), count);
  return values;
}

template <class DType>
size_t StoredSize(const std::vector<typename DType::c_type>& values) {
  const auto count = static_cast<int64_t>(values.size());
  std::vector<uint8_t> stored(static_cast<size_t>(MaxDeltaBytes(count, sizeof(typename DType::c_type))) + 1, 0xEE);
  const uint8_t* end = StoreDeltas(values.data(), count, stored.data());
  EXPECT_EQ(stored.back(), 0xEE) << "more than MaxDeltaBytes";
  stored.resize(static_cast<size_t>(end - stored.data()));
  EXPECT_EQ(Decoded<DType>(stored, count), values);
  return stored.size();
}

// Differences of every width, and those that wrap.
template <class DType>
void EveryWidth() {
  using T = typename DType::c_type;
  std::mt19937_64 random(5);
  for (const int64_t count : kCounts) {
    for (int bits = 0; bits <= static_cast<int>(8 * sizeof(T)); bits++) {
      std::vector<T> values;
      uint64_t value = random();
      for (int64_t i = 0; i < count; i++) {
        value += bits == 0 ? 3 : random() >> (64 - bits);
        values.push_back(static_cast<T>(value));
      }
      StoredSize<DType>(values);
    }
  }
}

TEST(DeltaPackingTest, EveryWidthIsReadByParquetCpp) {
  EveryWidth<parquet::Int32Type>();
  EveryWidth<parquet::Int64Type>();
}

TEST(DeltaPackingTest, ExtremesWrap) {
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min(), kHigh = std::numeric_limits<int64_t>::max();
  StoredSize<parquet::Int64Type>({kLow, kHigh, 0, kHigh, kLow, -1, kLow, kLow, kHigh});
  constexpr int32_t kLow32 = std::numeric_limits<int32_t>::min(), kHigh32 = std::numeric_limits<int32_t>::max();
  StoredSize<parquet::Int32Type>({kLow32, kHigh32, 0, kHigh32, kLow32, -1, kLow32, kLow32, kHigh32});
}

TEST(DeltaPackingTest, EqualDifferencesTakeNextToNothing) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 128'001; i++) values.push_back(i * 600'000 + 1'383'260'400'000);
  EXPECT_LT(StoredSize<parquet::Int64Type>(values), 8'100U);  // a block: the least difference and four widths
}

TEST(DeltaPackingTest, ByteArraysAreReadByParquetCpp) {
  std::mt19937_64 random(6);
  for (const int64_t count : kCounts) {
    for (const int64_t most : {0, 1, 9, 5000}) {
      std::vector<int32_t> offsets = {7};  // a page begins anywhere in the column
      std::string bytes(7, '?');
      for (int64_t i = 0; i < count; i++) {
        for (auto length = random() % static_cast<uint64_t>(most + 1); length > 0; length--) {
          bytes += static_cast<char>(random());
        }
        offsets.push_back(static_cast<int32_t>(bytes.size()));
      }
      std::vector<uint8_t> stored(static_cast<size_t>(MaxDeltaBytes(count, 4)) + bytes.size());
      const uint8_t* end = StoreDeltaLengths(offsets.data(), bytes.data(), count, stored.data());
      auto decoder =
          parquet::MakeTypedDecoder<parquet::ByteArrayType>(parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY, nullptr);
      decoder->SetData(static_cast<int>(count), stored.data(), static_cast<int>(end - stored.data()));
      std::vector<parquet::ByteArray> values(static_cast<size_t>(count));
      ASSERT_EQ(decoder->Decode(values.data(), static_cast<int>(count)), count);
      for (size_t i = 0; i < values.size(); i++) {
        const std::string_view value(reinterpret_cast<const char*>(values[i].ptr), values[i].len);
        const auto begin = static_cast<size_t>(offsets[i]);
        ASSERT_EQ(value, bytes.substr(begin, static_cast<size_t>(offsets[i + 1]) - begin)) << i;
      }
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
