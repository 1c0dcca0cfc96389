#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "headrace/schema.h"
#include "job/discover.h"

namespace headrace {
inline namespace v0 {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class SchemaFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "headrace-schema-XXXXXX";
    const int fd = mkstemp(pattern.data());
    ASSERT_GE(fd, 0);
    close(fd);
    path_ = pattern;
  }
  void TearDown() override { unlink(path_.c_str()); }

  Result<SchemaFile> Read(const std::string& text) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
    return ReadSchemaFile(path_);
  }

  std::string ErrorOf(const std::string& text) {
    const auto file = Read(text);
    return file.ok() ? "accepted" : file.status().message();
  }

  // The error of a file whose second line is `line`.
  std::string DialectErrorOf(const std::string& line) { return ErrorOf("format = 1\n[dialect]\n" + line + "\n"); }
  std::string ColumnErrorOf(const std::string& lines) { return ErrorOf("format = 1\n[[column]]\n" + lines + "\n"); }

  std::string path_;
};

TEST_F(SchemaFileTest, ReadsWhatColumnsWantOfParquet) {
  const auto file = Read(
      "format = 1\n[[column]]\nname = \"a\"\ntype = \"int64\"\nencoding = \"delta\"\n"
      "bloom_filter = true\nfalse_positive_rate = 0.125\n[[column]]\nname = \"b\"\ntype = \"bool\"\n");
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  const ParquetWishes &a = file->schema.columns[0].parquet, &b = file->schema.columns[1].parquet;
  EXPECT_EQ(a.encoding, ColumnEncoding::kDelta);
  EXPECT_TRUE(a.bloom_filter);
  EXPECT_EQ(a.false_positive_rate, 0.125);
  EXPECT_EQ(b.encoding, ColumnEncoding::kAuto);
  EXPECT_FALSE(b.bloom_filter);
  const std::string refused = ColumnErrorOf("name = \"a\"\ntype = \"bool\"\nencoding = \"dictionary\"");
  EXPECT_THAT(refused,
              AllOf(HasSubstr("'a'"), HasSubstr("not for bool"), HasSubstr("auto, plain"), HasSubstr("line 2")));
}

TEST_F(SchemaFileTest, ReadsWhatTheWriterWrote) {
  Discovery found;
  for (const double rate : {0.01, 1e-9, 0.3333333333333333}) {
    Column column;
    column.name = "x" + std::to_string(found.columns.size());
    column.type.kind = TypeKind::kFloat64;
    column.parquet = {ColumnEncoding::kByteStreamSplit, true, rate};
    found.options.schema.columns.push_back(column);
    found.columns.emplace_back();
  }
  const auto file = Read(SchemaText(found));
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  for (size_t i = 0; i < found.columns.size(); i++) {
    const ParquetWishes &wrote = found.options.schema.columns[i].parquet, &read = file->schema.columns[i].parquet;
    EXPECT_EQ(read.encoding, wrote.encoding);
    EXPECT_TRUE(read.bloom_filter);
    EXPECT_EQ(read.false_positive_rate, wrote.false_positive_rate);
  }
}

TEST_F(SchemaFileTest, ReadsEveryByteThatTheWriterWrote) {
  Discovery found;
  Dialect& dialect = found.options.dialect;
  found.reasons = {"a byte that is no text: \xfe"};
  for (int code = 1; code < 256; code++) {
    const char byte = static_cast<char>(code);
    if (byte == '\n' || byte == '\r') continue;
    dialect.delimiter = std::string(1, byte);
    dialect.quote = byte == 'q' ? 'p' : 'q';
    EXPECT_EQ(Read(SchemaText(found)).ValueOrDie().dialect, dialect) << code;
    dialect.delimiter = byte == ',' ? ";" : ",";
    dialect.quote = byte;
    EXPECT_EQ(Read(SchemaText(found)).ValueOrDie().dialect, dialect) << code;
  }
  dialect.quote.reset();
  for (const char* delimiter : {"||", "\\x41", "a\\b", "\\\\", "\xC2\xA6", "\xA6\xA6", "\\\xA6"}) {
    dialect.delimiter = delimiter;
    EXPECT_EQ(Read(SchemaText(found)).ValueOrDie().dialect, dialect) << delimiter;
  }
}

