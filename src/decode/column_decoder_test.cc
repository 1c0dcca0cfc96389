// Nulls, validity bits at every offset, bad rows in order: what all types share.
#include "decode/column_decoder.h"

#include <gtest/gtest.h>

#include <random>

#include "decode/test_column.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr TypeKind kAllKinds[] = {TypeKind::kBool,   TypeKind::kInt8,     TypeKind::kInt16,     TypeKind::kInt32,
                                  TypeKind::kInt64,  TypeKind::kUInt8,    TypeKind::kUInt16,    TypeKind::kUInt32,
                                  TypeKind::kUInt64, TypeKind::kFloat32,  TypeKind::kFloat64,   TypeKind::kDecimal,
                                  TypeKind::kString, TypeKind::kBinary,   TypeKind::kDate,      TypeKind::kTimestamp,
                                  TypeKind::kTime,   TypeKind::kDuration, TypeKind::kDictionary};

ColumnSpec Spec(TypeKind kind) {
  ColumnSpec spec;
  spec.type.kind = kind;
  spec.type.precision = 10;
  spec.type.scale = 2;
  return spec;
}

// A text that is a value of the kind.
std::string ValueOf(TypeKind kind) {
  switch (kind) {
    case TypeKind::kDate:
      return "2013-11-01";
    case TypeKind::kTimestamp:
      return "2013-11-01 00:10:00";
    case TypeKind::kTime:
      return "00:10:00";
    default:
      return "1";
  }
}

std::string BadTextOf(TypeKind kind) { return IsVariableWidth(kind) ? "\xC3" : "x"; }

TEST(ColumnDecoderTest, EmptyIsNullForEveryKind) {
  for (const TypeKind kind : kAllKinds) {
    const auto rows = DecodeEverywhere(Spec(kind), {{""}, {ValueOf(kind)}, {"", true}, {ValueOf(kind), true}});
    EXPECT_TRUE(rows[0].null());
    EXPECT_TRUE(rows[1].value.has_value());
    EXPECT_EQ(rows[1], rows[3]);
    EXPECT_EQ(rows[2].value, IsVariableWidth(kind) ? std::optional<std::string>("") : std::nullopt);
    EXPECT_FALSE(rows[2].bad.has_value());
  }
}

TEST(ColumnDecoderTest, SpellingsReplaceTheList) {
  for (const TypeKind kind : kAllKinds) {
    ColumnSpec spec = Spec(kind);
    spec.nulls = {"NA", "null", std::string(70, '-')};
    const auto rows = DecodeEverywhere(spec, {{"NA"},
                                              {"null"},
                                              {std::string(70, '-')},
                                              {"NA", true},
                                              {"na"},
                                              {"NAA"},
                                              {"N"},
                                              {""},
                                              {"", true},
                                              {std::string(71, '-')},
                                              {ValueOf(kind)}});
    for (const size_t i : {0, 1, 2}) EXPECT_TRUE(rows[i].null());
    const bool is_text = IsVariableWidth(kind);
    if (is_text) {
      EXPECT_EQ(rows[3].value, "NA");
      EXPECT_EQ(rows[7].value, "");
      EXPECT_EQ(rows[8].value, "");
    } else {
      EXPECT_TRUE(rows[3].null()) << "quotes do not make a spelling a value here";
      EXPECT_TRUE(rows[7].bad.has_value());
      EXPECT_TRUE(rows[8].bad.has_value());
    }
    for (const size_t i : {4, 5, 6, 9}) EXPECT_EQ(rows[i].bad.has_value(), !is_text);
    EXPECT_TRUE(rows[10].value.has_value());
  }
}

TEST(ColumnDecoderTest, NoSpellingAtAll) {
  ColumnSpec spec = Spec(TypeKind::kInt32);
  spec.nulls = {};
  const auto rows = DecodeEverywhere(spec, {{""}, {"", true}, {"4"}});
  EXPECT_EQ(rows[0].bad, RejectKind::kBadInteger);
  EXPECT_EQ(rows[1].bad, RejectKind::kBadInteger);
  EXPECT_EQ(rows[2].As<int32_t>(), 4);
}

TEST(ColumnDecoderTest, SpellingsWithQuotesAreComparedHalved) {
  ColumnSpec spec = Spec(TypeKind::kInt32);
  spec.nulls = {"\"\"", "a\"b"};
  const auto rows = DecodeEverywhere(spec, {{"\"\"\"\"", true, true},
                                            {"a\"\"b", true, true},
                                            {"\"\"", true, true},
                                            {"a\"\"", true, true},
                                            {"a\"\"bc", true, true}});
  EXPECT_TRUE(rows[0].null());
  EXPECT_TRUE(rows[1].null());
  for (const size_t i : {2, 3, 4}) EXPECT_EQ(rows[i].bad, RejectKind::kBadInteger);
}

TEST(ColumnDecoderTest, NoNulls) {
  for (const TypeKind kind : kAllKinds) {
    ColumnSpec spec = Spec(kind);
    spec.no_nulls = true;
    spec.nulls = {"", "-"};
    const auto rows =
        DecodeEverywhere(spec, {{""}, {BadTextOf(kind)}, {ValueOf(kind)}, {"-"}, {BadTextOf(kind)}, {""}});
    EXPECT_EQ(rows[0].bad, RejectKind::kNullNotAllowed);
    EXPECT_EQ(rows[3].bad, RejectKind::kNullNotAllowed);
    EXPECT_EQ(rows[5].bad, RejectKind::kNullNotAllowed);
    EXPECT_EQ(rows[1].bad.has_value(), kind != TypeKind::kBinary);
    EXPECT_EQ(rows[1].bad, rows[4].bad);
    EXPECT_NE(rows[1].bad, RejectKind::kNullNotAllowed);
    EXPECT_TRUE(rows[2].value.has_value());
  }
}

