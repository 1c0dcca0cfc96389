#include "ledger/verify.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "ledger/manifest.h"
#include "ledger/test_directory.h"
#include "os/crc32c.h"
#include "sink/parquet_file.h"
#include "sink/parquet_page_header.h"

namespace headrace {
inline namespace v0 {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kRows = 5000;
constexpr int64_t kLeast = 0x1122334455667788;

template <class Builder, class Value>
std::shared_ptr<arrow::Array> Build(Builder builder, const Value& value) {
  for (int64_t i = 0; i < kRows; ++i) {
    const bool null = i % 7 == 3;
    EXPECT_TRUE((null ? builder.AppendNull() : builder.Append(value(i))).ok());
  }
  return builder.Finish().ValueOrDie();
}

// Columns of every kind, with nulls; `n` holds kLeast and more.
std::shared_ptr<arrow::Table> ExampleTable() {
  auto* pool = arrow::default_memory_pool();
  const auto mixed = [](int64_t i) { return (i * 7919) % 1000 - 500; };
  const auto real = [&](int64_t i) {
    return i % 11 == 0 ? std::nan("") : i % 13 == 0 ? -0.0 : static_cast<double>(mixed(i)) / 3;
  };
  const auto text = [&](int64_t i) { return "ü" + std::to_string(mixed(i)); };
  const auto bytes = [&](int64_t i) { return std::string(1, static_cast<char>(i)) + "\xff"; };
  std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>> columns = {
      {"n", Build(arrow::Int64Builder(), [](int64_t i) { return kLeast + i; })},
      {"i8", Build(arrow::Int8Builder(), [](int64_t i) { return static_cast<int8_t>(i); })},
      {"u8", Build(arrow::UInt8Builder(), [](int64_t i) { return static_cast<uint8_t>(i); })},
      {"u32", Build(arrow::UInt32Builder(), [](int64_t i) { return static_cast<uint32_t>(i * 2654435761); })},
      {"u64", Build(arrow::UInt64Builder(), [](int64_t i) { return static_cast<uint64_t>(i) << 61; })},
      {"f", Build(arrow::FloatBuilder(), [&](int64_t i) { return static_cast<float>(real(i)); })},
      {"d", Build(arrow::DoubleBuilder(), real)},
      {"zero", Build(arrow::DoubleBuilder(), [](int64_t) { return 0.0; })},
      {"nan", Build(arrow::DoubleBuilder(), [](int64_t) { return std::nan(""); })},
      {"b", Build(arrow::BooleanBuilder(), [](int64_t i) { return i % 2 == 0; })},
      {"s", Build(arrow::StringBuilder(), text)},
      {"long",
       Build(arrow::StringBuilder(), [](int64_t i) { return std::string(5000 + static_cast<size_t>(i % 2), 'x'); })},
      {"bin", Build(arrow::BinaryBuilder(), bytes)},
      {"dec", Build(arrow::Decimal128Builder(arrow::decimal128(20, 2)),
                    [&](int64_t i) { return arrow::Decimal128(mixed(i)); })},
      {"date", Build(arrow::Date32Builder(), [&](int64_t i) { return static_cast<int32_t>(mixed(i)); })},
      {"ts", Build(arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), pool), mixed)},
      {"none", arrow::MakeArrayOfNull(arrow::int32(), kRows).ValueOrDie()},
  };
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

std::string ParquetBytes(const std::shared_ptr<arrow::Table>& table, int64_t group_rows = 2000,
                         const std::string& creator = parquet::DEFAULT_CREATED_BY) {
  parquet::WriterProperties::Builder properties;
  properties.compression(arrow::Compression::UNCOMPRESSED)->enable_page_checksum()->created_by(creator);
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  EXPECT_TRUE(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, group_rows, properties.build()).ok());
  return sink->Finish().ValueOrDie()->ToString();
}

std::string IpcBytes(const std::shared_ptr<arrow::Table>& table, bool stream) {
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = stream ? arrow::ipc::MakeStreamWriter(sink, table->schema()).ValueOrDie()
                       : arrow::ipc::MakeFileWriter(sink, table->schema()).ValueOrDie();
  EXPECT_TRUE(writer->WriteTable(*table, 2000).ok());
  EXPECT_TRUE(writer->Close().ok());
  return sink->Finish().ValueOrDie()->ToString();
}

