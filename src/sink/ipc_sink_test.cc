#include "sink/ipc_sink.h"

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <arrow/util/io_util.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>

#include "os/crc32c.h"
#include "os/sync_read_file.h"
#include "sink/test_batch.h"

namespace headrace {
namespace {

namespace fs = std::filesystem;

class IpcSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "headrace-ipc-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }

  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path directory_;
};

DataType Kind(TypeKind kind) {
  DataType type;
  type.kind = kind;
  return type;
}

const std::vector<SinkColumn>& Columns() {
  static const std::vector<SinkColumn> columns = {{"number", Kind(TypeKind::kFloat64)},
                                                  {"country", Kind(TypeKind::kDictionary)},
                                                  {"name", Kind(TypeKind::kString)},
                                                  {"second", Kind(TypeKind::kDictionary)}};
  return columns;
}

std::string Word(int code) { return std::string("c").append(std::to_string(code)); }

// Unit k brings strings that units before it did not have, in another order than they come in the output.
TestBatch Unit(int k, int rows) {
  std::vector<std::optional<double>> numbers;
  std::vector<std::optional<std::string>> countries, names, seconds;
  for (int i = 0; i < rows; ++i) {
    numbers.push_back(i % 5 == 3 ? std::nullopt : std::optional(k + i / 8.0));
    const int code = (7 * i + 11 * k) % (10 + 3 * k);
    countries.push_back(i % 7 == 2 ? std::nullopt : std::optional(Word(code)));
    names.push_back(i % 9 == 1 ? std::nullopt : std::optional(std::string(static_cast<size_t>(i % 13), 'n')));
    seconds.push_back(k == 0 ? std::nullopt : std::optional(std::string(i % 2 == 0 ? "even" : "odd")));
  }
  TestBatch unit;
  unit.Add(Columns()[0].type, numbers).AddStrings(Columns()[1].type, countries);
  unit.AddStrings(Columns()[2].type, names).AddStrings(Columns()[3].type, seconds);
  return unit;
}

constexpr int kUnits = 5;
int RowsOf(int k) { return 100 + 37 * k; }

// Encode all units before any is committed, or each after the one before it: what a race of workers can do.
void RunUnits(Sink* sink, bool all_first) {
  auto one = sink->MakeEncoder().ValueOrDie();
  auto other = sink->MakeEncoder().ValueOrDie();
  std::vector<std::unique_ptr<Piece>> pieces(kUnits);
  const auto encode = [&](int k) {
    const TestBatch unit = Unit(k, RowsOf(k));
    pieces[k] = (k % 2 == 0 ? one : other)->Encode(unit.batch(), {k, 0}).ValueOrDie();
    EXPECT_EQ(pieces[k]->rows, RowsOf(k));
    EXPECT_GT(pieces[k]->memory_bytes, 0);
  };
  if (all_first) {
    for (int k = kUnits - 1; k >= 0; --k) encode(k);
  }
  for (int k = 0; k < kUnits; ++k) {
    if (!all_first) encode(k);
    const Status status = sink->Commit(std::move(pieces[k]), {k, 0});
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
}

int64_t AllRows() {
  int64_t rows = 0;
  for (int k = 0; k < kUnits; ++k) rows += RowsOf(k);
  return rows;
}

template <class Array>
const Array& ColumnOf(const arrow::RecordBatch& batch, int i) {
  return static_cast<const Array&>(*batch.column(i));
}

void CheckUnit(const arrow::RecordBatch& batch, int k) {
  ASSERT_TRUE(batch.ValidateFull().ok());
  ASSERT_EQ(batch.num_rows(), RowsOf(k));
  const auto& country = ColumnOf<arrow::DictionaryArray>(batch, 1);
  const auto& words = static_cast<const arrow::StringArray&>(*country.dictionary());
  for (int i = 0; i < RowsOf(k); ++i) {
    ASSERT_EQ(batch.column(0)->IsNull(i), i % 5 == 3);
    if (i % 5 != 3) {
      ASSERT_EQ(ColumnOf<arrow::DoubleArray>(batch, 0).Value(i), k + i / 8.0);
    }
    ASSERT_EQ(country.IsNull(i), i % 7 == 2);
    const int code = (7 * i + 11 * k) % (10 + 3 * k);
    if (i % 7 != 2) {
      ASSERT_EQ(words.GetView(country.GetValueIndex(i)), Word(code));
    }
    ASSERT_EQ(ColumnOf<arrow::DictionaryArray>(batch, 3).IsNull(i), k == 0);
  }
}

// On this thread: one of Arrow's I/O pool may be the last to let the reader go, and ThreadSanitizer does not see how
// libarrow orders that.
std::shared_ptr<arrow::ipc::RecordBatchFileReader> OpenIpc(std::shared_ptr<arrow::io::RandomAccessFile> file) {
  return arrow::ipc::RecordBatchFileReader::Open(std::make_shared<SyncReadFile>(std::move(file))).ValueOrDie();
}

TEST_F(IpcSinkTest, FileIsReadableAndTheSameHoweverItWasMade) {
  for (Codec codec : {Codec::kNone, Codec::kZstd, Codec::kLz4}) {
    std::string bytes[2];
    for (bool all_first : {false, true}) {
      Options options;
      options.codec = codec;
      options.output_path = Path("out" + std::to_string(static_cast<int>(codec)) + (all_first ? "a" : "b"));
      auto sink = MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ValueOrDie();
      RunUnits(sink.get(), all_first);
      ASSERT_TRUE(sink->Finish().ok());
      const auto reports = sink->Inspect().ValueOrDie();
      EXPECT_FALSE(fs::exists(options.output_path));
      ASSERT_TRUE(sink->Publish("").ok());
      bytes[all_first] = Read(options.output_path);
      ASSERT_EQ(reports.size(), 1u);
      EXPECT_EQ(reports[0].rows, AllRows());
      EXPECT_EQ(reports[0].bytes, static_cast<int64_t>(bytes[all_first].size()));
      EXPECT_EQ(reports[0].checksum, Crc32cText(Crc32c(0, bytes[all_first].data(), bytes[all_first].size())));
      ASSERT_EQ(sink->pieces().size(), static_cast<size_t>(kUnits));
      for (const PieceRecord& piece : sink->pieces()) {
        EXPECT_EQ(piece.rows, RowsOf(static_cast<int>(piece.unit)));
        EXPECT_EQ(piece.crc32c, Crc32c(0, bytes[all_first].data() + piece.offset, static_cast<size_t>(piece.bytes)));
      }
    }
    EXPECT_EQ(bytes[0], bytes[1]);
    auto buffer = arrow::Buffer::FromString(bytes[0]);
    auto reader = OpenIpc(std::make_shared<arrow::io::BufferReader>(buffer));
    ASSERT_EQ(reader->num_record_batches(), kUnits);
    for (int k = 0; k < kUnits; ++k) CheckUnit(*reader->ReadRecordBatch(k).ValueOrDie(), k);
  }
}

TEST_F(IpcSinkTest, WorkersAndCommitterAtTheSameTime) {
  std::string bytes[2];
  for (bool parallel : {false, true}) {
    Options options;
    options.codec = Codec::kZstd;
    options.output_path = Path(parallel ? "parallel" : "serial");
    auto sink = MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ValueOrDie();
    std::vector<std::future<std::unique_ptr<Piece>>> pieces;
    for (int k = 0; k < 40; ++k) {
      pieces.push_back(std::async(parallel ? std::launch::async : std::launch::deferred, [&sink, k] {
        const TestBatch unit = Unit(k % 9, 50);
        return sink->MakeEncoder().ValueOrDie()->Encode(unit.batch(), {k, 0}).ValueOrDie();
      }));
    }
    for (int k = 0; k < 40; ++k) ASSERT_TRUE(sink->Commit(pieces[static_cast<size_t>(k)].get(), {k, 0}).ok());
    ASSERT_TRUE(sink->Finish().ok());
    EXPECT_EQ(sink->Inspect().ValueOrDie()[0].rows, 40 * 50);
    ASSERT_TRUE(sink->Publish("").ok());
    bytes[parallel] = Read(options.output_path);
  }
  EXPECT_EQ(bytes[0], bytes[1]);
}

TEST_F(IpcSinkTest, DictionariesAreKept) {
  Options options;
  options.output_path = Path("out.arrow");
  auto sink = MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ValueOrDie();
  auto encoder = sink->MakeEncoder().ValueOrDie();
  const int64_t before = sink->kept_bytes();
  constexpr int kTexts = 10'000;
  std::vector<std::optional<std::string>> few(kTexts, "few"), many;
  for (int i = 0; i < kTexts; ++i) many.emplace_back("text " + std::to_string(10'000 + i));
  TestBatch unit;
  unit.Add(Columns()[0].type, std::vector<std::optional<double>>(kTexts, 0.5)).AddStrings(Columns()[1].type, few);
  unit.AddStrings(Columns()[2].type, few).AddStrings(Columns()[3].type, many);
  const auto commit = [&](int64_t k) {
    return sink->Commit(encoder->Encode(unit.batch(), {k, 0}).ValueOrDie(), {k, 0}).ok();
  };
  ASSERT_TRUE(commit(0));
  const int64_t after = sink->kept_bytes();
  EXPECT_GE(after - before, kTexts * 2 * (10 + 4 + 32));  // bytes, offset and four slots of each, twice
  EXPECT_NE(sink->DescribeKept().fix.find("'second'"), std::string::npos);
  ASSERT_TRUE(commit(1));
  EXPECT_EQ(sink->kept_bytes(), after);  // nothing is new
}

TEST_F(IpcSinkTest, DictionaryIsInOrderOfFirstAppearance) {
  Options options;
  options.codec = Codec::kNone;
  options.output_path = Path("out.arrow");
  auto sink = MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ValueOrDie();
  RunUnits(sink.get(), true);
  ASSERT_TRUE(sink->Finish().ok());
  ASSERT_TRUE(sink->Publish("").ok());
  std::vector<std::string> expected;
  for (int k = 0; k < kUnits; ++k) {
    for (int i = 0; i < RowsOf(k); ++i) {
      const std::string word = Word((7 * i + 11 * k) % (10 + 3 * k));
      if (i % 7 != 2 && std::find(expected.begin(), expected.end(), word) == expected.end()) expected.push_back(word);
    }
  }
  auto file = arrow::io::ReadableFile::Open(options.output_path).ValueOrDie();
  auto reader = OpenIpc(file);
  const auto batch = reader->ReadRecordBatch(0).ValueOrDie();
  const auto& words = static_cast<const arrow::StringArray&>(*ColumnOf<arrow::DictionaryArray>(*batch, 1).dictionary());
  ASSERT_EQ(words.length(), static_cast<int64_t>(expected.size()));
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(words.GetView(static_cast<int64_t>(i)), expected[i]);
}

TEST_F(IpcSinkTest, ManifestComesFirstAndAnUnpublishedFileVanishes) {
  Options options;
  options.codec = Codec::kNone;
  options.output_path = Path("out.arrow");
  auto sink = MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ValueOrDie();
  RunUnits(sink.get(), false);
  ASSERT_TRUE(sink->Finish().ok());
  ASSERT_TRUE(sink->Publish("{}").ok());
  sink.reset();
  EXPECT_EQ(Read(options.output_path + ".manifest.json"), "{}");
  fs::remove(options.output_path);
  options.manifest = true;  // whose name is taken now
  EXPECT_FALSE(MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ok());
  options.output_path = Path("other.arrow");
  sink = MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ValueOrDie();
  RunUnits(sink.get(), false);
  sink.reset();
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator{}), 1);
}

TEST_F(IpcSinkTest, NoUnits) {
  Options options;
  options.codec = Codec::kZstd;
  options.output_path = Path("out.arrow");
  auto sink = MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).ValueOrDie();
  ASSERT_TRUE(sink->Finish().ok());
  EXPECT_EQ(sink->Inspect().ValueOrDie()[0].rows, 0);
  ASSERT_TRUE(sink->Publish("").ok());
  auto file = arrow::io::ReadableFile::Open(options.output_path).ValueOrDie();
  auto reader = OpenIpc(file);
  EXPECT_EQ(reader->num_record_batches(), 0);
  EXPECT_EQ(reader->schema()->field(3)->name(), "second");
}

TEST_F(IpcSinkTest, CodecsThatIpcLacksAreRefused) {
  Options options;
  options.output_path = Path("out.arrow");
  options.codec = Codec::kSnappy;
  EXPECT_TRUE(MakeIpcFileSink(Columns(), options, false, arrow::default_memory_pool()).status().IsInvalid());
  EXPECT_TRUE(MakeIpcStreamSink(Columns(), options, arrow::default_memory_pool()).status().IsInvalid());
}

TEST_F(IpcSinkTest, StreamIsReadableAndTheSameHoweverItWasMade) {
  for (Codec codec : {Codec::kNone, Codec::kZstd}) {
    std::string bytes[2];
    for (bool all_first : {false, true}) {
      Options options;
      options.codec = codec;
      options.output_descriptor = ::open(Path("stream").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      auto sink = MakeIpcStreamSink(Columns(), options, arrow::default_memory_pool()).ValueOrDie();
      RunUnits(sink.get(), all_first);
      ASSERT_TRUE(sink->Finish().ok());
      const auto reports = sink->Inspect().ValueOrDie();
      EXPECT_EQ(reports[0].rows, AllRows());
      EXPECT_EQ(reports[0].bytes, static_cast<int64_t>(Read(Path("stream")).size()));
      ASSERT_TRUE(sink->Publish("").ok());
      ::close(options.output_descriptor);
      bytes[all_first] = Read(Path("stream"));
      EXPECT_EQ(static_cast<int64_t>(bytes[all_first].size()), reports[0].bytes + 8);  // the end marker
    }
    EXPECT_EQ(bytes[0], bytes[1]);
    auto input = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes[0]));
    auto reader = arrow::ipc::RecordBatchStreamReader::Open(input).ValueOrDie();
    for (int k = 0; k < kUnits; ++k) CheckUnit(*reader->Next().ValueOrDie(), k);
    EXPECT_EQ(reader->Next().ValueOrDie(), nullptr);
  }
}

