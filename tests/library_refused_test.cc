// What a program may ask of the library by mistake: a Status says so, before anything is read or written.
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "headrace/ingest.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LibraryRefused : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("headrace-refused-" + std::to_string(getpid()));
    fs::create_directories(directory_);
    std::ofstream(Path("in.csv")) << "1,a\n15523,b\n";
    job_.inputs = {Path("in.csv")};
    job_.options.schema = *ParseColumns("id:int64,name:string");
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }
  std::string Refusal() const {
    auto reader = OpenReader(job_);
    return reader.ok() ? (*reader)->ToTable().status().message() : reader.status().message();
  }
  Column* AddColumn(ColumnSource source, const std::string& type) {
    job_.options.schema.columns.resize(2);
    Column& column = job_.options.schema.columns.emplace_back();
    column.name = "added";
    column.type = *ParseType(type);
    column.source = source;
    return &column;
  }

  fs::path directory_;
  Job job_;
};

TEST_F(LibraryRefused, AKeyThatNoDialectHas) {
  job_.options.file_dialects.push_back({"*.csv", {}, {"header", "delimeter"}});
  EXPECT_THAT(Refusal(), HasSubstr("'delimeter' is no key of a dialect"));
}

TEST_F(LibraryRefused, TypesThatASourceDoesNotHave) {
  for (const auto& [source, type] : {std::pair{ColumnSource::kRecordNumber, "string"},
                                     {ColumnSource::kRecordNumber, "int8"},
                                     {ColumnSource::kLineNumber, "uint64"},
                                     {ColumnSource::kFilename, "int64"},
                                     {ColumnSource::kFilename, "decimal(9,2)"}}) {
    AddColumn(source, type);
    EXPECT_THAT(Refusal(), HasSubstr("column 'added'")) << type;
  }
  for (const auto& [source, type] : {std::pair{ColumnSource::kRecordNumber, "int64"},
                                     {ColumnSource::kLineNumber, "int64"},
                                     {ColumnSource::kFilename, "string"},
                                     {ColumnSource::kFilename, "dictionary(string)"}}) {
    AddColumn(source, type);
    EXPECT_EQ(Refusal(), "") << type;
  }
}

TEST_F(LibraryRefused, AColumnOfAFolderThatThePathLacks) {
  AddColumn(ColumnSource::kPath, "string");
  EXPECT_THAT(Refusal(), HasSubstr("no folder 'added=…'"));
}

TEST_F(LibraryRefused, LimitsThatNothingCanKeep) {
  job_.options.max_expansion = 0;
  EXPECT_THAT(Refusal(), HasSubstr("--max-expansion"));
  job_.options.schema = {};
  EXPECT_THAT(Discover(job_).status().message(), HasSubstr("--max-expansion"));
}

TEST_F(LibraryRefused, MarksThatNumbersDoNotHave) {
  for (const char* thousands : {"5", "abcd", "none"}) {
    job_.options.dialect.thousands = thousands;
    EXPECT_THAT(Refusal(), HasSubstr(std::string("'") + thousands + "' does not separate thousands"));
  }
  job_.options.dialect.thousands = "";
  job_.options.dialect.decimal = '5';
  EXPECT_THAT(Refusal(), HasSubstr("'5' is not a decimal mark"));
}

TEST_F(LibraryRefused, QuarantineWithoutAFileToListIn) {
  job_.options.on_error = OnError::kQuarantine;
  EXPECT_THAT(Refusal(), HasSubstr("quarantine needs a file"));
}

TEST_F(LibraryRefused, DiscoveryOfColumnsThatAreDeclared) {
  EXPECT_THAT(Discover(job_).status().message(), HasSubstr("declares its columns"));
}

TEST_F(LibraryRefused, OutputsWithoutAPath) {
  for (const OutputKind kind : {OutputKind::kParquet, OutputKind::kIpcFile, OutputKind::kParquetPerFile}) {
    job_.options.output_kind = kind;
    job_.options.manifest = true;
    EXPECT_THAT(Ingest(job_).status().message(), HasSubstr("output_path"));
    EXPECT_FALSE(fs::exists(".manifest.json"));
  }
}

TEST_F(LibraryRefused, ManifestsOfWhatIsNoFile) {
  std::FILE* out = std::tmpfile();
  job_.options.output_kind = OutputKind::kIpcStream;
  job_.options.output_descriptor = fileno(out);
  for (const bool verifies : {false, true}) {
    job_.options.manifest = !verifies;
    job_.options.verify = verifies;
    EXPECT_THAT(Ingest(job_).status().message(), HasSubstr("a file or a folder"));
    std::fseek(out, 0, SEEK_END);
    EXPECT_EQ(std::ftell(out), 0);
  }
  std::fclose(out);
}

TEST_F(LibraryRefused, IntervalsThatNobodyCanKeep) {
  for (const double seconds : {0.0, -1.0, std::nan(""), 1e300, std::numeric_limits<double>::infinity()}) {
    RunContext context;
    int samples = 0;
    context.sample = [&](const Sample&) { samples++; };
    context.sample_interval = seconds;
    EXPECT_THAT(Ingest(job_, context).status().message(), HasSubstr("sample_interval")) << seconds;
    EXPECT_EQ(samples, 0);
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