class VerifyTest : public testing::Test {
 protected:
  VerifyReport Verify(const std::string& name) {
    const auto report = VerifyOutput(directory_.Path(name));
    EXPECT_TRUE(report.ok()) << report.status().ToString();
    return report.ValueOr({});
  }
  VerifyReport VerifyBytes(const std::string& name, const std::string& bytes) {
    directory_.Write(name, bytes);
    return Verify(name);
  }

  // The check's count, and how many of them failed.
  static std::pair<int64_t, int64_t> Count(const VerifyReport& report, const std::string& name) {
    for (const VerifyCheck& check : report.checks) {
      if (check.name == name) return {check.checked, check.failed};
    }
    return {0, 0};
  }

  TestDirectory directory_;
};

std::string CrcText(uint32_t crc32c) {
  char text[16];
  std::snprintf(text, sizeof text, "crc32c:%08x", static_cast<unsigned>(crc32c));
  return text;
}

OutputReport Describe(const std::string& path, const std::string& bytes, int64_t rows) {
  return {path, rows, static_cast<int64_t>(bytes.size()), CrcText(Crc32c(0, bytes.data(), bytes.size()))};
}

PieceRecord DescribePiece(const std::string& path, const std::string& bytes, int64_t unit, size_t offset, size_t size,
                          int64_t rows) {
  PieceRecord piece;
  piece.path = path;
  piece.unit = unit;
  piece.offset = static_cast<int64_t>(offset);
  piece.bytes = static_cast<int64_t>(size);
  piece.rows = rows;
  piece.crc32c = Crc32c(0, bytes.data() + offset, size);
  return piece;
}

// --- Without a manifest ---------------------------------------------------------------------------------------------

TEST_F(VerifyTest, GoodParquetPassesEveryCheck) {
  const std::string bytes = ParquetBytes(ExampleTable());
  const VerifyReport report = VerifyBytes("x.parquet", bytes);
  EXPECT_TRUE(report.ok);
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.rows, kRows);
  EXPECT_EQ(report.files, 1);
  EXPECT_EQ(report.bytes, static_cast<int64_t>(bytes.size()));
  EXPECT_FALSE(report.had_manifest);
  EXPECT_EQ(Count(report, "pages").first, 3 * 17) << "three row groups of seventeen columns";
  EXPECT_GT(Count(report, "statistics").first, 100);
  EXPECT_EQ(Count(report, "text").first, 3 * 2);
}

TEST_F(VerifyTest, EmptyParquetAndNestedColumnsPass) {
  EXPECT_TRUE(VerifyBytes("empty.parquet", ParquetBytes(ExampleTable()->Slice(0, 0))).ok);
  auto values = std::make_shared<arrow::Int32Builder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), values);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE((i % 5 == 0 ? lists.AppendNull() : lists.Append()).ok());
    for (int k = 0; i % 5 != 0 && k < i % 4; ++k) ASSERT_TRUE(values->Append(i).ok());
  }
  const auto array = lists.Finish().ValueOrDie();
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("l", array->type())}), {array});
  const VerifyReport report = VerifyBytes("nested.parquet", ParquetBytes(table));
  EXPECT_TRUE(report.ok) << testing::PrintToString(report.problems);
  EXPECT_EQ(report.rows, 3000);
}

TEST_F(VerifyTest, AChangedPageIsFound) {
  std::string bytes = ParquetBytes(ExampleTable());
  const size_t at = bytes.find("xxxxxxxx");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 1000] ^= 1;
  const VerifyReport report = VerifyBytes("x.parquet", bytes);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(Count(report, "pages").second, 1);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.problems[0], HasSubstr("x.parquet, row group 0, column 'long': "));
}

TEST_F(VerifyTest, PageHeadersThatTellOfNearly2GiBAreFound) {
  std::string bytes = ParquetBytes(ExampleTable(), 2000, kParquetCreator);
  PageHeader header;
  header.compressed_bytes = std::numeric_limits<int32_t>::max();
  uint8_t stored[kMaxPageHeaderBytes];
  const int length = StorePageHeader(header, stored);
  std::copy_n(stored, length, bytes.begin() + 4);  // the first page's
  const VerifyReport report = VerifyBytes("x.parquet", bytes);
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.problems, Contains(HasSubstr("column 'n': a page header is damaged")));
}