TEST_F(IpcSinkTest, ClosedPipeIsEpipe) {
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  Options options;
  options.codec = Codec::kNone;
  options.output_descriptor = ends[1];
  auto sink = MakeIpcStreamSink(Columns(), options, arrow::default_memory_pool()).ValueOrDie();
  auto encoder = sink->MakeEncoder().ValueOrDie();
  const TestBatch unit = Unit(0, 10);
  Status status = sink->Commit(encoder->Encode(unit.batch(), {0, 0}).ValueOrDie(), {0, 0});
  EXPECT_EQ(arrow::internal::ErrnoFromStatus(status), EPIPE) << status.ToString();
  EXPECT_EQ(arrow::internal::ErrnoFromStatus(sink->Finish()), EPIPE);
  EXPECT_EQ(arrow::internal::ErrnoFromStatus(sink->Publish("")), EPIPE);
  ::close(ends[1]);
  std::signal(SIGPIPE, old_handler);
}

TEST_F(IpcSinkTest, FailedStreamHasNoEndMarker) {
  Options options;
  options.codec = Codec::kNone;
  options.output_descriptor = ::open(Path("stream").c_str(), O_WRONLY | O_CREAT, 0600);
  {
    auto sink = MakeIpcStreamSink(Columns(), options, arrow::default_memory_pool()).ValueOrDie();
    EXPECT_EQ(fs::file_size(Path("stream")), 0u);
    RunUnits(sink.get(), true);
    EXPECT_TRUE(sink->Finish().ok());
    EXPECT_TRUE(sink->Publish("{}").IsInvalid());  // refused before the end marker
  }
  ::close(options.output_descriptor);
  const std::string bytes = Read(Path("stream"));
  EXPECT_NE(bytes.substr(bytes.size() - 8), std::string("\xff\xff\xff\xff\0\0\0\0", 8));
}

}  // namespace
}  // namespace headrace
