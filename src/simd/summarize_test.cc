#include "simd/summarize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "simd/kernels.h"

namespace headrace {
namespace {

std::vector<const SummarizeKernels*> Levels() {
  std::vector<const SummarizeKernels*> levels;
  for (const SimdLevel level : SimdLevels()) levels.push_back(KernelsOf(level).summarize);
  return levels;
}

void Run(const SummarizeKernels* k, const double* dense, int64_t count, const uint64_t* validity, int64_t rows,
         FloatSummary<double>* out) {
  k->float64(dense, count, validity, rows, out);
}
void Run(const SummarizeKernels* k, const float* dense, int64_t count, const uint64_t* validity, int64_t rows,
         FloatSummary<float>* out) {
  k->float32(dense, count, validity, rows, out);
}

// Special values among ordinary ones, so that NaN and infinities meet every lane.
template <class Float>
Float Draw(std::mt19937_64* random, bool specials) {
  switch (specials ? (*random)() % 20 : 19) {
    case 0:
      return std::numeric_limits<Float>::quiet_NaN();
    case 1:
      return -std::numeric_limits<Float>::infinity();
    case 2:
      return std::numeric_limits<Float>::infinity();
    case 3:
      return Float{-0.0};
    case 4:
      return -std::numeric_limits<Float>::quiet_NaN();
    default:
      return static_cast<Float>(
          std::ldexp(static_cast<double>((*random)() >> 11), static_cast<int>((*random)() % 60) - 70) - 1);
  }
}

template <class Float>
void CheckFloats() {
  std::mt19937_64 random(23);
  for (int64_t rows : {0, 1, 7, 8, 9, 63, 64, 65, 200, 1000}) {
    for (int round = 0; round < 30; ++round) {
      std::vector<uint64_t> validity(static_cast<size_t>((rows + 63) / 64));
      for (uint64_t& word : validity) {
        const uint64_t bits = random();
        word = round % 3 == 0 ? ~uint64_t{0} : round % 3 == 1 ? bits : bits % 2 == 0 ? 0 : bits & random() & random();
      }
      if (rows % 64 != 0) validity.back() &= ~uint64_t{0} >> (64 - rows % 64);
      FloatSummary<Float> expected;
      std::fill_n(expected.min, 8, std::numeric_limits<Float>::infinity());
      std::fill_n(expected.max, 8, -std::numeric_limits<Float>::infinity());
      std::fill_n(expected.sums, 8, 0.0);
      std::vector<Float> dense;
      Float min = std::numeric_limits<Float>::infinity(), max = -min;
      for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
        if ((validity[row / 64] >> row % 64 & 1) == 0) continue;
        const Float value = dense.emplace_back(Draw<Float>(&random, round % 2 == 0));
        expected.sums[row % 8] += value;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      dense.shrink_to_fit();
      for (const SummarizeKernels* level : Levels()) {
        FloatSummary<Float> got;
        Run(level, dense.data(), static_cast<int64_t>(dense.size()), validity.data(), rows, &got);
        for (int lane = 0; lane < 8; ++lane) {
          if (std::isnan(expected.sums[lane])) {
            EXPECT_TRUE(std::isnan(got.sums[lane]));
          } else {
            EXPECT_EQ(std::bit_cast<uint64_t>(got.sums[lane]), std::bit_cast<uint64_t>(expected.sums[lane]));
          }
        }
        EXPECT_EQ(*std::min_element(got.min, got.min + 8), min) << rows << " rows, round " << round;
        EXPECT_EQ(*std::max_element(got.max, got.max + 8), max);
      }
    }
  }
}

TEST(Summarize, Floats) {
  CheckFloats<double>();
  CheckFloats<float>();
}

template <class T>
void CheckIntegers(void (*SummarizeKernels::*kernel)(const T*, int64_t, IntegerSummary<T>*)) {
  std::mt19937_64 random(29);
  for (size_t count : {0, 1, 3, 8, 31, 32, 33, 1000}) {
    for (int round = 0; round < 10; ++round) {
      std::vector<T> dense(count);
      T min = std::numeric_limits<T>::max(), max = std::numeric_limits<T>::min();
      __int128 sum = 0;
      for (T& value : dense) {
        value = round == 0   ? std::numeric_limits<T>::min()
                : round == 1 ? std::numeric_limits<T>::max()
                             : static_cast<T>(random() >> random() % 60);
        min = std::min(min, value);
        max = std::max(max, value);
        sum += value;
      }
      for (const SummarizeKernels* level : Levels()) {
        IntegerSummary<T> got;
        (level->*kernel)(dense.data(), static_cast<int64_t>(count), &got);
        EXPECT_EQ(got.min, min);
        EXPECT_EQ(got.max, max);
        EXPECT_TRUE(got.sum == sum);
      }
    }
  }
}

TEST(Summarize, Integers) {
  CheckIntegers(&SummarizeKernels::int8);
  CheckIntegers(&SummarizeKernels::int16);
  CheckIntegers(&SummarizeKernels::int32);
  CheckIntegers(&SummarizeKernels::int64);
  CheckIntegers(&SummarizeKernels::uint8);
  CheckIntegers(&SummarizeKernels::uint16);
  CheckIntegers(&SummarizeKernels::uint32);
  CheckIntegers(&SummarizeKernels::uint64);
}

}  // namespace
}  // namespace headrace