TEST_F(VerifyTest, WrongExtremesAreFound) {
  std::string bytes = ParquetBytes(ExampleTable());
  char least[8], other[8];
  std::memcpy(least, &kLeast, sizeof least);
  const int64_t wrong = kLeast - 1;
  std::memcpy(other, &wrong, sizeof other);
  // The last places that hold the value lie in the footer.
  size_t at = bytes.rfind(std::string(least, sizeof least));
  ASSERT_NE(at, std::string::npos);
  const size_t first = bytes.rfind(std::string(least, sizeof least), at - 1);
  ASSERT_LT(at - first, 100u);
  bytes.replace(at, sizeof other, other, sizeof other);
  bytes.replace(first, sizeof other, other, sizeof other);
  const VerifyReport report = VerifyBytes("x.parquet", bytes);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(Count(report, "statistics").second, 1);
  EXPECT_THAT(report.problems, Contains(HasSubstr("row group 0, column 'n': the least value is not the minimum")));
}

TEST_F(VerifyTest, TextThatIsNotUtf8IsFound) {
  arrow::StringBuilder builder;
  ASSERT_TRUE(builder.Append("a\xff").ok());
  const auto array = builder.Finish().ValueOrDie();
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("s", array->type())}), {array});
  const VerifyReport report = VerifyBytes("x.parquet", ParquetBytes(table));
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.problems, Contains(HasSubstr("a string is not UTF-8")));
}

TEST_F(VerifyTest, ParquetThatIsCutOffIsFoundAtEveryLength) {
  const std::string bytes = ParquetBytes(ExampleTable()->Slice(0, 50));
  for (size_t size = 0; size < bytes.size(); size += size < 16 ? 1 : 997) {
    const VerifyReport report = VerifyBytes("x.parquet", bytes.substr(0, size));
    EXPECT_FALSE(report.ok) << size;
    EXPECT_EQ(Count(report, "footers").second, 1) << size;
  }
}

TEST_F(VerifyTest, GoodIpcPasses) {
  for (const bool stream : {false, true}) {
    const VerifyReport report = VerifyBytes(stream ? "x.arrows" : "x.arrow", IpcBytes(ExampleTable(), stream));
    EXPECT_TRUE(report.ok) << testing::PrintToString(report.problems);
    EXPECT_EQ(report.rows, kRows);
    EXPECT_EQ(Count(report, "batches").first, 3);
  }
}

TEST_F(VerifyTest, DamagedIpcIsFound) {
  const std::string file = IpcBytes(ExampleTable(), false), stream = IpcBytes(ExampleTable(), true);
  EXPECT_FALSE(VerifyBytes("x.arrow", file.substr(0, file.size() - 9)).ok);
  EXPECT_FALSE(VerifyBytes("x.arrow", "").ok);
  const VerifyReport cut = VerifyBytes("x.arrows", stream.substr(0, stream.size() - 8));
  EXPECT_THAT(cut.problems, Contains(HasSubstr("no end marker")));
  EXPECT_FALSE(VerifyBytes("x.arrows", stream.substr(0, stream.size() / 2)).ok);
  for (const std::string& behind : {stream, std::string("x"), stream.substr(stream.size() - 8)}) {
    const VerifyReport longer = VerifyBytes("x.arrows", stream + behind);
    EXPECT_THAT(longer.problems,
                Contains(HasSubstr("behind the stream's end marker: " + std::to_string(behind.size()))));
    EXPECT_EQ(Count(longer, "end marker"), std::pair(int64_t{1}, int64_t{1}));
    EXPECT_EQ(longer.rows, kRows);
  }
  std::string bytes = file;
  const size_t at = bytes.find("ü");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '\xff';
  EXPECT_FALSE(VerifyBytes("x.arrow", bytes).ok) << "text that is not UTF-8";
}

TEST_F(VerifyTest, DirectoriesAreCheckedFileByFile) {
  const std::string bytes = ParquetBytes(ExampleTable());
  directory_.Write("d/p=1/a.parquet", bytes);
  directory_.Write("d/p=2/b.parquet", bytes);
  directory_.Write("d/_p=3/c.parquet", bytes);
  directory_.Write("d/.p=4.headrace-abc.tmp/d.parquet", "half");
  directory_.Write("d/_SUCCESS", "");
  VerifyReport report = Verify("d");
  EXPECT_TRUE(report.ok) << testing::PrintToString(report.problems);
  EXPECT_EQ(report.files, 3);
  EXPECT_EQ(report.rows, 3 * kRows);
  directory_.Write("d/p=2/b.parquet", bytes.substr(0, bytes.size() - 1));
  directory_.Write("d/notes.txt", "hello");
  report = Verify("d/");
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.problems, Contains(HasSubstr("p=2/b.parquet: ")));
  EXPECT_THAT(report.problems, Contains(HasSubstr("notes.txt: this is neither")));
}