// Values, nulls and bad values at random, appended from every bit of a word.
TEST(ColumnDecoderTest, EveryBitOffset) {
  std::mt19937_64 random(1);
  for (const TypeKind kind : kAllKinds) {
    for (const bool no_nulls : {false, true}) {
      ColumnSpec spec = Spec(kind);
      spec.no_nulls = no_nulls;
      std::vector<TestField> fields;
      for (int i = 0; i < 300; i++) {
        const uint64_t dice = random() % 8;
        fields.push_back({dice < 2 ? "" : dice == 2 ? BadTextOf(kind) : ValueOf(kind)});
      }
      for (const SimdLevel level : SimdLevels()) {
        ForceSimdLevelForTesting(level);
        const ColumnDecoder decoder(spec);
        for (uint32_t before = 0; before < 64; before++) {
          const auto rows = DecodeFields(decoder, fields, {1 + static_cast<uint32_t>(random() % 150), before});
          for (size_t i = 0; i < rows.size(); i++) {
            const bool empty = fields[i].text.empty();
            const bool is_value = fields[i].text == ValueOf(kind) || (kind == TypeKind::kBinary && !empty);
            ASSERT_EQ(rows[i].value.has_value(), is_value) << i;
            ASSERT_EQ(rows[i].bad.has_value(), empty ? no_nulls : !is_value) << i;
          }
        }
      }
    }
  }
}

TEST(ColumnDecoderTest, NoRowsAtAll) {
  for (const TypeKind kind : kAllKinds) EXPECT_TRUE(DecodeEverywhere(Spec(kind), {}).empty());
}

TEST(ColumnDecoderTest, BitsBehindTheRowsAreZero) {
  const ColumnDecoder decoder(Spec(TypeKind::kInt32));
  TestColumnMemory memory(decoder.type(), 200, 0);
  const std::vector<TestField> fields(70, TestField{"5"});
  const TestText text(fields.data(), 70, {});
  TestScratch scratch(70);
  std::vector<BadValue> bad(70);
  BadValueList list{bad.data(), 0};
  decoder.Decode(text.list, scratch.lists(), &memory.out, &list);
  EXPECT_EQ(memory.validity[0], ~uint64_t{0});
  EXPECT_EQ(memory.validity[1], 0x3FU);
}

TEST(ColumnDecoderTest, DoubledQuotesAreHalved) {
  std::mt19937 random(8);
  std::vector<TestField> fields;
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; i++) {
    std::string text, doubled;
    const uint32_t one_in = 1 + random() % 8;
    for (uint32_t length = random() % 40; length > 0; length--) {
      const char byte = random() % one_in == 0 ? '"' : static_cast<char>('"' + random() % 3 - 1);
      text += byte;
      doubled.append(byte == '"' ? 2 : 1, byte);
    }
    texts.push_back(text);
    fields.push_back({doubled, true, text != doubled});
  }
  const auto rows = DecodeEverywhere(Spec(TypeKind::kString), fields);
  for (size_t i = 0; i < rows.size(); i++) EXPECT_EQ(rows[i].value, texts[i]);
}

TEST(ColumnDecoderTest, RollbackAndAgain) {
  const ColumnDecoder decoder(Spec(TypeKind::kString));
  TestColumnMemory memory(decoder.type(), 200, 1000);
  std::memset(memory.out.values, 0, sizeof(int32_t));
  const std::vector<TestField> fields = {{"one"}, {""}, {"three"}};
  const TestText text(fields.data(), 3, {});
  TestScratch scratch(3);
  std::vector<BadValue> bad(3);
  BadValueList list{bad.data(), 0};
  decoder.Decode(text.list, scratch.lists(), &memory.out, &list);
  const ColumnMark mark = MarkOf(memory.out);
  for (int i = 0; i < 3; i++) {
    decoder.Decode(text.list, scratch.lists(), &memory.out, &list);
    Rollback(mark, &memory.out);
  }
  decoder.Decode(text.list, scratch.lists(), &memory.out, &list);
  const auto read = ReadRows(decoder.type(), memory.out, 0, std::vector<std::optional<RejectKind>>(6));
  ASSERT_EQ(read.size(), 6U);
  EXPECT_EQ(read[2].value, "three");
  EXPECT_TRUE(read[4].null());
  EXPECT_EQ(read[5].value, "three");
}

TEST(RejectKindTest, NamesAreDistinctAndComplete) {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(RejectKind::kInvalidUtf8); i++) {
    const auto kind = static_cast<RejectKind>(i);
    EXPECT_NE(RejectKindName(kind), "unknown");
    EXPECT_FALSE(RejectKindReason(kind).empty());
    EXPECT_EQ(std::count(names.begin(), names.end(), RejectKindName(kind)), 0);
    names.push_back(RejectKindName(kind));
  }
  EXPECT_EQ(RejectKindName(RejectKind::kTooFewFields), "too_few_fields");
  EXPECT_EQ(RejectKindReason(RejectKind::kTooFewFields), "fewer fields than the schema has columns");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