TEST_F(SchemaFileTest, ReadsTheExampleOfTheContract) {
  const SchemaFile file = Read(R"(
format = 1

[dialect]                     # a comment
delimiter = "\t"
header = false

[[column]]
name = "square_id"
type = "uint16"

[[column]]
name = "timestamp_ms"
type = "timestamp[ms]"
rename = "timestamp"
)")
                              .ValueOrDie();
  EXPECT_EQ(file.dialect.delimiter, "\t");
  EXPECT_FALSE(file.dialect.header);
  EXPECT_EQ(file.dialect.quote, '"') << "keys that are not set keep their defaults";
  EXPECT_THAT(file.dialect_set, UnorderedElementsAre("delimiter", "header"));
  ASSERT_EQ(file.schema.columns.size(), 2u);
  EXPECT_EQ(file.schema.columns[0].output_name(), "square_id");
  EXPECT_EQ(file.schema.columns[1].name, "timestamp_ms");
  EXPECT_EQ(file.schema.columns[1].output_name(), "timestamp");
  EXPECT_EQ(TypeName(file.schema.columns[1].type), "timestamp[ms]");
}

TEST_F(SchemaFileTest, ReadsEveryKey) {
  const SchemaFile file = Read(R"(
format = 1
column = [ { name = "a", type = "timestamp[us, UTC]", format = "epoch_s", nulls = ["0"] }, { name = "b", type = "date", format = "iso8601" } ]
[dialect]
delimiter = '\x1f'
quote = "'"
comment = "#"
terminator = "cr"
header = true
skip_rows = 3
nulls = ["NA", "", '\N']
no_nulls = true
)")
                              .ValueOrDie();
  EXPECT_EQ(file.dialect.delimiter, "\x1f");
  EXPECT_EQ(file.dialect.quote, '\'');
  EXPECT_EQ(file.dialect.comment, '#');
  EXPECT_EQ(file.dialect.terminator, Terminator::kCr);
  EXPECT_TRUE(file.dialect.header);
  EXPECT_EQ(file.dialect.skip_rows, 3);
  EXPECT_THAT(file.dialect.nulls, ElementsAre("NA", "", "\\N"));
  EXPECT_TRUE(file.dialect.no_nulls);
  EXPECT_EQ(file.dialect_set.size(), 8u);
  EXPECT_EQ(file.schema.columns[0].format, TimeFormat::kEpochS);
  EXPECT_THAT(*file.schema.columns[0].nulls, ElementsAre("0"));
  EXPECT_EQ(file.schema.columns[1].format, TimeFormat::kIso8601);
  EXPECT_FALSE(file.schema.columns[1].nulls.has_value());
}

TEST_F(SchemaFileTest, QuoteAndCommentMayBeAbsent) {
  for (const std::string value : {"\"\"", "false", "\"none\""}) {
    const SchemaFile file =
        Read("format = 1\n[dialect]\nquote = " + value + "\ncomment = " + value + "\n").ValueOrDie();
    EXPECT_FALSE(file.dialect.quote.has_value()) << value;
    EXPECT_FALSE(file.dialect.comment.has_value()) << value;
  }
}

TEST_F(SchemaFileTest, TabIsUnderstoodInBothKindsOfQuotes) {
  EXPECT_EQ(Read("format = 1\n[dialect]\ndelimiter = '\\t'\n")->dialect.delimiter, "\t");
  EXPECT_EQ(Read("format = 1\n[dialect]\ndelimiter = \"\\t\"\n")->dialect.delimiter, "\t");
}