TEST_F(VerifyTest, WhatCannotBeCheckedIsAnError) {
  directory_.Write("x.csv", "a,b\n");
  directory_.Write("empty/.hidden", "");
  EXPECT_FALSE(VerifyOutput(directory_.Path("missing.parquet")).ok());
  EXPECT_THAT(VerifyOutput(directory_.Path("x.csv")).status().message(), HasSubstr("neither Parquet nor Arrow IPC"));
  EXPECT_THAT(VerifyOutput(directory_.Path("empty")).status().message(), HasSubstr("there is no file to check"));
}

TEST_F(VerifyTest, AStopEndsIt) {
  directory_.Write("x.parquet", ParquetBytes(ExampleTable()));
  arrow::StopSource source;
  source.RequestStop();
  EXPECT_TRUE(VerifyOutput(directory_.Path("x.parquet"), source.token()).status().IsCancelled());
}

// --- With a manifest ------------------------------------------------------------------------------------------------

class VerifyManifestTest : public VerifyTest {
 protected:
  void SetUp() override {
    bytes_ = ParquetBytes(ExampleTable());
    const std::string path = directory_.Path("x.parquet");
    directory_.Write("x.parquet", bytes_);
    report_.rows_read = kRows + 3;
    report_.rows_written = kRows;
    report_.rows_rejected = 2;
    report_.rows_skipped = 1;
    report_.outputs = {Describe(path, bytes_, kRows)};
    pieces_ = {DescribePiece(path, bytes_, 0, 4, 1000, 2000), DescribePiece(path, bytes_, 1, 1004, 2000, 3000)};
  }

  VerifyReport VerifyWith(const Report& report, const std::vector<PieceRecord>& pieces) {
    const std::string path = directory_.Path("x.parquet");
    directory_.Write("x.parquet.manifest.json", ManifestJson(report, pieces, {{"in.csv", 1, 2}}, path));
    VerifyReport result = Verify("x.parquet");
    EXPECT_TRUE(result.had_manifest);
    return result;
  }

  std::string bytes_;
  Report report_;
  std::vector<PieceRecord> pieces_;
};

TEST_F(VerifyManifestTest, AGoodFilePasses) {
  const VerifyReport report = VerifyWith(report_, pieces_);
  EXPECT_TRUE(report.ok) << testing::PrintToString(report.problems);
  EXPECT_EQ(report.rows, kRows);
  EXPECT_EQ(report.files, 1);
  EXPECT_EQ(report.bytes, static_cast<int64_t>(bytes_.size()));
  EXPECT_EQ(Count(report, "piece checksums").first, 2);
  EXPECT_EQ(Count(report, "file checksums").first, 1);
}

TEST_F(VerifyManifestTest, ItMayBeRenamedWithItsFile) {
  VerifyWith(report_, pieces_);
  directory_.Write("y.parquet", bytes_);
  directory_.Write("y.parquet.manifest.json", directory_.Read("x.parquet.manifest.json"));
  EXPECT_TRUE(Verify("y.parquet").ok);
}

TEST_F(VerifyManifestTest, AnyChangedByteIsFound) {
  for (const size_t at : {size_t{0}, size_t{500}, bytes_.size() - 1}) {
    std::string bytes = bytes_;
    bytes[at] ^= 0x10;
    directory_.Write("x.parquet", bytes);
    const VerifyReport report = VerifyWith(report_, pieces_);
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(Count(report, "file checksums").second, 1);
    EXPECT_EQ(Count(report, "piece checksums").second, at == 500 ? 1 : 0);
  }
}

TEST_F(VerifyManifestTest, AnotherSizeIsFound) {
  directory_.Write("x.parquet", bytes_ + "x");
  EXPECT_THAT(VerifyWith(report_, pieces_).problems, Contains(HasSubstr("bytes, not")));
}

