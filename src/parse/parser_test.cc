// The parser against its exact path: on any text, any window size and any SIMD level, the same records.
#include "parse/parser.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "parse/column_fields.h"
#include "simd/level.h"
#include "simd/structural_levels.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Line {
  std::string kind;  // "row", "blank", "comment" or a fault's number
  std::vector<std::string> fields;
  size_t begin = 0, end = 0, field = 0;
  bool operator==(const Line&) const = default;
};

std::string Padded(const std::string& text) {
  return std::string(kTextPadding, '\0') + text + std::string(kTextPadding, '\0');
}

// Record by record with RecordScanner alone.
std::vector<Line> ReadExactly(const ParserOptions& options, const std::string& text) {
  std::vector<Line> lines;
  size_t at = 0;
  while (at < text.size()) {
    RecordScanner scanner(options.dialect);
    scanner.Start();
    std::vector<uint32_t> ends(text.size() + 1);
    const auto size = static_cast<uint32_t>(text.size() - at);
    const uint32_t after = scanner.Feed(text.data() + at, 0, size, {nullptr, ends.data(), nullptr, size + 1});
    if (!scanner.ended()) scanner.FinishAtEndOfFile(size, {nullptr, ends.data(), nullptr, size + 1});
    const auto length = static_cast<size_t>(scanner.length());
    Line line{"row", {}, at, at + length, 0};
    const bool unclosed = scanner.fault() == RejectKind::kUnclosedQuote;
    if (scanner.is_comment()) {
      line = {"comment", {}, 0, 0, 0};
    } else if (length == 0 && options.columns > 1) {
      line = {"blank", {}, 0, 0, 0};
    } else if (static_cast<int64_t>(length) > options.max_record_bytes && !unclosed) {
      line.kind = std::to_string(static_cast<int>(RejectKind::kRecordTooLong));
      line.field = at;
    } else if (scanner.fault()) {
      line.kind = std::to_string(static_cast<int>(*scanner.fault()));
      line.field = at + static_cast<size_t>(scanner.fault_field_offset());
    } else if (scanner.num_fields() != options.columns) {
      line.kind = std::to_string(static_cast<int>(scanner.num_fields() < options.columns ? RejectKind::kTooFewFields
                                                                                         : RejectKind::kTooManyFields));
      line.field = at;
    } else {
      size_t from = 0;
      for (uint32_t i = 0; i < options.columns; i++) {
        const size_t to = std::min<size_t>(ends[i], length);
        std::string field = text.substr(at + from, to - from);
        if (options.dialect.bytes.quoting && !field.empty() && field[0] == '"')
          field = field.substr(1, field.size() - 2);
        line.fields.push_back(field);
        from = ends[i] + size_t{1};
      }
    }
    lines.push_back(line);
    at += after;
  }
  return lines;
}

// Through ParseWindow, with the text arriving `chunk` bytes at a time.
std::vector<Line> ReadInWindows(const ParserOptions& options, const std::string& text, size_t chunk) {
  const Parser parser(options);
  FieldIndex index(options.columns);
  ColumnFields gather(options.dialect);
  const std::string padded = Padded(text);
  const char* data = padded.data() + kTextPadding;
  std::vector<Line> lines;
  size_t at = 0, have = std::min(chunk, text.size());
  size_t blanks = 0, comments = 0;
  while (at < text.size()) {
    const bool final = have == text.size();
    if (!parser.ParseWindow(data, static_cast<uint32_t>(at), static_cast<uint32_t>(text.size()),
                            static_cast<uint32_t>(have), final, &index)) {
      EXPECT_FALSE(final);
      if (final) break;
      have = std::min(text.size(), have + chunk);
      continue;
    }
    std::vector<Line> rows(index.rows);
    for (uint32_t row = 0; row < index.rows; row++) rows[row] = {"row", {}, index.row_begin()[row], 0, 0};
    for (uint32_t column = 0; column < options.columns; column++) {
      const FieldList fields = gather.Gather(index, data, column);
      for (uint32_t row = 0; row < index.rows; row++) {
        rows[row].fields.emplace_back(data + fields.begin[row], fields.end[row] - fields.begin[row]);
        rows[row].end = fields.end[row] + (fields.is_quoted(row) ? 1 : 0);
      }
    }
    uint32_t fault = 0;
    for (uint32_t row = 0; row <= index.rows; row++) {
      for (; fault < index.num_faults && index.faults()[fault].rows_before == row; fault++) {
        const Fault& f = index.faults()[fault];
        lines.push_back({std::to_string(static_cast<int>(f.kind)), {}, f.begin, f.end, f.field_begin});
      }
      if (row < index.rows) lines.push_back(rows[row]);
    }
    blanks += index.blanks;
    comments += index.comments;
    at = index.consumed;
  }
  for (size_t i = 0; i < blanks; i++) lines.push_back({"blank", {}, 0, 0, 0});
  for (size_t i = 0; i < comments; i++) lines.push_back({"comment", {}, 0, 0, 0});
  return lines;
}

