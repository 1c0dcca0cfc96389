// The values that telling_only keeps give a column the type and the reason that all its values give, at every level.
// HEADRACE_LONG_TESTS=1 runs a hundred times as many.
#include "sniff/facts.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "decode/test_column.h"

namespace headrace {
inline namespace v0 {
namespace {

using Random = std::mt19937_64;

std::string Digits(Random& random, size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('0' + random() % 10);
  return text;
}

std::string Integer(Random& random) {
  const std::string text = Digits(random, 1 + random() % (random() % 8 ? 9 : 22));
  const size_t zeros = std::min(text.find_first_not_of('0'), text.size() - 1);
  return (random() % 16 ? "" : "-") + text.substr(random() % 64 ? zeros : 0);
}

std::string Fraction(Random& random) {
  const std::string whole = random() % 3 ? "0" : Integer(random);
  return whole + "." + std::string(random() % 3, '0') + Digits(random, random() % (random() % 8 ? 17 : 40));
}

std::string Date(Random& random) {
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", static_cast<int>(random() % 3000),
                static_cast<int>(random() % 16 ? 1 + random() % 12 : random() % 14),
                static_cast<int>(random() % 16 ? 1 + random() % 28 : random() % 33));
  return text;
}

std::string Time(Random& random) {
  char text[40];
  std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(random() % (random() % 64 ? 24 : 26)),
                static_cast<int>(random() % 60));
  std::string result = text;
  if (random() % 8) result += ":0" + Digits(random, 1);
  if (random() % 3 == 0) result += "." + Digits(random, 1 + random() % (random() % 16 ? 6 : 10));
  return result;
}

std::string Timestamp(Random& random) { return Date(random) + (random() % 2 ? " " : "T") + Time(random); }
std::string Instant(Random& random) { return Timestamp(random) + (random() % 8 ? "Z" : "+02:00"); }

std::string Word(Random& random) {
  static const char* const words[] = {"true",  "False", "NA",   "NULL",  "null", "-",    "--",        "?",    "\\N",
                                      "#N/A",  "None",  "nil",  "inf",   "-inf", "NaN",  "-infinity", "n",    "t",
                                      "north", "table", "fact", "index", "-x",   "#tag", "none",      "nanny"};
  return words[random() % std::size(words)];
}

std::string Text(Random& random) {
  static const char* const texts[] = {
      "alpha",      "12 Main St", "3f2a9c",
      "1_000",      "+1",         "0x1F",
      " 1",         "1 ",         "1,5",
      "5.",         "1..2",       "1-2",
      "a\"b",       ".",          "-.",
      "1e5",        "1.5E-7",     "1e400",
      "2024-02-30", "24:00",      "M\xC3\xBC",
      "-0",         "-0.0",       "long text that is far longer than any value of a type could be, and then some"};
  return texts[random() % std::size(texts)];
}

// A number with a comma before its fraction, and mostly points between thousands.
std::string Marked(Random& random) {
  std::string text = random() % 2 ? Integer(random) : Fraction(random);
  const size_t point = std::min(text.find('.'), text.size());
  if (point < text.size()) text[point] = ',';
  if (random() % 8 == 0) return text;
  for (size_t at = point; at > 3 + (text[0] == '-' ? 1 : 0); text.insert(at, 1, '.')) at -= 3;
  return text;
}

using Maker = std::string (*)(Random&);
constexpr Maker kMakers[] = {Integer, Fraction, Date, Timestamp, Instant, Time, Word, Text, Marked};

std::string Mutated(Random& random, std::string text) {
  static constexpr std::string_view kBytes = "0123456789-:.TtZz +eENn/\"";
  const size_t place = random() % (text.size() + 1);
  if (random() % 2 || text.empty()) return text.insert(place, 1, kBytes[random() % kBytes.size()]);
  return text.erase(std::min(place, text.size() - 1), 1);
}

// Mostly of one kind, with a share of others.
std::vector<TestField> DrawColumn(Random& random) {
  const Maker usual = kMakers[random() % std::size(kMakers)], other = kMakers[random() % std::size(kMakers)];
  const uint64_t rare = uint64_t{1} << (1 + random() % 10), empty = uint64_t{1} << (1 + random() % 6);
  std::vector<TestField> fields(1 + random() % 600);
  for (TestField& field : fields) {
    if (random() % empty == 0) continue;
    std::string text = (random() % rare ? usual : other)(random);
    if (random() % (rare * 4) == 0) text = Mutated(random, text);
    field.quoted = random() % (rare * 2) == 0 || text.find('"') != std::string::npos;
    for (const char c : text) {
      if (c == '"') field.text += '"', field.escaped = true;
      field.text += c;
    }
  }
  return fields;
}

ColumnFacts FactsOfAll(const std::vector<TestField>& fields, const std::vector<std::string>& nulls,
                       const NumberMarks& marks) {
  ColumnFacts facts(marks);
  for (size_t i = 0; i < fields.size(); i++) {
    std::string text;
    for (size_t at = 0; at < fields[i].text.size(); at++) {
      text += fields[i].text[at];
      at += fields[i].escaped && fields[i].text[at] == '"';
    }
    facts.Note(fields[i].escaped ? EscapedAsText(text, fields[i].text) : text, nulls, {static_cast<int64_t>(i), 0, 0});
  }
  return facts;
}

ColumnFacts FactsOfKept(const std::vector<TestRow>& rows, const std::vector<std::string>& nulls,
                        const NumberMarks& marks) {
  ColumnFacts facts(marks);
  for (size_t i = 0; i < rows.size(); i++) {
    if (rows[i].value) facts.Note(*rows[i].value, nulls, {static_cast<int64_t>(i), 0, 0});
  }
  return facts;
}

void Check(const std::vector<TestField>& fields, const std::vector<std::string>& nulls, const Dialect& dialect) {
  const NumberMarks marks = MarksOf(dialect, {});
  std::string reason, kept_reason;
  const Column column = FactsOfAll(fields, nulls, marks).ToColumn("c", &reason);
  for (const uint32_t rows_of_window : {7U, 100U, 1U << 20}) {
    std::vector<TestRow> first;
    for (const SimdLevel level : SimdLevels()) {
      ForceSimdLevelForTesting(level);
      ColumnSpec spec;
      spec.type.kind = TypeKind::kBinary;
      spec.nulls = nulls;
      spec.format.decimal = dialect.decimal;
      spec.format.thousands = dialect.thousands;
      spec.telling_only = true;
      const std::vector<TestRow> rows = DecodeFields(ColumnDecoder(spec), fields, {rows_of_window, 3, ',', '9'});
      if (level == SimdLevel::kPlain) first = rows;
      ASSERT_TRUE(rows == first) << reason;
      const Column kept = FactsOfKept(rows, nulls, marks).ToColumn("c", &kept_reason);
      ASSERT_EQ(kept_reason, reason);
      ASSERT_TRUE(kept.type == column.type) << reason;
      ASSERT_EQ(kept.nulls, column.nulls) << reason;
      ASSERT_TRUE(kept.format == column.format) << reason;
    }
  }
}

TEST(FactsTest, TellingValuesGiveTheFactsOfAll) {
  Random random(20);
  const int columns = std::getenv("HEADRACE_LONG_TESTS") != nullptr ? 200000 : 2000;
  for (int i = 0; i < columns && !testing::Test::HasFatalFailure(); i++) {
    Dialect dialect;
    if (i % 3 == 1) dialect.decimal = ',';
    if (i % 6 == 1) dialect.thousands = ".";
    if (i % 6 == 3) dialect.thousands = ",";
    Check(DrawColumn(random), i % 4 ? std::vector<std::string>{""} : std::vector<std::string>{"", "none", "-1"},
          dialect);
  }
  ForceSimdLevelForTesting(SimdLevels().back());
}

TEST(FactsTest, AnEmptyFieldIsTextWhereItSpellsNoNull) {
  for (const std::vector<std::string>& nulls : {std::vector<std::string>{""}, {"NA"}}) {
    ColumnFacts facts;
    for (const char* text : {"1", "", "NA", "3"}) facts.Note(text, nulls, {});
    std::string reason;
    EXPECT_EQ(facts.ToColumn("c", &reason).type.kind, nulls[0].empty() ? TypeKind::kInt64 : TypeKind::kString);
  }
}

TEST(FactsTest, FewValuesAreKept) {
  std::vector<TestField> fields;
  for (int i = 0; i < 5000; i++) fields.push_back({std::to_string(i % 1000) + ".5", false, false});
  ColumnSpec spec;
  spec.type.kind = TypeKind::kBinary;
  spec.telling_only = true;
  const std::vector<TestRow> rows = DecodeFields(ColumnDecoder(spec), fields, {5000, 0, ',', '9'});
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [](const TestRow& row) { return row.value.has_value(); }),
            4);  // of 0 to 3 digits
}

}  // namespace
}  // namespace v0
}  // namespace headrace