TEST_F(VerifyManifestTest, RowsAreCountedAgain) {
  Report report = report_;
  report.outputs[0].rows = report.rows_written = kRows - 1;
  report.rows_skipped += 1;
  std::vector<PieceRecord> pieces = pieces_;
  pieces[0].rows -= 1;
  EXPECT_THAT(VerifyWith(report, pieces).problems, testing::ElementsAre(HasSubstr("5000 rows, not 4999")));
  EXPECT_THAT(VerifyWith(report_, pieces).problems,
              testing::ElementsAre(HasSubstr("its pieces have 4999 rows, not 5000")));
  report = report_;
  report.rows_rejected = 1;
  EXPECT_THAT(VerifyWith(report, pieces_).problems, testing::ElementsAre(HasSubstr("rows_read is 5003")));
}

TEST_F(VerifyManifestTest, PiecesLieApartAndInTheFile) {
  std::vector<PieceRecord> pieces = pieces_;
  pieces[1].offset = 1003;
  EXPECT_THAT(VerifyWith(report_, pieces).problems, Contains(HasSubstr("overlaps another")));
  pieces = pieces_;
  pieces[1].bytes = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(VerifyWith(report_, pieces).problems, Contains(HasSubstr("ends behind the file")));
}

TEST_F(VerifyManifestTest, AManifestThatCannotBeUsedIsAProblem) {
  directory_.Write("x.parquet.manifest.json", "{\"format\": 1");
  const VerifyReport report = Verify("x.parquet");
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.problems, Contains(HasSubstr("the manifest cannot be used: it is not JSON")));
}

TEST_F(VerifyManifestTest, ADirectoryHoldsWhatIsListedAndNoMore) {
  const std::string a = directory_.Path("d/p=1/a.parquet"), b = directory_.Path("d/p=2/b.parquet");
  directory_.Write("d/p=1/a.parquet", bytes_);
  directory_.Write("d/p=2/b.parquet", bytes_);
  Report report = report_;
  report.rows_read = report.rows_written = 2 * kRows;
  report.rows_rejected = report.rows_skipped = 0;
  report.outputs = {Describe(a, bytes_, kRows), Describe(b, bytes_, kRows)};
  directory_.Write("d.manifest.json",
                   ManifestJson(report, {DescribePiece(b, bytes_, 0, 4, 10, kRows)}, {}, directory_.Path("d/")));
  const VerifyReport good = Verify("d/");
  EXPECT_TRUE(good.ok) << testing::PrintToString(good.problems);
  EXPECT_EQ(good.rows, 2 * kRows);
  directory_.Write("d/p=3/c.parquet", bytes_);
  EXPECT_THAT(Verify("d").problems, testing::ElementsAre(HasSubstr("p=3/c.parquet: the manifest does not list")));
  std::filesystem::remove_all(directory_.Path("d/p=1"));
  EXPECT_THAT(Verify("d").problems, Contains(HasSubstr("p=1/a.parquet: the file is missing")));
}

TEST_F(VerifyManifestTest, ProblemsAreFewButCounted) {
  std::vector<PieceRecord> pieces;
  for (int i = 0; i < 250; ++i) {
    pieces.push_back(
        DescribePiece(directory_.Path("x.parquet"), bytes_, i, 4 + static_cast<size_t>(i), 1, i == 0 ? kRows : 0));
    pieces.back().crc32c ^= 1;
  }
  const VerifyReport report = VerifyWith(report_, pieces);
  EXPECT_EQ(report.problems.size(), kMaxVerifyProblems);
  EXPECT_EQ(report.problems_left_out, 150);
  EXPECT_EQ(Count(report, "piece checksums").second, 250);
}

TEST(VerifyJson, HasItsKeys) {
  VerifyReport report;
  report.ok = false;
  report.rows = 5;
  report.files = 2;
  report.bytes = 100;
  report.had_manifest = true;
  report.checks = {{"rows", 3, 1}};
  report.problems = {"x: \"y\""};
  const auto json = nlohmann::ordered_json::parse(VerifyToJson(report));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_THAT(keys, testing::ElementsAre("format", "ok", "rows", "files", "bytes", "had_manifest", "checks", "problems",
                                         "problems_left_out"));
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["checks"][0]["failed"], 1);
  EXPECT_EQ(json["problems"][0], "x: \"y\"");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
