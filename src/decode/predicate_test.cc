#include "decode/predicate.h"

#include <gtest/gtest.h>

#include <optional>

#include "decode/literal.h"
#include "decode/repeat.h"

namespace headrace {
inline namespace v0 {
namespace {

using Kind = PredicateStep::Kind;

// 130 rows of int32: the row's number, null where it is divisible by 3.
class PredicateTest : public testing::Test {
 protected:
  static constexpr uint32_t kRows = 130;
  void SetUp() override {
    for (uint32_t row = 0; row < kRows; row++) {
      if (row % 3 == 0) continue;
      validity_[row / 64] |= uint64_t{1} << (row % 64);
      values_.push_back(static_cast<int32_t>(row));
    }
    column_.type.kind = TypeKind::kInt32;
    column_.rows = kRows;
    column_.num_values = static_cast<int64_t>(values_.size());
    column_.values = reinterpret_cast<const uint8_t*>(values_.data());
    column_.validity = validity_;
  }

  static PredicateStep Step(Kind kind) {
    PredicateStep step;
    step.kind = kind;
    return step;
  }
  static PredicateStep Compare(Comparison comparison, int32_t with) {
    PredicateStep step;
    step.comparison = comparison;
    step.literals = {std::string(reinterpret_cast<const char*>(&with), sizeof with)};
    return step;
  }

  // The rows for which the steps are true.
  std::vector<uint32_t> TrueRows(std::vector<PredicateStep> steps) {
    const Predicate predicate({column_.type}, std::move(steps));
    const uint64_t* words = predicate.Evaluate(&column_, kRows, &scratch_);
    std::vector<uint32_t> rows;
    for (uint32_t row = 0; row < (kRows + 63) / 64 * 64; row++) {
      if (words[row / 64] >> (row % 64) & 1) rows.push_back(row);
    }
    return rows;
  }

  uint64_t validity_[3] = {};
  std::vector<int32_t> values_;
  DecodedColumn column_;
  PredicateScratch scratch_;
};

TEST_F(PredicateTest, ComparisonsOfNullsAreNeverTrue) {
  EXPECT_EQ(TrueRows({Compare(Comparison::kLess, 5)}), (std::vector<uint32_t>{1, 2, 4}));
  EXPECT_EQ(TrueRows({Compare(Comparison::kLess, 5), Step(Kind::kNot)}).front(), 5u);
  EXPECT_EQ(TrueRows({Compare(Comparison::kEqual, 3)}), std::vector<uint32_t>());
  EXPECT_EQ(TrueRows({Compare(Comparison::kGreaterEqual, 128)}), (std::vector<uint32_t>{128}));
}

TEST_F(PredicateTest, ThreeValuedLogic) {
  // unknown OR true is true; unknown AND false is false, so that its negation is true; NOT unknown is unknown.
  EXPECT_EQ(TrueRows({Compare(Comparison::kEqual, 3), Step(Kind::kIsNull), Step(Kind::kOr)}).size(), 44u);
  EXPECT_EQ(TrueRows({Compare(Comparison::kEqual, 3), Step(Kind::kIsNull), Step(Kind::kNot), Step(Kind::kAnd),
                      Step(Kind::kNot)})
                .size(),
            size_t{kRows});
  EXPECT_EQ(TrueRows({Step(Kind::kIsNull), Step(Kind::kNot)}).size(), values_.size());
}

TEST_F(PredicateTest, ListsAreSearched) {
  PredicateStep in = Compare(Comparison::kEqual, 77);
  in.kind = Kind::kIn;
  for (const int32_t more : {128, 3, 1, -5}) in.literals.push_back(Compare(Comparison::kEqual, more).literals[0]);
  EXPECT_EQ(TrueRows({in}), (std::vector<uint32_t>{1, 77, 128}));
}

TEST(Literal, IsReadAsTheColumnReadsIt) {
  ColumnSpec spec;
  spec.type.kind = TypeKind::kInt16;
  std::string value;
  ASSERT_EQ(DecodeLiteral(spec, "-7", &value), std::nullopt);
  EXPECT_EQ(value, std::string("\xF9\xFF", 2));
  EXPECT_EQ(DecodeLiteral(spec, "", &value), RejectKind::kBadInteger) << "no text is null";
  EXPECT_EQ(DecodeLiteral(spec, "40000", &value), RejectKind::kOutOfRange);
  spec.type.kind = TypeKind::kString;
  ASSERT_EQ(DecodeLiteral(spec, "", &value), std::nullopt);
  EXPECT_EQ(value, "");
  ASSERT_EQ(DecodeLiteral(spec, std::string(5000, 'x'), &value), std::nullopt);
  EXPECT_EQ(value.size(), 5000u);
}

TEST(Repeat, AcrossWords) {
  std::vector<int32_t> values(400);
  std::vector<uint64_t> validity(8, ~uint64_t{0});  // what was there before does not matter
  ColumnOut out;
  out.values = reinterpret_cast<uint8_t*>(values.data());
  out.validity = validity.data();
  DataType type;
  type.kind = TypeKind::kInt32;
  const int32_t seven = 7;
  const std::string value(reinterpret_cast<const char*>(&seven), sizeof seven);
  AppendRepeated(type, value, 3, &out);
  AppendNulls(64, &out);
  AppendRepeated(type, value, 130, &out);
  ASSERT_EQ(out.rows, 197);
  EXPECT_EQ(out.num_values, 133);
  for (int64_t row = 0; row < out.rows; row++) {
    EXPECT_EQ(validity[static_cast<size_t>(row / 64)] >> (row % 64) & 1, row < 3 || row >= 67 ? 1u : 0u) << row;
  }
  for (size_t i = 0; i < 133; i++) EXPECT_EQ(values[i], 7);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