// Blanks and comments have no place in a window, only a number: put them last.
std::vector<Line> Sorted(const std::vector<Line>& lines) {
  std::vector<Line> sorted;
  for (const Line& line : lines) {
    if (line.kind != "blank" && line.kind != "comment") sorted.push_back(line);
  }
  for (const char* kind : {"blank", "comment"}) {
    for (const Line& line : lines) {
      if (line.kind == kind) sorted.push_back(line);
    }
  }
  return sorted;
}

std::string RandomText(std::mt19937* random, const std::string& alphabet, size_t size) {
  std::string text;
  while (text.size() < size) text += alphabet[(*random)() % alphabet.size()];
  return text;
}

// Mostly well-formed text, with long runs that cross blocks.
std::string RenderText(std::mt19937* random, uint32_t columns, size_t size) {
  std::string text;
  const auto chance = [&](int percent) { return static_cast<int>((*random)() % 100) < percent; };
  while (text.size() < size) {
    for (uint32_t i = 0; i < columns; i++) {
      const std::string value(chance(5) ? (*random)() % 200 : (*random)() % 6, 'x');
      const bool quoted = chance(30);
      text += quoted ? '"' + (chance(30) ? value + "\",\n" : value) + (chance(20) ? "\"\"" : "") + '"' : value;
      if (quoted && text.ends_with("\n\"")) text.insert(text.size() - 3, "\"");
      if (chance(1)) text += '"';
      if (i + 1 < columns) text += ',';
      if (chance(1)) text += ',';
    }
    if (chance(20)) text += '\r';
    text += '\n';
    if (chance(3)) text += chance(50) ? "\n" : "\r\n";
    if (chance(2)) text += "#a,\"b\n";
  }
  return text;
}

class ParserLevels : public testing::TestWithParam<SimdLevel> {
 protected:
  void SetUp() override { ForceSimdLevelForTesting(GetParam()); }
  void TearDown() override { ForceSimdLevelForTesting(SimdLevel::kAvx2); }
};

