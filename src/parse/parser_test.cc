// The parser, and the scanner of its exact path, against a plain twin: on any text, any window size and any SIMD
// level, the same records.
#include "parse/parser.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "parse/column_fields.h"
#include "parse/test_records.h"
#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

class ParserLevels : public testing::TestWithParam<SimdLevel> {
 protected:
  void SetUp() override { ForceSimdLevelForTesting(GetParam()); }
  void TearDown() override { ForceSimdLevelForTesting(SimdLevels().back()); }
};

TEST_P(ParserLevels, AgreesWithThePlainTwinOnAnyText) {
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
    const std::vector<Line> expected = Sorted(ReadPlainly(options, text));
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

INSTANTIATE_TEST_SUITE_P(Levels, ParserLevels, testing::ValuesIn(SimdLevels().begin(), SimdLevels().end()),
                         [](const auto& info) { return std::string(SimdLevelName(info.param)); });

ParserOptions OptionsOf(uint32_t columns) {
  ParserOptions options;
  options.columns = columns;
  options.max_record_bytes = 1000;
  return options;
}

// Wherever records of another width, that are no rows, or rows that are taken out stand between them.
TEST(ColumnFields, EscapedAreTheQuotedFieldsWithAQuoteInside) {
  std::mt19937 random(12);
  int64_t num_escaped = 0;
  for (int round = 0; round < 3000; round++) {
    const uint32_t columns = 1 + random() % 4;
    const ParserOptions options = OptionsOf(columns);
    std::string text = "\"\",\n";  // one pair of quotes at least
    for (uint32_t row = 0; row < 40; row++) {
      for (uint32_t field = 0; field < (random() % 4 ? columns : 1 + random() % 5); field++) {
        static const char* const kFields[] = {"", "7", "\"\"", "\"a\"", "\"\"\"\"", "\"a\"\"\"", "\"\"\"a\""};
        text += field > 0 ? "," : "";
        text += kFields[random() % std::size(kFields)];
      }
      text += random() % 3 ? "\n" : "\r\n";
    }
    const std::string padded = Padded(text);
    const char* data = padded.data() + kTextPadding;
    const auto size = static_cast<uint32_t>(text.size());
    FieldIndex index(columns);
    ColumnFields gather(options.dialect);
    for (uint32_t at = 0; at < size; at = index.consumed) {
      ASSERT_TRUE(Parser(options).ParseWindow(data, at, size, size, true, &index));
      for (int drops = 0; drops < 2; drops++) {
        for (uint32_t column = 0; column < columns; column++) {
          const FieldList fields = gather.Gather(index, data, column);
          for (uint32_t row = 0; row < index.rows; row++) {
            const std::string_view field(data + fields.begin[row], fields.end[row] - fields.begin[row]);
            const bool has_quote = field.find('"') != std::string_view::npos;
            ASSERT_EQ(fields.is_escaped(row), fields.is_quoted(row) && has_quote) << text;
            num_escaped += has_quote;
          }
        }
        const uint64_t drop[] = {uint64_t{random()} << 32 | random()};
        index.DropRows(drop);
      }
    }
  }
  EXPECT_GT(num_escaped, 10000);
}

TEST(StructuralIndex, LevelsAgree) {
  const Kernels &lowest = KernelsOf(SimdLevel::kPlain), &best = KernelsOf(SimdLevels().back());
  std::mt19937 random(11);
  for (int round = 0; round < 2000; round++) {
    const std::string text = RenderText(&random, 3, random() % 1000);
    const std::string padded = Padded(text);
    StructuralBytes bytes;
    bytes.quoting = round % 3 != 0;
    std::vector<uint32_t> plain(text.size() + 256), vector(text.size() + 256);
    const auto size = static_cast<uint32_t>(text.size());
    const uint32_t capacity = random() % 2 == 0 ? size + 64 : 50;
    std::vector<uint64_t> plain_quotes(size / 64 + 1), vector_quotes(size / 64 + 1);
    const char* data = padded.data() + kTextPadding;
    const auto a = lowest.index_structurals(data, 0, size, bytes, {plain.data(), capacity, plain_quotes.data()});
    const auto b = best.index_structurals(data, 0, size, bytes, {vector.data(), capacity, vector_quotes.data()});
    ASSERT_EQ(a.num_positions, b.num_positions);
    ASSERT_EQ(a.num_terminators, b.num_terminators);
    ASSERT_EQ(a.stopped_at, b.stopped_at);
    ASSERT_EQ(a.suspect, b.suspect);
    ASSERT_EQ(a.full, b.full);
    ASSERT_EQ(a.has_quotes, b.has_quotes);
    ASSERT_EQ(a.all_quoted, b.all_quoted);
    ASSERT_EQ(a.has_double_quotes, b.has_double_quotes);
    ASSERT_EQ(a.has_inner_lines, b.has_inner_lines);
    ASSERT_EQ(a.ascii, b.ascii);
    plain.resize(a.num_positions);
    vector.resize(b.num_positions);
    ASSERT_EQ(plain, vector);
    ASSERT_EQ(plain_quotes, vector_quotes);
  }
}

TEST(RecordScanner, AgreesWithItsPlainTwinOnRegularDialects) {
  std::mt19937 random(20261128);
  for (int i = 0; i < 20000; i++) {
    ParseDialect dialect;
    dialect.bytes.terminator = i % 3 == 0 ? '\r' : '\n';
    dialect.bytes.quoting = i % 5 != 0;
    dialect.has_comment = i % 2 == 0;
    std::string text;
    for (size_t size = 1 + random() % 40; text.size() < size;) text += ",\"\n\ra#"[random() % 6];
    SCOPED_TRACE(testing::PrintToString(text));
    PlainReader plain(dialect, text);
    RecordScanner scanner(dialect);
    const auto size = static_cast<uint32_t>(text.size());
    for (uint32_t at = 0; at < size;) {
      const PlainRecord expected = plain.Read(at);
      scanner.Start();
      const uint32_t after = scanner.Feed(text.data(), at, size, {});
      if (!scanner.ended()) scanner.FinishAtEndOfFile(size, {});
      ASSERT_EQ(after, expected.after);
      ASSERT_EQ(scanner.length(), static_cast<int64_t>(expected.length));
      ASSERT_EQ(scanner.is_comment(), expected.is_comment);
      if (!expected.is_comment) {
        ASSERT_EQ(scanner.num_fields(), static_cast<int64_t>(expected.fields.size()));
        ASSERT_EQ(scanner.fault(), expected.fault);
        if (expected.fault) {
          ASSERT_EQ(at + scanner.fault_field_offset(), static_cast<int64_t>(expected.fault_field));
        }
      }
      at = after;
    }
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

// A table of which all fields, or all but a few, stand in quotes; and its rows as RowsOf gives them.
std::string QuotedTable(std::mt19937* random, uint32_t columns, const std::string& line_end, std::string* rows) {
  const uint32_t bare = (*random)() % 2 ? 0 : 1 + (*random)() % 50;  // one field in so many is not quoted
  const std::string_view bytes = (*random)() % 2 ? "ab,\"\n\r;" : "abc";
  const uint32_t num_rows = 1 + (*random)() % 100;
  std::string text;
  for (uint32_t row = 0; row < num_rows; row++) {
    for (uint32_t column = 0; column < columns; column++) {
      std::string value;
      for (uint32_t size = (*random)() % 6; size > 0; size--) value += bytes[(*random)() % bytes.size()];
      const bool quoted = bare == 0 || (*random)() % bare != 0;
      if (!quoted) value = "x";
      if (column > 0) text += ',', *rows += '/';
      text += quoted ? "\"" : "";
      for (const char byte : value) text += byte == '"' ? "\"\"" : std::string(1, byte);
      text += quoted ? "\"" : "";
      *rows += value;
    }
    if (row + 1 < num_rows || (*random)() % 2) text += line_end;
    *rows += ';';
  }
  return text;
}

TEST(ParserTest, ColumnsOfOneIndexAreNotThoseOfAnother) {
  const ParserOptions options = OptionsOf(2);
  const Parser parser(options);
  ColumnFields gather(options.dialect);
  for (const std::string& word : {std::string("a"), std::string("bb"), std::string("ccc")}) {
    const auto index = std::make_unique<FieldIndex>(options.columns);  // where the one before was, probably
    const std::string padded = Padded(word + "," + word + "\n");
    const char* text = padded.data() + kTextPadding;
    const auto size = static_cast<uint32_t>(2 * word.size() + 2);
    ASSERT_TRUE(parser.ParseWindow(text, 0, size, size, true, index.get()));
    for (uint32_t column = 0; column < options.columns; column++) {
      const FieldList fields = gather.Gather(*index, text, column);
      EXPECT_EQ(std::string(text + fields.begin[0], fields.end[0] - fields.begin[0]), word);
    }
  }
}

TEST(ParserTest, QuotedTables) {
  std::mt19937 random(11);
  for (const SimdLevel level : SimdLevels()) {
    ForceSimdLevelForTesting(level);
    for (int i = 0; i < 2000; i++) {
      ParserOptions options = OptionsOf(1 + random() % 20);
      const char* line_end = random() % 3 == 0 ? "\r" : random() % 2 ? "\r\n" : "\n";
      options.dialect.bytes.terminator = line_end == std::string_view("\r") ? '\r' : '\n';
      std::string rows;
      const std::string text = QuotedTable(&random, options.columns, line_end, &rows);
      ASSERT_EQ(RowsOf(options, text), rows) << text;
    }
  }
}

TEST(RecordScanner, DelimitersOfSeveralBytes) {
  ParserOptions options = OptionsOf(2);
  options.dialect.delimiter = "aab";
  EXPECT_EQ(RowsOf(options, "xaaab1\n\"aab\"aab2\r\naab\n"), "xa/1;aab/2;/;");
  EXPECT_EQ(RowsOf(options, "\"x\"aa\n\"x\"\raab1\n"), "fault;fault;");
}

TEST(RecordScanner, Whitespace) {
  ParserOptions options = OptionsOf(2);
  options.dialect.whitespace = true;
  EXPECT_EQ(RowsOf(options, "  a \t b  \r\n \n\"c d\" \"\"\nx"), "a/b;c d/;fault;");
}

TEST(RecordScanner, Escapes) {
  ParserOptions options = OptionsOf(2);
  options.dialect.escape = '\\';
  EXPECT_EQ(RowsOf(options, "a\\,b,\"c\\\"d\"\"e\"\n\\\n,\\\r\nx,y\\"), "a,b/c\"d\"e;\n/\r;x/y\\;");
}

TEST(RecordScanner, Lenient) {
  ParserOptions options = OptionsOf(2);
  options.dialect.lenient = true;
  EXPECT_EQ(RowsOf(options, "a,b\rc,d\r\r\n\ne,5\"\r\n\"x \"y\" z\",\"\"\""), "a/b;c/d;e/5\";fault;");
  EXPECT_EQ(RowsOf(options, "\"x \"y\" z\",\"p\"\"q\"\r"), "x \"y\" z/p\"q;");
}

TEST(RecordScanner, RaggedRecords) {
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
