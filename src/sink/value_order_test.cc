#include "sink/value_order.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "sink/test_batch.h"

namespace headrace {
inline namespace v0 {
namespace {

DataType Type(TypeKind kind) {
  DataType type;
  type.kind = kind;
  return type;
}

template <class T>
ValueOrder OrderOf(const DataType& type, const std::vector<T>& values) {
  TestBatch made;
  made.Add<T>(type, std::vector<std::optional<T>>(values.begin(), values.end()));
  return FindOrder(made.batch().columns[0]);
}

ValueOrder OrderOfTexts(const std::vector<std::string>& values) {
  TestBatch made;
  made.AddStrings(DataType(), std::vector<std::optional<std::string>>(values.begin(), values.end()));
  return FindOrder(made.batch().columns[0]);
}

TEST(ValueOrderTest, OfIntegers) {
  const DataType type = Type(TypeKind::kInt64);
  EXPECT_EQ(OrderOf<int64_t>(type, {}), ValueOrder::kAscending);
  EXPECT_EQ(OrderOf<int64_t>(type, {5}), ValueOrder::kAscending);
  EXPECT_EQ(OrderOf<int64_t>(type, {5, 5, 5}), ValueOrder::kAscending);
  EXPECT_EQ(OrderOf<int64_t>(type, {-5, -5, 0, INT64_MAX}), ValueOrder::kAscending);
  EXPECT_EQ(OrderOf<int64_t>(type, {5, 5, 4, INT64_MIN}), ValueOrder::kDescending);
  EXPECT_EQ(OrderOf<int64_t>(type, {5, 5, 6, 5}), ValueOrder::kNone);
  EXPECT_EQ(OrderOf<int64_t>(type, {5, 4, 5}), ValueOrder::kNone);
  EXPECT_EQ(OrderOf<uint64_t>(Type(TypeKind::kUInt64), {1, UINT64_MAX}), ValueOrder::kAscending);
  EXPECT_EQ(OrderOf<int8_t>(Type(TypeKind::kInt8), {-1, 1}), ValueOrder::kAscending);
  EXPECT_EQ(OrderOf<uint8_t>(Type(TypeKind::kUInt8), {255, 1}), ValueOrder::kDescending);
}

TEST(ValueOrderTest, SeesTheOnePlaceInAnyBlock) {
  for (const size_t at : {size_t{1}, size_t{1023}, size_t{1024}, size_t{1025}, size_t{4999}}) {
    std::vector<int32_t> values(5000);
    for (size_t i = 0; i < values.size(); i++) values[i] = static_cast<int32_t>(i);
    EXPECT_EQ(OrderOf(Type(TypeKind::kInt32), values), ValueOrder::kAscending);
    values[at] = values[at - 1] - 1;
    EXPECT_EQ(OrderOf(Type(TypeKind::kInt32), values), ValueOrder::kNone) << at;
  }
}

TEST(ValueOrderTest, OfFloats) {
  const DataType type = Type(TypeKind::kFloat64);
  EXPECT_EQ(OrderOf<double>(type, {-INFINITY, -2.5, -1, -0.0, 0.0, 5e-324, INFINITY}), ValueOrder::kAscending);
  EXPECT_EQ(OrderOf<double>(type, {1, 0.0, -0.0, -1}), ValueOrder::kDescending);
  EXPECT_EQ(OrderOf<double>(type, {-1, 0.0, -0.0}), ValueOrder::kNone);
  for (const double nan : {std::nan(""), -std::nan("")}) {
    EXPECT_EQ(OrderOf<double>(type, {nan}), ValueOrder::kNone);
    EXPECT_EQ(OrderOf<double>(type, {1, 2, nan}), ValueOrder::kNone);
    EXPECT_EQ(OrderOf<double>(type, {nan, 1, 2}), ValueOrder::kNone);
    EXPECT_EQ(OrderOf<double>(type, {1, nan, 2}), ValueOrder::kNone);
  }
  EXPECT_EQ(OrderOf<float>(Type(TypeKind::kFloat32), {-2, -1, 3}), ValueOrder::kAscending);
}

TEST(ValueOrderTest, OfTextsAndDecimals) {
  EXPECT_EQ(OrderOfTexts({"", "a", "ab", "b", "\xC3\xA9"}), ValueOrder::kAscending);  // by unsigned bytes
  EXPECT_EQ(OrderOfTexts({"b", "ab"}), ValueOrder::kDescending);
  EXPECT_EQ(OrderOfTexts({"b", "ab", "b"}), ValueOrder::kNone);
  DataType type = Type(TypeKind::kDecimal);
  for (const int precision : {18, 38}) {
    type.precision = precision;
    EXPECT_EQ(OrderOf<__int128>(type, {-7, -6, 5}), ValueOrder::kAscending);
    EXPECT_EQ(OrderOf<__int128>(type, {-6, -7, 5}), ValueOrder::kNone);
  }
}

TEST(ValueOrderTest, OfIndices) {
  const std::vector<uint16_t> ascending = {0, 0, 1, 65535}, other = {0, 65535, 65534};
  EXPECT_TRUE(Ascends(ascending.data(), 4));
  EXPECT_FALSE(Ascends(other.data(), 3));
  EXPECT_TRUE(Ascends(nullptr, 0));
}

}  // namespace
}  // namespace v0
}  // namespace headrace
