// Runs: where they are, what is never taken for one, and that columns are the same with them as without.
#include "decode/runs.h"

#include <gtest/gtest.h>

#include "decode/test_column.h"
#include "decode/test_numbers.h"
#include "simd/test_rounds.h"

namespace headrace {
inline namespace v0 {
namespace {

// A block of texts between bytes that differ from field to field.
struct TestBlock {
  explicit TestBlock(const std::vector<std::string>& fields) : text(kTextPadding, 'p') {
    for (size_t i = 0; i < fields.size(); i++) {
      text += static_cast<char>('A' + i % 26);
      begin.push_back(static_cast<uint32_t>(text.size()));
      text += fields[i];
      end.push_back(static_cast<uint32_t>(text.size()));
      text += static_cast<char>('a' + i % 26);
    }
    text.append(kTextPadding, 'q');
  }
  Runs Find() const { return FindRuns({text.data(), begin.data(), end.data(), static_cast<uint32_t>(begin.size())}); }
  std::string text;
  std::vector<uint32_t> begin, end;
};

std::vector<std::string> Repeated(const std::vector<std::pair<std::string, size_t>>& runs) {
  std::vector<std::string> fields;
  for (const auto& [text, count] : runs) fields.insert(fields.end(), count, text);
  return fields;
}

TEST(RunsTest, FindsThemInBlocksOfTextsOfOneLength) {
  for (size_t length = 1; length <= RunText::kMaxBytes; length++) {
    const std::string first(length, '7');
    for (size_t bit = 0; bit < 8 * length; bit++) {
      std::string second = first;
      second[bit / 8] ^= static_cast<char>(1 << bit % 8);
      const Runs runs = TestBlock(Repeated({{first, 20}, {second, 1}, {first, 19}, {second, 24}})).Find();
      ASSERT_EQ(runs.size, 4U) << length << " bytes, another bit " << bit;
      EXPECT_EQ(std::vector<uint32_t>(runs.first, runs.first + 5), (std::vector<uint32_t>{0, 20, 21, 40, 64}));
    }
    EXPECT_EQ(TestBlock(Repeated({{first, 16}})).Find().size, 1U);
  }
}

TEST(RunsTest, LeavesOtherBlocksAlone) {
  const std::string day = "2013-11-01 00:00:00";
  EXPECT_EQ(TestBlock(Repeated({{day, 15}})).Find().size, 0U) << "few fields";
  EXPECT_EQ(TestBlock(Repeated({{"", 64}})).Find().size, 0U) << "nothing to read";
  EXPECT_EQ(TestBlock(Repeated({{std::string(33, '1'), 64}})).Find().size, 0U) << "long fields";
  EXPECT_EQ(TestBlock(Repeated({{day, 20}, {day + "0", 1}, {day, 43}})).Find().size, 0U) << "two lengths";
  EXPECT_EQ(TestBlock(Repeated({{day, 20}, {"", 1}, {day, 43}})).Find().size, 0U) << "two lengths";
  const auto many = [](int runs) {
    std::vector<std::pair<std::string, size_t>> lengths;
    for (int i = 0; i < runs; i++)
      lengths.emplace_back(std::to_string(10 + i), runs > 32 && (i == 5 || i == 6) ? 1 : 2);
    return TestBlock(Repeated(lengths)).Find().size;
  };
  EXPECT_EQ(many(32), 32U);
  EXPECT_EQ(many(33), 0U) << "of 64 fields";
}

// Specifications of columns that are read by runs, with texts for them.
struct Case {
  std::string name;
  ColumnSpec spec;
  std::vector<std::string> texts;
};

std::vector<Case> Cases() {
  const std::vector<std::string> times = {"2013-11-01 00:10:00", "2013-11-01 00:20:00", "2013-11-01T00:20:00",
                                          "2013-10-27 02:30:00", "2013-11-31 00:00:00", "2013-11-01 00:20:0x"};
  std::vector<Case> cases(6);
  for (Case& each : cases) {
    each.spec.type.kind = TypeKind::kTimestamp;
    each.spec.type.unit = TimeUnit::kMicro;
    each.texts = times;
  }
  cases[0].name = "ISO 8601";
  cases[1].name = "epochs beside ISO 8601";
  cases[1].spec.type.unit = TimeUnit::kMilli;
  cases[1].texts = {"1383260400000", "2013-11-01 00:10:00", "1383260400000000000", "2013-11-01 00:10:00.123", "-1"};
  cases[2].name = "local time";
  cases[2].spec.type.zone = "Europe/Rome";
  cases[2].spec.zone = std::make_shared<const LocalZone>(
      *LocalZone::Make(3600, {{1364691600, 3600, 7200}, {1382835600, 7200, 3600}}, false));
  cases[3].name = "a pattern";
  cases[3].spec.format.time = TimeFormat::kPattern;
  cases[3].spec.format.pattern = "%d/%m/%Y %H:%M";
  cases[3].texts = {"01/11/2013 00:10", "02/11/2013 00:10", "31/11/2013 00:10", "01/11/2013 0:10", "01-11-2013 00:10"};
  cases[4].name = "words";
  cases[4].spec.type.kind = TypeKind::kBool;
  cases[4].spec.format.true_values = {"si"};
  cases[4].spec.format.false_values = {"no"};
  cases[4].texts = {"si", "no", "ja", "s"};
  cases[5].name = "numbers with marks";
  cases[5].spec.type.kind = TypeKind::kFloat64;
  cases[5].spec.format.decimal = ',';
  cases[5].texts = {"1,5", "1,25", "2,5", "-0,0", "1.5", "0,1000000000000000000000000001"};
  return cases;
}

TEST(RunsTest, ColumnsAreTheSameAsFieldByField) {
  Random random(5);
  for (const Case& each : Cases()) {
    for (int round = 0; round < Rounds(20); round++) {
      std::vector<TestField> fields;
      while (fields.size() < 400) {
        const std::string text = random() % 8 == 0 ? "" : each.texts[random() % each.texts.size()];
        fields.insert(fields.end(), 1 + random() % (round % 2 == 0 ? 90 : 30), TestField{text});
      }
      DecodeEverywhere(each.spec, fields);  // windows of one field, which have no runs, and of many
    }
    EXPECT_FALSE(testing::Test::HasFailure()) << each.name;
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
