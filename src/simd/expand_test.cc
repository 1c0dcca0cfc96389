#include "simd/expand.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <random>
#include <vector>

#include "simd/kernels.h"

namespace headrace {
namespace {

std::vector<ExpandValuesFn> Levels() {
  std::vector<ExpandValuesFn> levels = {ExpandValues};
  for (const SimdLevel level : SimdLevels()) levels.push_back(KernelsOf(level).expand_values);
  return levels;
}

// Words that are empty, full, half full and sparse, bits past `rows` clear.
std::vector<uint64_t> Validity(int64_t rows, std::mt19937_64* random) {
  std::vector<uint64_t> words(static_cast<size_t>((rows + 63) / 64));
  for (uint64_t& word : words) {
    switch ((*random)() % 4) {
      case 0:
        word = 0;
        break;
      case 1:
        word = ~uint64_t{0};
        break;
      case 2:
        word = (*random)();
        break;
      default:
        word = (*random)();
        word &= (*random)();
        word &= (*random)();
    }
  }
  if (rows % 64 != 0) words.back() &= ~uint64_t{0} >> (64 - rows % 64);
  return words;
}

// Values, slots and words of exact size: a sanitizer sees what is read or written beyond them.
TEST(Expand, EveryLevelAndWidth) {
  std::mt19937_64 random(17);
  for (int64_t rows : {0, 1, 5, 63, 64, 65, 128, 190, 1000}) {
    for (int round = 0; round < 20; ++round) {
      const std::vector<uint64_t> validity = Validity(rows, &random);
      size_t count = 0;
      for (const uint64_t word : validity) count += static_cast<size_t>(std::popcount(word));
      for (const size_t width : {1, 2, 4, 8, 16}) {
        std::vector<uint8_t> dense(count * width);
        for (uint8_t& byte : dense) byte = static_cast<uint8_t>(random());
        std::vector<uint8_t> expected(static_cast<size_t>(rows) * width);
        size_t next = 0;
        for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
          if ((validity[row / 64] >> row % 64 & 1) == 0) continue;
          std::memcpy(expected.data() + row * width, dense.data() + next++ * width, width);
        }
        for (const ExpandValuesFn expand : Levels()) {
          std::vector<uint8_t> out(expected.size(), 0xee);
          expand(static_cast<int>(width), dense.data(), static_cast<int64_t>(count), validity.data(), rows, out.data());
          ASSERT_EQ(out, expected) << rows << " rows, width " << width;
        }
      }
    }
  }
}

TEST(Expand, OffsetsAndBits) {
  std::mt19937_64 random(18);
  for (int64_t rows : {1, 63, 64, 65, 500}) {
    for (int round = 0; round < 20; ++round) {
      const std::vector<uint64_t> validity = Validity(rows, &random);
      std::vector<int32_t> offsets = {0}, expected_offsets = {0};
      std::vector<uint8_t> dense;
      std::vector<uint64_t> expected_bits(validity.size());
      for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
        if ((validity[row / 64] >> row % 64 & 1) != 0) {
          offsets.push_back(offsets.back() + static_cast<int32_t>(random() % 50));
          dense.push_back(random() & 1);
          expected_bits[row / 64] |= uint64_t{dense.back()} << row % 64;
        }
        expected_offsets.push_back(offsets.back());
      }
      offsets.shrink_to_fit();
      dense.shrink_to_fit();
      std::vector<int32_t> out(expected_offsets.size());
      ExpandOffsets(offsets.data(), validity.data(), rows, out.data());
      EXPECT_EQ(out, expected_offsets);
      std::vector<uint64_t> bits(validity.size(), 77);
      ExpandBits(dense.data(), validity.data(), rows, bits.data());
      EXPECT_EQ(bits, expected_bits);
    }
  }
}

}  // namespace
}  // namespace headrace
