// The parser, and the scanner of its exact path, against a plain twin: on any text, any window size and any SIMD
// level, the same records.
#include "parse/parser.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "parse/column_fields.h"
#include "simd/kernels.h"

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

// One record by the rules of RFC 4180, a byte at a time: the plain twin of RecordScanner on regular dialects.
struct PlainRecord {
  size_t after = 0, length = 0, fault_field = 0;
  bool is_comment = false;
  std::optional<RejectKind> fault;
  std::vector<std::string> fields;  // with their quotes, without the CR of a CR LF
};

class PlainReader {
 public:
  PlainReader(const ParseDialect& dialect, const std::string& text) : dialect_(dialect), text_(text) {}

  PlainRecord Read(size_t begin) {
    record_ = PlainRecord();
    const StructuralBytes& bytes = dialect_.bytes;
    record_.is_comment = dialect_.has_comment && text_[begin] == dialect_.comment;
    bool quoted = false, closed = false, cr_after_quote = false, at_start = true;
    size_t field = begin;
    for (size_t at = begin; at <= text_.size(); at++) {
      const bool at_end = at == text_.size();
      const char byte = at_end ? '\0' : text_[at];
      const bool ends_record = at_end || (byte == bytes.terminator && !quoted);
      const bool ends_field = ends_record || (byte == bytes.delimiter && !quoted && !record_.is_comment);
      if (ends_field) {
        if (at_end && quoted && !record_.is_comment)
          record_.fault = RejectKind::kUnclosedQuote, record_.fault_field = field;
        if (cr_after_quote && (at_end || byte != bytes.terminator)) Fault(RejectKind::kTextAfterQuote, field);
        const bool crlf = !at_end && byte == '\n' && bytes.terminator == '\n' && at > begin && text_[at - 1] == '\r';
        const size_t content = ends_record && crlf ? at - 1 : at;
        record_.fields.push_back(text_.substr(field, std::max(content, field) - field));
        if (ends_record) {
          record_.length = content - begin;
          record_.after = at_end ? at : at + 1;
          return record_;
        }
        field = at + 1;
        closed = cr_after_quote = false;
        at_start = true;
        continue;
      }
      if (record_.is_comment) continue;
      if (quoted) {
        quoted = byte != bytes.quote;
        closed = !quoted;
      } else if (at_start) {
        quoted = bytes.quoting && byte == bytes.quote;
      } else if (closed && !cr_after_quote && byte == bytes.quote) {
        quoted = true;
        closed = false;
      } else if (closed && !cr_after_quote && byte == '\r' && bytes.terminator == '\n') {
        cr_after_quote = true;
      } else if (closed) {
        Fault(RejectKind::kTextAfterQuote, field);
        closed = cr_after_quote = false;
      } else if (bytes.quoting && byte == bytes.quote) {
        Fault(RejectKind::kQuoteInField, field);
      }
      at_start = false;
    }
    return record_;
  }

 private:
  void Fault(RejectKind kind, size_t field) {
    if (record_.fault) return;
    record_.fault = kind;
    record_.fault_field = field;
  }

  const ParseDialect& dialect_;
  const std::string& text_;
  PlainRecord record_;
};

// All records with PlainReader alone.
std::vector<Line> ReadPlainly(const ParserOptions& options, const std::string& text) {
  std::vector<Line> lines;
  PlainReader reader(options.dialect, text);
  for (size_t at = 0; at < text.size();) {
    const PlainRecord record = reader.Read(at);
    const size_t fields = record.fields.size();
    Line line{"row", {}, at, at + record.length, 0};
    if (record.is_comment) {
      line = {"comment", {}, 0, 0, 0};
    } else if (record.length == 0 && options.columns > 1) {
      line = {"blank", {}, 0, 0, 0};
    } else if (static_cast<int64_t>(record.length) > options.max_record_bytes &&
               record.fault != RejectKind::kUnclosedQuote) {
      line.kind = std::to_string(static_cast<int>(RejectKind::kRecordTooLong));
      line.field = at;
    } else if (record.fault) {
      line.kind = std::to_string(static_cast<int>(*record.fault));
      line.field = record.fault_field;
    } else if (fields != options.columns) {
      const bool few = fields < options.columns;
      line.kind = std::to_string(static_cast<int>(few ? RejectKind::kTooFewFields : RejectKind::kTooManyFields));
      line.field = at;
    } else {
      for (const std::string& field : record.fields) {
        const bool quoted = options.dialect.bytes.quoting && !field.empty() && field[0] == '"';
        line.fields.push_back(quoted ? field.substr(1, field.size() - 2) : field);
      }
    }
    lines.push_back(line);
    at = record.after;
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

ParserOptions OptionsOf(uint32_t columns) {
  ParserOptions options;
  options.columns = columns;
  options.max_record_bytes = 1000;
  return options;
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