TEST_F(SchemaFileTest, TheFormatIsRequired) {
  EXPECT_THAT(ErrorOf(""), AllOf(HasSubstr("has no format"), HasSubstr("fix: add the line: format = 1")));
  EXPECT_THAT(ErrorOf("\nformat = 2\n"), HasSubstr("\nat " + path_ + ", line 2\nfix: write format = 1"));
  EXPECT_THAT(ErrorOf("format = \"1\"\n"), HasSubstr("line 1"));
}

TEST_F(SchemaFileTest, WhatIsNotTomlIsNamedByLine) {
  EXPECT_THAT(ErrorOf("format = 1\n\n[dialect\n"), AllOf(HasSubstr("this is not TOML: "), HasSubstr(", line 3")));
  EXPECT_THAT(ErrorOf("format = 1\nformat = 1\n"), HasSubstr(", line 2"));
  EXPECT_THAT(ErrorOf("format = 1\n# \xff\n"), HasSubstr("this is not TOML: "));
  EXPECT_THAT(ErrorOf(std::string("format = 1\n") + "x = " + std::string(100000, '[')),
              HasSubstr("this is not TOML: "));
}

TEST_F(SchemaFileTest, UnknownKeysAreRefusedByNameAndLine) {
  EXPECT_THAT(ErrorOf("format = 1\n\ncolumns = []\n"),
              AllOf(HasSubstr("unknown key 'columns' in the file\nat " + path_ + ", line 3\n"),
                    HasSubstr("fix: did you mean 'column'? keys: format, dialect, file, column")));
  EXPECT_THAT(DialectErrorOf("delimeter = ','"), AllOf(HasSubstr("unknown key 'delimeter' in [dialect]\nat " + path_ +
                                                                 ", line 3\nfix: did you mean 'delimiter'?")));
  EXPECT_THAT(ColumnErrorOf("name = 'a'\ntype = 'int8'\nunit = 's'"),
              HasSubstr("unknown key 'unit' in [[column]]\nat " + path_ + ", line 5"));
}

TEST_F(SchemaFileTest, DialectsBeyondRfc4180) {
  const Dialect dialect =
      Read(
          "format = 1\n[dialect]\ndelimiter = '\\t|\\\\'\nescape = '^'\nlenient = true\nshort_records = 'pad'\n"
          "long_records = 'collect'\n")
          ->dialect;
  EXPECT_EQ(dialect.delimiter, "\t|\\");
  EXPECT_EQ(dialect.escape, '^');
  EXPECT_TRUE(dialect.lenient);
  EXPECT_EQ(dialect.short_records, ShortRecords::kPad);
  EXPECT_EQ(dialect.long_records, LongRecords::kCollect);
  EXPECT_EQ(Read("format = 1\n[dialect]\ndelimiter = 'whitespace'\n")->dialect.delimiter, kWhitespace);
  EXPECT_THAT(DialectErrorOf("lenient = true\nterminator = 'lf'"), HasSubstr("lenient takes LF, CR LF and CR alike"));
  EXPECT_THAT(DialectErrorOf("delimiter = '||'\nescape = '|'"), HasSubstr("the delimiter and the escape"));
  EXPECT_THAT(DialectErrorOf("long_records = 'drop'"), HasSubstr("fix: use one of: reject, truncate, collect"));
}

