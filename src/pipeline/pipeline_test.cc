// Workers and read sizes that change while a job runs: the result is the same.
#include "pipeline/pipeline.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "job/settle.h"
#include "sink/statistics_sink.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

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
    int64_t most_in_flight = 0, samples_at_end = 0;
  };

  // Run a job while `turn` is called over and over with its pipeline, from another thread.
  Outcome Run(const std::function<void(Pipeline*)>& turn, size_t streams = 0) const {
    Job job;
    job.inputs.assign(std::max<size_t>(1, streams), path_);
    if (streams > 0) job.options.dialect.encoding = "iso-8859-1";  // converted, so read from start to end
    job.options.schema = *ParseColumns("id:int64,name:string,value:float64");
    job.options.unit_bytes = 16 << 10;
    job.config.workers.value = 2;
    job.config.tunes = false;
    RunContext context;
    SettledJob settled = Settle(job, context.stop).ValueOrDie();
    settled.max_workers = 6;
    auto state = Prepare(settled, context, arrow::StopToken::Unstoppable()).ValueOrDie();
    StatisticsSink sink(settled.columns);
    Committer committer(*state, &sink, nullptr);
    Pipeline pipeline(state.get(), settled.units, 2, &sink, &committer, context);
    Outcome outcome;
    pipeline.set_before_end([&] { outcome.samples_at_end = static_cast<int64_t>(state->gauges->Threads().size()); });
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
    return outcome;
  }

  static constexpr int kRows = 100'000;
  std::string path_;
};

TEST_F(PipelineTest, ResultsDoNotDependOnTurnsOfKnobs) {
  const Outcome still = Run([](Pipeline*) { usleep(1000); });
  EXPECT_LE(still.most_in_flight, 2) << "the others rest";
  EXPECT_EQ(still.samples_at_end, 6) << "all threads are still there to be looked at";
  int turns = 0;
  const Outcome turned = Run([&](Pipeline* pipeline) {
    pipeline->SetWorkers(1 + turns % 6);
    pipeline->SetChunkBytes(int64_t{256} << turns % 10);
    turns++;
    usleep(200);
  });
  EXPECT_GT(turns, 3);
  EXPECT_EQ(still.report.rows_read, kRows);
  EXPECT_EQ(turned.report.rows_read, kRows);
  EXPECT_EQ(turned.report.bytes_read, still.report.bytes_read);
  EXPECT_EQ(turned.report.units, still.report.units);
  ASSERT_EQ(turned.report.columns.size(), still.report.columns.size());
  for (size_t i = 0; i < still.report.columns.size(); i++) {
    EXPECT_EQ(turned.report.columns[i].count, still.report.columns[i].count);
    EXPECT_EQ(turned.report.columns[i].min, still.report.columns[i].min);
    EXPECT_EQ(turned.report.columns[i].max, still.report.columns[i].max);
    EXPECT_EQ(turned.report.columns[i].sum, still.report.columns[i].sum);
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
      5);
  EXPECT_EQ(outcome.report.rows_read, 5 * kRows);
  EXPECT_GT(turns, 1);
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
