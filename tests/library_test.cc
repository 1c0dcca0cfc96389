// The public C++ API as an embedding program uses it.
#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "headrace/ingest.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

class LibraryTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("headrace-library-" + std::to_string(getpid()));
    fs::create_directories(directory_);
    job_.inputs = {Path("in.csv")};
    job_.options.schema = *ParseColumns("id:int64,name:string,value:float64");
    job_.options.unit_bytes = 64 << 10;
    job_.config.workers.value = 4;
    std::ofstream out(Path("in.csv"));
    for (int i = 0; i < kRows; i++) out << i << ",\"name " << i % 7 << "\"," << (i % 5 == 0 ? "" : "0.5") << "\n";
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }
  static int64_t Threads() {
    return std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator());
  }
  // A joined thread stands in /proc a moment longer: wait for it, up to five seconds.
  static int64_t ThreadsOnceSettled(int64_t expected) {
    for (int i = 0; i < 500 && Threads() > expected; i++) usleep(10'000);
    return Threads();
  }

  static constexpr int kRows = 100'000;
  fs::path directory_;
  Job job_;
};

TEST_F(LibraryTest, ReadsAllRowsInOrder) {
  auto reader = OpenReader(job_).ValueOrDie();
  auto table = reader->ToTable().ValueOrDie();
  ASSERT_TRUE(table->ValidateFull().ok());
  ASSERT_EQ(table->num_rows(), kRows);
  EXPECT_EQ(table->column(2)->null_count(), kRows / 5);
  int64_t expected = 0;
  for (const auto& chunk : table->column(0)->chunks()) {
    const auto& ids = static_cast<const arrow::Int64Array&>(*chunk);
    for (int64_t i = 0; i < ids.length(); i++) ASSERT_EQ(ids.Value(i), expected++);
  }
}

TEST_F(LibraryTest, ReaderListsRejectsWhenItHasReachedItsEnd) {
  std::ofstream(Path("in.csv"), std::ios::app) << "x,bad,1\n1,good,1\n2,short\n";
  job_.options.on_error = OnError::kQuarantine;
  job_.options.rejects_path = Path("bad.csv");
  auto reader = OpenReader(job_).ValueOrDie();
  EXPECT_EQ(reader->ToTable().ValueOrDie()->num_rows(), kRows + 1);
  std::ifstream rejects(Path("bad.csv"));
  std::string line;
  int lines = 0;
  while (std::getline(rejects, line)) lines++;
  EXPECT_EQ(lines, 3);  // with the header
}

TEST_F(LibraryTest, ReaderClosedEarlyLeavesNoThread) {
  const int64_t before = Threads();
  for (int round = 0; round < 20; round++) {
    auto reader = OpenReader(job_).ValueOrDie();
    std::shared_ptr<arrow::RecordBatch> batch;
    if (round % 3 > 0) {
      ASSERT_TRUE(reader->ReadNext(&batch).ok());
    }
    if (round % 2 == 0) {
      ASSERT_TRUE(reader->Close().ok());
    }
  }
  EXPECT_LE(ThreadsOnceSettled(before), before);
}

TEST_F(LibraryTest, UsesTheCallersMemoryPoolAndGivesAllBack) {
  arrow::ProxyMemoryPool pool(arrow::default_memory_pool());
  RunContext context;
  context.pool = &pool;
  {
    auto table = OpenReader(job_, context).ValueOrDie()->ToTable().ValueOrDie();
    EXPECT_GT(pool.bytes_allocated(), kRows * 16);
  }
  EXPECT_EQ(pool.bytes_allocated(), 0);
}

TEST_F(LibraryTest, StopTokenEndsARun) {
  arrow::StopSource source;
  RunContext context;
  context.stop = source.token();
  source.RequestStop();
  job_.options.output_kind = OutputKind::kParquet;
  job_.options.output_path = Path("out.parquet");
  EXPECT_TRUE(Ingest(job_, context).status().IsCancelled());
  EXPECT_FALSE(fs::exists(Path("out.parquet")));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 1);
}