TEST_F(SchemaFileTest, HowValuesAreWritten) {
  const SchemaFile file = Read(R"toml(format = 1
[dialect]
decimal = ","
thousands = "\u202F"
[[column]]
name = "a"
type = "decimal(9,2)"
format = "currency"
currency = "CHF"
decimal = "."
thousands = "'"
[[column]]
name = "b"
type = "timestamp[ms, Europe/Rome]"
format = "%d/%m/%Y %R"
ambiguous = "later"
[[column]]
name = "c"
type = "bool"
true_values = ["ja"]
false_values = ["nein", "no"]
[[column]]
name = "d"
type = "binary"
format = "base64"
[[column]]
name = "e"
type = "uuid"
format = "braced"
[[column]]
name = "f"
type = "float32"
format = "percent"
thousands = "none"
)toml")
                              .ValueOrDie();
  EXPECT_EQ(file.dialect.decimal, ',');
  EXPECT_EQ(file.dialect.thousands, "\xE2\x80\xAF");
  const auto& columns = file.schema.columns;
  EXPECT_EQ(columns[0].format.number, NumberFormat::kCurrency);
  EXPECT_EQ(columns[0].format.currency, "CHF");
  EXPECT_EQ(columns[0].format.decimal, '.');
  EXPECT_EQ(columns[0].format.thousands, "'");
  EXPECT_EQ(columns[1].format.pattern, "%d/%m/%Y %R");
  EXPECT_EQ(columns[1].format.ambiguous, Ambiguous::kLater);
  EXPECT_THAT(columns[2].format.false_values, ElementsAre("nein", "no"));
  EXPECT_EQ(columns[3].format.bytes, BytesFormat::kBase64);
  EXPECT_TRUE(columns[4].format.braced);
  EXPECT_EQ(columns[5].format.number, NumberFormat::kPercent);
  EXPECT_EQ(columns[5].format.thousands, "");
}

TEST_F(SchemaFileTest, FormatsThatDoNotFitAreRefused) {
  const std::pair<const char*, const char*> faults[] = {
      {"type = 'date'\nformat = '%d/%m/%Q'", "the pattern has an unknown directive: %Q: '%d/%m/%Q'"},
      {"type = 'date'\nformat = '%Y-%m'", "does not say year, month and day"},
      {"type = 'int8'\nformat = '%Y'", "a pattern has no meaning for int8"},
      {"type = 'timestamp[s]'\nformat = '%F %T %z'", "the pattern has an offset, and the type no zone"},
      {"type = 'timestamp[s, UTC]'\nambiguous = 'later'", "'ambiguous' has no meaning"},
      {"type = 'timestamp[s, Europe/Rome]'\nambiguous = 'both'", "use one of: refused, earlier, later"},
      {"type = 'int64'\nformat = 'percent'", "percent has no meaning for int64"},
      {"type = 'int64'\nformat = 'currency'", "need each other"},
      {"type = 'int64'\ncurrency = '$'", "need each other"},
      {"type = 'int64'\nformat = 'currency'\ncurrency = '1'", "'1' is not a currency symbol"},
      {"type = 'date'\ndecimal = ','", "a mark of numbers has no meaning for date"},
      {"type = 'float64'\ndecimal = ';'", "';' is not a decimal mark"},
      {"type = 'float64'\nthousands = '..'", "'..' does not separate thousands"},
      {"type = 'string'\nformat = 'hex'", "hex or base64 has no meaning for string"},
      {"type = 'string'\nformat = 'braced'", "braced has no meaning for string"},
      {"type = 'int8'\ntrue_values = ['x']", "has no meaning for int8"},
      {"type = 'bool'\ntrue_values = ['x']", "need each other"},
      {"type = 'bool'\ntrue_values = ['x']\nfalse_values = ['y', 'x']", "'x' means both true and false"},
  };
  for (const auto& [lines, message] : faults) {
    const std::string error = ColumnErrorOf("name = 'a'\n" + std::string(lines));
    EXPECT_THAT(error, AllOf(HasSubstr(message), HasSubstr("\nat " + path_), HasSubstr("\nfix: ")));
    EXPECT_LE(std::count(error.begin(), error.end(), '\n'), 3) << error;
  }
}

