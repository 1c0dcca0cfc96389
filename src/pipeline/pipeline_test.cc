// Workers and read sizes that change while a job runs: the result is the same.
#include "pipeline/pipeline.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>

#include "job/settle.h"
#include "sink/statistics_sink.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

struct Case {
  size_t streams = 0;
  int64_t unit_bytes = 16 << 10;
  int64_t chunk_bytes = 0;  // 0: as the job settles it
  int64_t room_bytes = -1;  // -1: what the memory limit leaves
  bool numbers = false;     // with a column of record numbers
  int64_t max_records = -1;
  std::vector<std::string> paths = {};  // in place of the one file
};

// Refuses the first piece; a worker that leaves is slow to let its encoder go.
class RefusingSink : public StatisticsSink {
 public:
  using StatisticsSink::StatisticsSink;

  Result<std::unique_ptr<Encoder>> MakeEncoder() override {
    ARROW_ASSIGN_OR_RAISE(auto encoder, StatisticsSink::MakeEncoder());
    return std::make_unique<SlowToLeave>(std::move(encoder));
  }
  Status Commit(std::unique_ptr<Piece>, const UnitId&) override {
    usleep(30'000);  // the others have pieces ready, and no room
    return ++commits == 1 ? Status::IOError("refused") : Status::OK();
  }
  std::atomic<int> commits = 0;

 private:
  struct SlowToLeave : Encoder {
    explicit SlowToLeave(std::unique_ptr<Encoder> from) : encoder(std::move(from)) {}
    ~SlowToLeave() override { usleep(100'000); }
    Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId& unit) override {
      ARROW_ASSIGN_OR_RAISE(auto piece, encoder->Encode(batch, unit));
      piece->memory_bytes = 1 << 20;
      return piece;
    }
    std::unique_ptr<Encoder> encoder;
  };
};

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() {
    path_ = (fs::temp_directory_path() / ("headrace-pipeline-" + std::to_string(getpid()) + ".csv")).string();
    std::ofstream out(path_);
    for (int i = 0; i < kRows; i++) out << i << ",\"name\n" << i % 7 << "\"," << (i % 5 == 0 ? "" : "0.5") << "\n";
  }
  ~PipelineTest() override { fs::remove(path_); }

  struct Outcome {
    Report report;
    int64_t most_in_flight = 0, threads_at_end = 0, given_up = 0;
  };

  SettledJob SettledFor(const Case& what, const RunContext& context) const {
    Job job;
    job.inputs.assign(std::max<size_t>(1, what.streams), path_);
    if (!what.paths.empty()) job.inputs = what.paths;
    if (what.streams > 0) job.options.dialect.encoding = "iso-8859-1";  // converted, so read from start to end
    job.options.schema = *ParseColumns("id:int64,name:string,value:float64");
    job.options.unit_bytes = what.unit_bytes;
    job.options.max_records = what.max_records;
    if (what.numbers) job.options.record_number_column = "record";
    job.config.workers.value = 2;
    job.config.chunk_bytes.value = what.chunk_bytes;
    job.config.tunes = false;
    SettledJob settled = Settle(job, context.stop).ValueOrDie();
    settled.max_workers = 6;
    if (what.room_bytes >= 0) {
      settled.room_bytes = what.room_bytes;
      settled.side_bytes = 0;
    }
    return settled;
  }

  // Run a job while `turn` is called over and over with its pipeline, from another thread.
  Outcome Run(const std::function<void(Pipeline*)>& turn, const Case& what = {}) const {
    RunContext context;
    const SettledJob settled = SettledFor(what, context);
    auto state = Prepare(settled, context, arrow::StopToken::Unstoppable()).ValueOrDie();
    StatisticsSink sink(settled.columns);
    Committer committer(*state, &sink, nullptr);
    Pipeline pipeline(state.get(), settled.units, 2, &sink, &committer, context);
    Outcome outcome;
    pipeline.set_before_end([&] {
      const auto begun = [&] { return static_cast<int64_t>(state->gauges->Threads().size()); };
      for (int i = 0; i < 10'000 && begun() < settled.max_workers; i++) usleep(1000);  // a quick job is over before
      usleep(10'000);  // threads that do not wait for this have ended then
      for (const int64_t thread : state->gauges->Threads()) {
        outcome.threads_at_end += fs::exists("/proc/self/task/" + std::to_string(thread)) ? 1 : 0;
      }
    });
    std::atomic<bool> ended = false;
    std::thread turner([&] {
      while (!ended) turn(&pipeline);
    });
    EXPECT_TRUE(pipeline.Run().ok());
    ended = true;
    turner.join();
    EXPECT_TRUE(committer.Finish(&outcome.report).ok());
    outcome.report.columns = sink.columns();
    outcome.most_in_flight = pipeline.max_in_flight();
    outcome.given_up = pipeline.units_given_up();
    return outcome;
  }

  static void ExpectEqual(const Report& a, const Report& b) {
    EXPECT_EQ(a.rows_read, b.rows_read);
    EXPECT_EQ(a.bytes_read, b.bytes_read);
    EXPECT_EQ(a.units, b.units);
    ASSERT_EQ(a.columns.size(), b.columns.size());
    for (size_t i = 0; i < a.columns.size(); i++) {
      EXPECT_EQ(a.columns[i].count, b.columns[i].count);
      EXPECT_EQ(a.columns[i].min, b.columns[i].min);
      EXPECT_EQ(a.columns[i].max, b.columns[i].max);
      EXPECT_EQ(a.columns[i].sum, b.columns[i].sum);
    }
  }

  static constexpr int kRows = 100'000;
  std::string path_;
};

TEST_F(PipelineTest, ResultsDoNotDependOnTurnsOfKnobs) {
  const Outcome still = Run([](Pipeline*) { usleep(1000); });
  EXPECT_LE(still.most_in_flight, 2) << "the others rest";
  EXPECT_EQ(still.threads_at_end, 6) << "all threads are still there to be looked at";
  int turns = 0;
  const auto turn = [&](Pipeline* pipeline) {
    pipeline->SetWorkers(1 + turns % 6);
    pipeline->SetChunkBytes(int64_t{256} << turns % 10);
    turns++;
    usleep(50);
  };
  Outcome turned = Run(turn);
  while (turns <= 3) turned = Run(turn);  // a quick machine is over before many turns
  EXPECT_EQ(still.report.rows_read, kRows);
  ExpectEqual(turned.report, still.report);
}

// Units of long texts, of which there is room for five, then units of short numbers, of which there is room for one.
TEST_F(PipelineTest, UnitsThatAreGivenUpAreCarriedAgain) {
  std::ofstream out(path_);
  const std::string text(300, 'x');
  int64_t rows = 0;
  for (int part = 0; part < 6; part++) {
    for (int i = 0; i < (part % 2 == 0 ? 4'000 : 200'000); i++, rows++)
      out << i % 10 << (part % 2 == 0 ? "," + text + ",1\n" : ",,1\n");
  }
  out.close();
  for (const int kind : {0, 1, 2}) {
    for (const size_t streams : {0, 3}) {
      Case what{.streams = streams, .unit_bytes = 400 << 10, .chunk_bytes = 64 << 10, .numbers = kind == 1};
      const int64_t all = static_cast<int64_t>(std::max<size_t>(1, streams)) * rows;
      if (kind == 2) what.max_records = all - 12'345;
      const auto turn = [](Pipeline* pipeline) {
        pipeline->SetWorkers(6);
        usleep(1000);
      };
      const Outcome ample = Run(turn, what);
      EXPECT_EQ(ample.given_up, 0);
      EXPECT_EQ(ample.report.rows_read, kind == 2 ? what.max_records : all);
      what.room_bytes = 3 << 20;
      int64_t given_up = 0;
      for (int run = 0; run < 3 || (run < 100 && given_up == 0); run++) {
        const Outcome tight = Run(turn, what);
        given_up += tight.given_up;
        ExpectEqual(tight.report, ample.report);
      }
      EXPECT_GT(given_up, 0) << streams << " streams";
    }
  }
}

// The ring becomes smaller than what it holds while the stream that is next in order still has units to give.
TEST_F(PipelineTest, FewerWorkersGetStreamsToTheirEnds) {
  int turns = 0;
  const Outcome outcome = Run(
      [&](Pipeline* pipeline) {
        pipeline->SetWorkers(turns++ == 0 ? 6 : 1);
        usleep(4000);
      },
      {.streams = 5});
  EXPECT_EQ(outcome.report.rows_read, 5 * kRows);
  EXPECT_GT(turns, 1);
}

// With --rows every unit waits for those before it: the one that is next must not be left to a worker that rests.
TEST_F(PipelineTest, FewerWorkersGetLimitedStreamsToTheirEnds) {
  std::stringstream text;
  text << std::ifstream(path_).rdbuf();
  const std::string all = text.str();
  const std::vector<std::string> pipes = {path_ + ".slow", path_ + ".quick"};
  for (int run = 0; run < 8; run++) {
    std::vector<std::thread> writers;
    for (const std::string& pipe : pipes) {
      ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
      writers.emplace_back([&] {
        std::ofstream out(pipe);
        for (size_t at = 0; at < all.size(); at += 64 << 10, usleep(pipe == pipes[0] ? 4000 : 0)) {
          out << std::string_view(all).substr(at, 64 << 10) << std::flush;
        }
      });
    }
    int turns = 0;
    const auto turn = [&](Pipeline* pipeline) {
      pipeline->SetWorkers(turns < 20 + run && turns % 2 == 0 ? 6 : 1);
      turns++;
      usleep(3000);
    };
    EXPECT_EQ(Run(turn, {.streams = 2, .max_records = 10 * kRows, .paths = pipes}).report.rows_read, 2 * kRows);
    for (std::thread& writer : writers) writer.join();
    for (const std::string& pipe : pipes) fs::remove(pipe);
  }
}

// Units are given up where memory is short; once the job has failed there will be no room for them.
TEST_F(PipelineTest, AFailureEndsUnitsThatAreGivenUp) {
  std::ofstream out(path_);
  const std::string text(300, 'x');
  for (int i = 0; i < 40'000; i++) out << i % 10 << "," << text << ",1\n";
  out.close();
  int64_t given_up = 0;
  for (int run = 0; run < 5 || (given_up == 0 && run < 100); run++) {  // on a busy machine workers may not meet
    RunContext context;
    SettledJob settled = SettledFor({.unit_bytes = 400 << 10, .chunk_bytes = 64 << 10, .room_bytes = 4 << 20}, context);
    auto state = Prepare(settled, context, arrow::StopToken::Unstoppable()).ValueOrDie();
    RefusingSink sink(settled.columns);
    Committer committer(*state, &sink, nullptr);
    Pipeline pipeline(state.get(), settled.units, 6, &sink, &committer, context);
    EXPECT_EQ(pipeline.Run().message(), "refused");
    given_up += pipeline.units_given_up();
  }
  EXPECT_GT(given_up, 0);
}

TEST_F(PipelineTest, NothingIsCommittedBehindAFailure) {
  RunContext context;
  const SettledJob settled = SettledFor({}, context);
  auto state = Prepare(settled, context, arrow::StopToken::Unstoppable()).ValueOrDie();
  RefusingSink sink(settled.columns);
  Committer committer(*state, &sink, nullptr);
  Pipeline pipeline(state.get(), settled.units, 2, &sink, &committer, context);
  EXPECT_EQ(pipeline.Run().message(), "refused");
  EXPECT_EQ(sink.commits, 1);
}

TEST_F(PipelineTest, WorkersStayWithinTheirBounds) {
  EXPECT_EQ(Run([](Pipeline* pipeline) {
              pipeline->SetWorkers(0);
              pipeline->SetWorkers(1000);
              usleep(500);
            }).report.rows_read,
            kRows);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
