// When a dictionary is given up. What it holds is tested by the files that are read back.
#include "sink/value_dictionary.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace headrace {
inline namespace v0 {
namespace {

constexpr ValueDictionary::Limits kJudging{7800};

bool Index(const std::vector<int64_t>& values, const ValueDictionary::Limits& limits) {
  DecodedColumn column;
  column.type.kind = TypeKind::kInt64;
  column.rows = column.num_values = static_cast<int64_t>(values.size());
  column.values = reinterpret_cast<const uint8_t*>(values.data());
  ValueDictionary dictionary;
  const bool is_indexed = dictionary.Index(column, limits);
  if (!is_indexed) return false;
  const auto* distinct = reinterpret_cast<const int64_t*>(dictionary.distinct().values);
  for (size_t i = 0; i < values.size(); i++) EXPECT_EQ(distinct[dictionary.indices()[i]], values[i]) << i;
  return true;
}

int64_t Apart(uint64_t number) { return static_cast<int64_t>(number * 0x9E3779B97F4A7C15U); }  // too far for a table

std::vector<int64_t> EqualShares(size_t count, uint32_t distinct) {
  std::mt19937 random(4);
  std::vector<int64_t> values(count);
  for (int64_t& value : values) value = Apart(random() % distinct);
  return values;
}

TEST(ValueDictionary, WhatFitsIsNotGivenUp) {
  EXPECT_TRUE(Index(EqualShares(400'000, 50'000), kJudging));
  EXPECT_TRUE(Index(EqualShares(400'000, 60'000), kJudging));
  EXPECT_TRUE(Index(EqualShares(3'000, 1'500), kJudging));
  EXPECT_FALSE(Index(EqualShares(400'000, 80'000), kJudging));
}

// New values come at the same rate for so long that they would be too many, but then no more come.
TEST(ValueDictionary, WhatWillNotFitIsGivenUpBeforeItDoesNot) {
  std::vector<int64_t> values;
  for (uint64_t i = 0; i < 400'000; i++) values.push_back(Apart(i < 60'000 ? i / 2 : i % 30'000));
  EXPECT_TRUE(Index(values, {})) << "30,000 values";
  EXPECT_FALSE(Index(values, kJudging));
}

TEST(ValueDictionary, FirstValuesTell) {
  std::vector<int64_t> values;
  for (uint64_t i = 0; i < 4'000; i++) values.push_back(Apart(i < 1'100 ? i : i % 10));
  EXPECT_TRUE(Index(values, {}));
  EXPECT_FALSE(Index(values, kJudging));
}

TEST(ValueDictionary, LimitOfAll) {
  const std::vector<int64_t> values = EqualShares(4'000, 100);
  EXPECT_TRUE(Index(values, {7800, 100}));
  EXPECT_FALSE(Index(values, {7800, 99}));
}

TEST(ValueDictionary, LimitOfTexts) {
  constexpr int32_t kTexts = 100, kBytes = 100'000;
  std::string bytes;
  std::vector<int32_t> offsets = {0};
  for (int32_t i = 0; i < kTexts; i++) {
    bytes.append(kBytes, static_cast<char>(i));
    offsets.push_back((i + 1) * kBytes);
  }
  DecodedColumn column;
  column.type.kind = TypeKind::kString;
  column.rows = column.num_values = kTexts;
  column.values = reinterpret_cast<const uint8_t*>(offsets.data());
  column.bytes = bytes.data();
  ValueDictionary dictionary;
  EXPECT_FALSE(dictionary.Index(column, {}));
  ValueDictionary::Limits limits;
  limits.text_bytes = int64_t{kTexts} * kBytes;
  EXPECT_TRUE(dictionary.Index(column, limits));
  EXPECT_EQ(dictionary.distinct().num_values, kTexts);
  limits.text_bytes -= 1;
  EXPECT_FALSE(dictionary.Index(column, limits));
}

}  // namespace
}  // namespace v0
}  // namespace headrace