TEST_F(SchemaFileTest, ValuesOfTheWrongKindAreNamedByLine) {
  for (const std::string line : {"delimiter = 9",       "delimiter = ''",  "delimiter = '12345678901234567'",
                                 "delimiter = '\\n'",   "escape = 'ab'",   "delimiter = \"\\n\"",
                                 "delimiter = '\\xzz'", "quote = true",    "quote = 1",
                                 "quote = ','",         "comment = 'rem'", "terminator = 'crlf'",
                                 "terminator = false",  "header = 1",      "header = 'yes'",
                                 "skip_rows = -1",      "skip_rows = '2'", "skip_rows = 1.0",
                                 "nulls = 'NA'",        "nulls = [1]",     "nulls = [['']]",
                                 "no_nulls = 'x'"}) {
    EXPECT_THAT(DialectErrorOf(line), AllOf(HasSubstr("\nat " + path_ + ", line "), HasSubstr("\nfix: "))) << line;
  }
  EXPECT_THAT(ErrorOf("format = 1\ndialect = 3\n"), HasSubstr("line 2"));
  EXPECT_THAT(ErrorOf("format = 1\n[column]\nname = 'a'\n"), HasSubstr("write [[column]], with two brackets"));
  EXPECT_THAT(ErrorOf("format = 1\ncolumn = ['a']\n"), HasSubstr("a column is not a table"));
}

TEST_F(SchemaFileTest, ColumnFaultsAreNamedByLine) {
  EXPECT_THAT(ColumnErrorOf("type = 'int8'"), AllOf(HasSubstr("column 1 has no name"), HasSubstr("line 2")));
  EXPECT_THAT(ColumnErrorOf("name = 'a'"), HasSubstr("column 1 has no type"));
  EXPECT_THAT(ColumnErrorOf("name = 'a'\ntype = 'unit16'"),
              HasSubstr("column 'a': unknown type 'unit16'\nat " + path_ + ", line 4\nfix: did you mean 'uint16'?"));
  EXPECT_THAT(ColumnErrorOf("name = ''\ntype = 'int8'"), HasSubstr("column 1 has no name"));
  EXPECT_THAT(ColumnErrorOf("name = 'a'\ntype = 'int8'\nrename = ''"), HasSubstr("'rename' is empty"));
  EXPECT_THAT(ColumnErrorOf("name = 'a'\ntype = 'int8'\nformat = 'epoch_s'"),
              HasSubstr("a format of times has no meaning"));
  EXPECT_THAT(ColumnErrorOf("name = 'a'\ntype = 'timestamp[s]'\nformat = 'epoch'"),
              HasSubstr("use one of: iso8601, a pattern such as %d/%m/%Y, epoch_s"));
  EXPECT_THAT(ColumnErrorOf("name = 'a'\ntype = 'int8'\n[[column]]\nname = 'a'\ntype = 'int8'"),
              HasSubstr("two columns have the name 'a': column 1 and column 2\nat " + path_ + ", line 5"));
  EXPECT_THAT(ColumnErrorOf("name = 'a'\ntype = 'int8'\n[[column]]\nname = 'b'\ntype = 'int8'\nrename = 'a'"),
              HasSubstr("two columns would be called 'a' in the output: 'a' and 'b'"));
}

TEST_F(SchemaFileTest, NoMessageIsLongerThanFourLines) {
  for (const std::string& message : {ColumnErrorOf("name = 'a'\ntype = 'x'"), DialectErrorOf("quote = ','"),
                                     DialectErrorOf("a = 1"), ErrorOf("[")}) {
    EXPECT_LE(std::count(message.begin(), message.end(), '\n'), 3) << message;
  }
}

TEST_F(SchemaFileTest, FilesThatCannotBeReadAreNamed) {
  const auto missing = ReadSchemaFile(path_ + ".missing");
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.status().message(), HasSubstr(path_ + ".missing"));
  const auto large = Read(std::string((size_t{16} << 20) + 1, '\n'));
  ASSERT_FALSE(large.ok());
  EXPECT_THAT(large.status().message(), HasSubstr("too large"));
}

}  // namespace
}  // namespace v0
}  // namespace headrace
