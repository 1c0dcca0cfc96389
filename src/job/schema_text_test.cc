#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "headrace/schema.h"
#include "job/check.h"
#include "job/closest.h"
#include "job/number_marks.h"

namespace headrace {
inline namespace v0 {
namespace {

using testing::HasSubstr;

std::string ErrorOf(std::string_view type) {
  const auto result = ParseType(type);
  return result.ok() ? "accepted as " + TypeName(*result) : result.status().message();
}

std::string ColumnsErrorOf(std::string_view columns) {
  const auto result = ParseColumns(columns);
  return result.ok() ? "accepted" : result.status().message();
}

TEST(SchemaText, EveryTypeReadsBackFromItsName) {
  for (const std::string text : {"bool",
                                 "int8",
                                 "int16",
                                 "int32",
                                 "int64",
                                 "uint8",
                                 "uint16",
                                 "uint32",
                                 "uint64",
                                 "float32",
                                 "float64",
                                 "decimal(9,2)",
                                 "decimal(38,38)",
                                 "decimal(1,0)",
                                 "string",
                                 "binary",
                                 "date",
                                 "timestamp[s]",
                                 "timestamp[ms]",
                                 "timestamp[us]",
                                 "timestamp[ns]",
                                 "timestamp[us, UTC]",
                                 "timestamp[ms, Europe/Rome]",
                                 "timestamp[ns, America/Argentina/Buenos_Aires]",
                                 "timestamp[s, +05:30]",
                                 "timestamp[s, Etc/GMT+5]",
                                 "time[s]",
                                 "time[ms]",
                                 "time[us]",
                                 "time[ns]",
                                 "duration[s]",
                                 "duration[ms]",
                                 "duration[us]",
                                 "duration[ns]",
                                 "dictionary(string)"}) {
    const auto type = ParseType(text);
    ASSERT_TRUE(type.ok()) << type.status().message();
    EXPECT_EQ(TypeName(*type), text);
  }
}

TEST(SchemaText, SpacesAreFreeAndTimeIsInMicroseconds) {
  EXPECT_EQ(TypeName(ParseType(" decimal( 9 , 2 ) ").ValueOrDie()), "decimal(9,2)");
  EXPECT_EQ(TypeName(ParseType("timestamp[us,UTC]").ValueOrDie()), "timestamp[us, UTC]");
  EXPECT_EQ(TypeName(ParseType("timestamp [ us ]").ValueOrDie()), "timestamp[us]");
  EXPECT_EQ(TypeName(ParseType("time").ValueOrDie()), "time[us]");
}

TEST(SchemaText, ParametersStandInTheirFields) {
  const DataType decimal = ParseType("decimal(12,4)").ValueOrDie();
  EXPECT_EQ(decimal.kind, TypeKind::kDecimal);
  EXPECT_EQ(decimal.precision, 12);
  EXPECT_EQ(decimal.scale, 4);
  const DataType instant = ParseType("timestamp[ns, Asia/Tokyo]").ValueOrDie();
  EXPECT_EQ(instant.unit, TimeUnit::kNano);
  EXPECT_EQ(instant.zone, "Asia/Tokyo");
}

TEST(SchemaText, UnknownTypesAreAnsweredWithTheClosest) {
  EXPECT_THAT(ErrorOf("unit16"), HasSubstr("did you mean 'uint16'?"));
  EXPECT_THAT(ErrorOf("Int32"), HasSubstr("did you mean 'int32'?"));
  EXPECT_THAT(ErrorOf("double"), HasSubstr("did you mean 'float64'?"));
  EXPECT_THAT(ErrorOf("numeric(9,2)"), HasSubstr("did you mean 'decimal(P,S)'?"));
  EXPECT_THAT(ErrorOf("varchar(20)"), HasSubstr("did you mean 'string'?"));
  EXPECT_THAT(ErrorOf("geometry"), testing::AllOf(HasSubstr("unknown type 'geometry'"), HasSubstr("types: bool int8"),
                                                  testing::Not(HasSubstr("did you mean"))));
}

TEST(SchemaText, EveryFaultHasAFix) {
  for (const std::string_view text : {"",
                                      " ",
                                      "int128",
                                      "int32(5)",
                                      "string[]",
                                      "decimal",
                                      "decimal(9)",
                                      "decimal(9,)",
                                      "decimal(,2)",
                                      "decimal(0,0)",
                                      "decimal(39,2)",
                                      "decimal(9,10)",
                                      "decimal(9,-1)",
                                      "decimal(9,2,1)",
                                      "decimal[9,2]",
                                      "decimal(9,2",
                                      "decimal 9,2)",
                                      "decimal(9,2))",
                                      "decimal(99999999999,2)",
                                      "decimal(9,2)x",
                                      "timestamp",
                                      "timestamp[]",
                                      "timestamp[m]",
                                      "timestamp(ms)",
                                      "timestamp[ms",
                                      "timestamp[ms, ]",
                                      "timestamp[ms, +1]",
                                      "timestamp[ms, +0100]",
                                      "timestamp[ms, +24:00]",
                                      "timestamp[ms, +01:60]",
                                      "timestamp[ms, Europe Rome]",
                                      "timestamp[ms, UTC, UTC]",
                                      "time[]",
                                      "time[h]",
                                      "time[us, UTC]",
                                      "time()",
                                      "duration",
                                      "duration[us, UTC]",
                                      "dictionary",
                                      "dictionary[string]",
                                      "dictionary(int32)",
                                      "[ms]",
                                      "()",
                                      "INT32\n"}) {
    const auto result = ParseType(text);
    ASSERT_FALSE(result.ok()) << text << " accepted as " << TypeName(*result);
    EXPECT_THAT(result.status().message(), HasSubstr("\nfix: ")) << text;
  }
  EXPECT_THAT(ErrorOf("decimal(9,10)"), HasSubstr("decimal(9,10) has 10 digits after the point, of 9 in all"));
  EXPECT_THAT(ErrorOf("timestamp"), HasSubstr("write timestamp[s], [ms], [us] or [ns]"));
}

TEST(SchemaText, ColumnsAreDividedOutsideBrackets) {
  const Schema schema =
      ParseColumns("square_id:uint16, price:decimal(9,2),t:timestamp[us, +01:00],a:b:string,kW (mean):float64")
          .ValueOrDie();
  ASSERT_EQ(schema.columns.size(), 5u);
  EXPECT_EQ(schema.columns[0].name, "square_id");
  EXPECT_EQ(schema.columns[1].name, "price");
  EXPECT_EQ(TypeName(schema.columns[1].type), "decimal(9,2)");
  EXPECT_EQ(schema.columns[2].type.zone, "+01:00");
  EXPECT_EQ(schema.columns[3].name, "a:b");
  EXPECT_EQ(schema.columns[4].name, "kW (mean)");
}

TEST(SchemaText, ColumnFaultsNameTheColumn) {
  EXPECT_THAT(ColumnsErrorOf("a:int8,b:int9"), HasSubstr("column 2, 'b': unknown type 'int9'"));
  EXPECT_THAT(ColumnsErrorOf("a:int8,b"), HasSubstr("column 2 has no type: 'b'"));
  EXPECT_THAT(ColumnsErrorOf("a:int8,"), HasSubstr("column 2 is empty"));
  EXPECT_THAT(ColumnsErrorOf(""), HasSubstr("column 1 is empty"));
  EXPECT_THAT(ColumnsErrorOf(":int8"), HasSubstr("column 1 has no name"));
  EXPECT_THAT(ColumnsErrorOf("a:int8,b:int8,a:int16"),
              HasSubstr("two columns have the name 'a': column 1 and column 3"));
  EXPECT_THAT(ColumnsErrorOf("a:decimal(9,2"), HasSubstr("brackets of type"));
  EXPECT_THAT(ColumnsErrorOf("\xff:int8"), HasSubstr("is not UTF-8: '\\xff'"));
}

TEST(Check, SchemaNamesMustDifferInTheOutputToo) {
  Schema schema = ParseColumns("a:int8,b:int8").ValueOrDie();
  EXPECT_TRUE(CheckSchema(schema).ok());
  schema.columns[0].rename = "b";
  EXPECT_THAT(CheckSchema(schema).message(), HasSubstr("two columns would be called 'b' in the output: 'a' and 'b'"));
  schema.columns[1].rename = "a";
  EXPECT_TRUE(CheckSchema(schema).ok()) << "names may be swapped";
  EXPECT_TRUE(CheckSchema({}).ok());
}

TEST(Check, SchemaTypesThatWereNotParsedAreBoundedToo) {
  Schema schema = ParseColumns("a:decimal(9,2)").ValueOrDie();
  schema.columns[0].type.precision = 39;
  EXPECT_THAT(CheckSchema(schema).message(), HasSubstr("column 'a': decimal has 39 digits"));
  schema = ParseColumns("a:date").ValueOrDie();
  schema.columns[0].type.zone = "UTC";
  EXPECT_THAT(CheckSchema(schema).message(), HasSubstr("only a timestamp has a zone"));
}

TEST(Check, FormatsFitTheirTypes) {
  Schema schema = ParseColumns("a:timestamp[us],b:date,c:int64").ValueOrDie();
  schema.columns[0].format = TimeFormat::kEpochS;
  schema.columns[1].format = TimeFormat::kIso8601;
  EXPECT_TRUE(CheckSchema(schema).ok());
  schema.columns[1].format = TimeFormat::kEpochS;
  EXPECT_THAT(CheckSchema(schema).message(), HasSubstr("column 'b': an epoch is a point in time, not a date"));
  schema.columns[1].format = TimeFormat::kDefault;
  schema.columns[2].format = TimeFormat::kEpochMs;
  EXPECT_THAT(CheckSchema(schema).message(), HasSubstr("column 'c': a format of times has no meaning for int64"));
}

TEST(Check, MarksOfNumbersAreDistinct) {
  Schema schema = ParseColumns("a:string,b:float64").ValueOrDie();
  Dialect dialect;
  dialect.decimal = ',';
  EXPECT_TRUE(CheckNumberMarks(dialect, schema).ok()) << "fields with commas are quoted";
  dialect.quote.reset();
  EXPECT_THAT(CheckNumberMarks(dialect, schema).message(),
              HasSubstr("column 'b': ',' is in its numbers and between fields"));
  dialect.delimiter = ';';
  EXPECT_TRUE(CheckNumberMarks(dialect, schema).ok());
  dialect.thousands = ",";
  EXPECT_THAT(CheckNumberMarks(dialect, schema).message(),
              HasSubstr("column 'b': ',' stands both before the fraction"));
  schema.columns[1].format.decimal = '.';
  EXPECT_TRUE(CheckNumberMarks(dialect, schema).ok()) << "the column's own marks come first";
}

TEST(Check, DialectBytesAreDistinct) {
  Dialect dialect;
  EXPECT_TRUE(CheckDialect(dialect).ok());
  dialect.delimiter = '"';
  EXPECT_THAT(CheckDialect(dialect).message(), HasSubstr("the delimiter and the quote are the same byte: '\"'"));
  dialect.quote.reset();
  EXPECT_TRUE(CheckDialect(dialect).ok());
  dialect.comment = '"';
  EXPECT_THAT(CheckDialect(dialect).message(), HasSubstr("the delimiter and the comment"));
  dialect.comment = '\r';
  EXPECT_THAT(CheckDialect(dialect).message(), HasSubstr("the comment is CR"));
  dialect = Dialect();
  dialect.delimiter = '\n';
  EXPECT_THAT(CheckDialect(dialect).message(), HasSubstr("the delimiter is LF"));
}

TEST(Closest, CountsSwapsOnceAndRefusesStrangers) {
  EXPECT_EQ(EditDistance("unit16", "uint16"), 1u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("same", "same"), 0u);
  constexpr std::string_view kKnown[] = {"delimiter", "quote"};
  EXPECT_EQ(ClosestName("delimeter", kKnown), "delimiter");
  EXPECT_EQ(ClosestName("x", kKnown), "");
  EXPECT_EQ(ClosestName("", kKnown), "");
  EXPECT_EQ(ClosestName(std::string(100000, 'a'), kKnown), "");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