TEST_P(ParserLevels, AgreesWithTheExactPathOnAnyText) {
  std::mt19937 random(7);
  int64_t records = 0;
  for (int round = 0; round < 1500; round++) {
    ParserOptions options;
    options.columns = 1 + random() % 4;
    options.dialect.bytes.quoting = random() % 4 != 0;
    options.dialect.bytes.terminator = random() % 5 == 0 ? '\r' : '\n';
    options.dialect.has_comment = random() % 2 == 0;
    options.max_record_bytes = random() % 3 == 0 ? 20 : 1 << 20;
    options.window_bytes = 1 + random() % 300;
    const size_t size = random() % 600;
    const std::string text =
        round % 2 == 0 ? RandomText(&random, "ab,,\n\n\"\"\r#\xC3", size) : RenderText(&random, options.columns, size);
    const std::vector<Line> expected = Sorted(ReadExactly(options, text));
    records += static_cast<int64_t>(expected.size());
    for (const size_t chunk : {size_t{1}, size_t{7}, size_t{64}, size_t{1000}}) {
      const std::vector<Line> got = ReadInWindows(options, text, chunk);
      ASSERT_EQ(got.size(), expected.size()) << "round " << round << " chunk " << chunk << "\n" << text;
      for (size_t i = 0; i < got.size(); i++) {
        ASSERT_EQ(got[i], expected[i]) << "round " << round << " chunk " << chunk << " record " << i << ": "
                                       << got[i].kind << " " << expected[i].kind << "\n"
                                       << text;
      }
    }
  }
  EXPECT_GT(records, 20'000);
}

TEST_P(ParserLevels, KeepsNeighboursOfFaultyRecords) {
  ParserOptions options;
  options.columns = 2;
  options.max_record_bytes = 1000;
  const std::string text = "a,b\nc\"d,e\nf,g\n\"h\"i,j\n\"k\nl\",m\nn\no,p,q\nr,s";
  const std::vector<Line> lines = ReadInWindows(options, text, 1000);
  ASSERT_EQ(lines.size(), 8U);
  EXPECT_EQ(lines[0].fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(lines[1].kind, std::to_string(static_cast<int>(RejectKind::kQuoteInField)));
  EXPECT_EQ(lines[2].fields, (std::vector<std::string>{"f", "g"}));
  EXPECT_EQ(lines[3].kind, std::to_string(static_cast<int>(RejectKind::kTextAfterQuote)));
  EXPECT_EQ(lines[4].fields, (std::vector<std::string>{"k\nl", "m"}));
  EXPECT_EQ(lines[5].kind, std::to_string(static_cast<int>(RejectKind::kTooFewFields)));
  EXPECT_EQ(lines[6].kind, std::to_string(static_cast<int>(RejectKind::kTooManyFields)));
  EXPECT_EQ(lines[7].fields, (std::vector<std::string>{"r", "s"}));
}

INSTANTIATE_TEST_SUITE_P(Levels, ParserLevels, testing::Values(SimdLevel::kPlain, SimdLevel::kAvx2),
                         [](const auto& info) { return std::string(SimdLevelName(info.param)); });

#if defined(__x86_64__)
TEST(StructuralIndex, LevelsAgree) {
  ForceSimdLevelForTesting(SimdLevel::kAvx2);
  if (ActiveSimdLevel() != SimdLevel::kAvx2) GTEST_SKIP() << "this machine has no AVX2";
  std::mt19937 random(11);
  for (int round = 0; round < 2000; round++) {
    const std::string text = RenderText(&random, 3, random() % 1000);
    const std::string padded = Padded(text);
    StructuralBytes bytes;
    bytes.quoting = round % 3 != 0;
    std::vector<uint32_t> plain(text.size() + 256), avx2(text.size() + 256);
    const auto size = static_cast<uint32_t>(text.size());
    const uint32_t capacity = random() % 2 == 0 ? size + 64 : 50;
    const auto a = IndexStructuralsPlain(padded.data() + kTextPadding, 0, size, bytes, plain.data(), capacity);
    const auto b = IndexStructuralsAvx2(padded.data() + kTextPadding, 0, size, bytes, avx2.data(), capacity);
    ASSERT_EQ(a.num_positions, b.num_positions);
    ASSERT_EQ(a.num_terminators, b.num_terminators);
    ASSERT_EQ(a.stopped_at, b.stopped_at);
    ASSERT_EQ(a.suspect, b.suspect);
    ASSERT_EQ(a.full, b.full);
    ASSERT_EQ(a.has_quotes, b.has_quotes);
    ASSERT_EQ(a.ascii, b.ascii);
    plain.resize(a.num_positions);
    avx2.resize(b.num_positions);
    ASSERT_EQ(plain, avx2);
  }
}
#endif

// The records of a text by the rules of exact dialects alone.
std::vector<std::string> ByExactRules(const ParseDialect& dialect, const std::string& text, bool exact) {
  std::vector<std::string> records;
  RecordScanner scanner(dialect, exact);
  const auto size = static_cast<uint32_t>(text.size());
  for (uint32_t at = 0; at < size;) {
    scanner.Start();
    const uint32_t after = scanner.Feed(text.data(), at, size, {});
    if (!scanner.ended()) scanner.FinishAtEndOfFile(size, {});
    std::string record = std::to_string(after) + " " + std::to_string(scanner.length()) + " ";
    record += scanner.is_comment() ? "comment" : std::to_string(scanner.num_fields());
    if (scanner.fault() && !scanner.is_comment()) {
      record += " fault " + std::to_string(static_cast<int>(*scanner.fault())) + " at " +
                std::to_string(scanner.fault_field_offset());
    }
    records.push_back(record);
    at = after;
  }
  return records;
}

TEST(ExactRules, GiveTheSameOnRegularDialects) {
  std::mt19937 random(20261128);
  for (int i = 0; i < 20000; i++) {
    ParseDialect dialect;
    dialect.bytes.terminator = i % 3 == 0 ? '\r' : '\n';
    dialect.bytes.quoting = i % 5 != 0;
    dialect.has_comment = i % 2 == 0;
    std::string text;
    for (size_t size = 1 + random() % 40; text.size() < size;) text += ",\"\n\ra#"[random() % 6];
    ASSERT_EQ(ByExactRules(dialect, text, true), ByExactRules(dialect, text, false)) << testing::PrintToString(text);
  }
}

// The rows of a text, fields joined by '/', through ParseWindow.
std::string RowsOf(const ParserOptions& options, const std::string& text) {
  const Parser parser(options);
  FieldIndex index(options.columns);
  ColumnFields gather(options.dialect);
  const std::string padded = Padded(text);
  const char* data = padded.data() + kTextPadding;
  const auto size = static_cast<uint32_t>(text.size());
  std::string all;
  for (uint32_t at = 0; at < size; at = index.consumed) {
    EXPECT_TRUE(parser.ParseWindow(data, at, size, size, true, &index));
    std::vector<std::string> rows(index.rows);
    for (uint32_t column = 0; column < options.columns; column++) {
      const FieldList fields = gather.Gather(index, data, column);
      for (uint32_t row = 0; row < index.rows; row++) {
        if (column > 0) rows[row] += '/';
        for (FieldBytes bytes(fields, row); !bytes.done();) rows[row] += bytes.Next();
      }
    }
    for (const std::string& row : rows) all += row + ";";
    for (uint32_t i = 0; i < index.num_faults; i++) all += "fault;";
  }
  return all;
}

ParserOptions OptionsOf(uint32_t columns) {
  ParserOptions options;
  options.columns = columns;
  options.max_record_bytes = 1000;
  return options;
}

TEST(ExactRules, DelimitersOfSeveralBytes) {
  ParserOptions options = OptionsOf(2);
  options.dialect.delimiter = "aab";
  EXPECT_EQ(RowsOf(options, "xaaab1\n\"aab\"aab2\r\naab\n"), "xa/1;aab/2;/;");
  EXPECT_EQ(RowsOf(options, "\"x\"aa\n\"x\"\raab1\n"), "fault;fault;");
}

TEST(ExactRules, Whitespace) {
  ParserOptions options = OptionsOf(2);
  options.dialect.whitespace = true;
  EXPECT_EQ(RowsOf(options, "  a \t b  \r\n \n\"c d\" \"\"\nx"), "a/b;c d/;fault;");
}

TEST(ExactRules, Escapes) {
  ParserOptions options = OptionsOf(2);
  options.dialect.escape = '\\';
  EXPECT_EQ(RowsOf(options, "a\\,b,\"c\\\"d\"\"e\"\n\\\n,\\\r\nx,y\\"), "a,b/c\"d\"e;\n/\r;x/y\\;");
}

TEST(ExactRules, Lenient) {
  ParserOptions options = OptionsOf(2);
  options.dialect.lenient = true;
  EXPECT_EQ(RowsOf(options, "a,b\rc,d\r\r\n\ne,5\"\r\n\"x \"y\" z\",\"\"\""), "a/b;c/d;e/5\";fault;");
  EXPECT_EQ(RowsOf(options, "\"x \"y\" z\",\"p\"\"q\"\r"), "x \"y\" z/p\"q;");
}

TEST(ExactRules, RaggedRecords) {
  ParserOptions options = OptionsOf(3);
  options.dialect.pads = true;
  EXPECT_EQ(RowsOf(options, "1,2,3\n1\n\n1,2,3,4\n"), "1/2/3;1//;fault;");
  options.dialect.long_record = LongRecord::kTruncate;
  EXPECT_EQ(RowsOf(options, "1,2,3,\"4\"\n"), "1/2/3;");
  options.dialect.long_record = LongRecord::kCollect;
  EXPECT_EQ(RowsOf(options, "1,2,\"3\",\"4\"\r\n1,2,\"3\"\n"), "1/2/\"3\",\"4\";1/2/3;");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