// Files that were not looked at yet are not, whether their dialect is found, their headers compared, or they are
// planned.
TEST_F(LibraryTest, StopTokenEndsWhatComesBeforeARun) {
  arrow::StopSource source;
  RunContext context;
  context.stop = source.token();
  source.RequestStop();
  EXPECT_TRUE(OpenReader(job_, context).status().IsCancelled());
  EXPECT_TRUE(Explain(job_, context).status().IsCancelled());
  job_.options.schema = {};
  EXPECT_TRUE(Discover(job_, context).status().IsCancelled());
}

// The run that begins again with wider types has the same headers.
TEST_F(LibraryTest, TellsEachDriftOnce) {
  std::ofstream(Path("in.csv")) << "a,b\n1,x\n";
  std::ofstream late(Path("late.csv"));
  late << "b,a\n";
  for (int i = 0; i < 200'000; i++) late << "x," << i << (i == 60'000 ? ".5\n" : "\n");
  late.close();
  job_.inputs.push_back(Path("late.csv"));
  job_.options.schema = {};
  int told = 0;
  RunContext context;
  context.drift = [&](const Drift&) { told++; };
  const Report report = Ingest(job_, context).ValueOrDie();
  EXPECT_TRUE(report.inferred[0].broke_promise);
  EXPECT_EQ(report.drift.size(), 1);
  EXPECT_EQ(told, 1);
}

TEST_F(LibraryTest, TakesTimeByTheColumn) {
  std::string names, numbers;
  job_.options.schema = {};
  for (int i = 0; i < 100'000; i++) {
    Column& column = job_.options.schema.columns.emplace_back();
    column.name = "a_name_that_begins_like_others_" + std::to_string(i);
    column.type.kind = TypeKind::kInt32;
    numbers += i == 0 ? "1" : ",1";
    job_.options.select.push_back(column.name);
    job_.options.renames.emplace_back(column.name, "new_" + std::to_string(i));
  }
  std::ofstream(Path("in.csv")) << numbers << "\n";
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(OpenReader(job_).ValueOrDie()->schema()->num_fields(), 100'000);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(25));  // it took 50
}

TEST_F(LibraryTest, ReportsWhereABadValueIs) {
  std::ofstream(Path("in.csv"), std::ios::app) << "12,x,1\n13,\"y\",oops\n";
  const Status status = OpenReader(job_).ValueOrDie()->ToTable().status();
  ASSERT_FALSE(status.ok());
  const ErrorPlace* place = PlaceOf(status);
  ASSERT_NE(place, nullptr);
  EXPECT_EQ(place->path, Path("in.csv"));
  EXPECT_EQ(place->column, "value");
  EXPECT_EQ(place->reject.record, kRows + 2);
  EXPECT_EQ(place->reject.line, kRows + 2);
  EXPECT_EQ(place->reject.raw, "13,\"y\",oops");
}

TEST_F(LibraryTest, RunsIntoASinkAndAccounts) {
  job_.options.output_kind = OutputKind::kParquet;
  job_.options.output_path = Path("out.parquet");
  int64_t calls = 0;
  RunContext context;
  context.progress = [&](const Snapshot& snapshot) {
    calls++;
    EXPECT_LE(snapshot.bytes_read, snapshot.bytes_total);
  };
  const Report report = Ingest(job_, context).ValueOrDie();
  EXPECT_EQ(report.rows_read, kRows);
  EXPECT_EQ(report.rows_written, kRows);
  EXPECT_EQ(calls, report.units);
  EXPECT_EQ(report.bytes_read, static_cast<int64_t>(fs::file_size(Path("in.csv"))));
  EXPECT_TRUE(fs::exists(Path("out.parquet")));
}

}  // namespace
}  // namespace v0
}  // namespace headrace
