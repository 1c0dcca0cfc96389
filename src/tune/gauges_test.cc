#include "tune/gauges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace headrace {
inline namespace v0 {
namespace {

int64_t now = 0;  // of the clock below, in nanoseconds
int64_t Clock() { return now; }

int64_t Of(const WorkerGauge& gauge, Stage stage) { return gauge.Read().nanoseconds[static_cast<size_t>(stage)]; }

TEST(WorkerGauge, TimeGoesToTheStageThatLasts) {
  now = 100;
  WorkerGauge gauge(Clock);
  EXPECT_EQ(Of(gauge, Stage::kWaitClaim), 0);
  gauge.Start();
  now = 130;
  EXPECT_EQ(Of(gauge, Stage::kWaitClaim), 30) << "the stage that lasts counts up to now";
  gauge.Enter(Stage::kDecoding);
  now = 150;
  {
    const StageScope scope(&gauge, Stage::kReading);
    now = 157;
    EXPECT_EQ(Of(gauge, Stage::kReading), 7);
    EXPECT_EQ(Of(gauge, Stage::kDecoding), 20);
  }
  now = 160;
  gauge.Stop();
  now = 1000;
  EXPECT_EQ(Of(gauge, Stage::kWaitClaim), 30);
  EXPECT_EQ(Of(gauge, Stage::kReading), 7);
  EXPECT_EQ(Of(gauge, Stage::kDecoding), 23) << "nothing counts behind the end";
  gauge.Enter(Stage::kEncoding);
  now = 2000;
  EXPECT_EQ(Of(gauge, Stage::kEncoding), 0);
}

TEST(WorkerGauge, AScopeInTheSameStageEndsNothing) {
  now = 0;
  WorkerGauge gauge(Clock);
  gauge.Start();
  gauge.Enter(Stage::kDecoding);
  now = 5;
  { const StageScope scope(&gauge, Stage::kDecoding); }
  now = 9;
  EXPECT_EQ(Of(gauge, Stage::kDecoding), 9);
}

TEST(Gauges, AddUpTheWorkers) {
  now = 0;
  Gauges gauges(2, Clock);
  for (size_t i = 0; i < 2; i++) {
    gauges.worker(i)->Start();
    gauges.worker(i)->Enter(Stage::kEncoding);
    gauges.worker(i)->AddInput(10);
    gauges.worker(i)->AddInput(1);
    gauges.worker(i)->AddText(7);
  }
  gauges.SetCommitted(
      {.source_bytes = 1, .output_bytes = 2, .rows_read = 3, .rows_rejected = 4, .units = 5, .files_done = 6});
  gauges.SetQueue(1, 2, 3);
  gauges.SetSettings(2, 4096);
  gauges.SetInputs(99, 8);
  now = 500'000'000;
  Totals totals;
  Levels levels;
  gauges.Read(&totals, &levels);
  EXPECT_DOUBLE_EQ(totals.stage_seconds[static_cast<size_t>(Stage::kEncoding)], 1.0);
  EXPECT_EQ(totals.input_bytes, 22);
  EXPECT_EQ(totals.reads, 4);
  EXPECT_EQ(totals.text_bytes, 14);
  EXPECT_EQ(totals.source_bytes, 1);
  EXPECT_EQ(totals.output_bytes, 2);
  EXPECT_EQ(totals.rows_read, 3);
  EXPECT_EQ(totals.rows_rejected, 4);
  EXPECT_EQ(totals.units, 5);
  EXPECT_EQ(totals.files_done, 6);
  EXPECT_EQ(levels.units_in_flight, 1);
  EXPECT_EQ(levels.units_waiting, 2);
  EXPECT_EQ(levels.waiting_bytes, 3);
  EXPECT_EQ(levels.workers, 2);
  EXPECT_EQ(levels.chunk_bytes, 4096);
  EXPECT_EQ(levels.bytes_total, 99);
  EXPECT_EQ(levels.files_total, 8);
  EXPECT_EQ(gauges.Threads().size(), 2U);
}

// The sum of all stages is the time since the start, whenever it is read: no time is seen twice or not at all.
TEST(WorkerGauge, ReadingsFromAnotherThreadAreWhole) {
  WorkerGauge gauge;
  std::atomic<bool> ended = false;
  const int64_t started = SteadyNanoseconds();
  std::thread worker([&] {
    gauge.Start();
    for (int i = 0; i < 200'000; i++) gauge.Enter(i % 2 == 0 ? Stage::kReading : Stage::kDecoding);
    gauge.Stop();
    ended = true;
  });
  int64_t before = 0;
  while (!ended) {
    int64_t sum = 0;
    for (const int64_t part : gauge.Read().nanoseconds) sum += part;
    ASSERT_GE(sum, before);
    ASSERT_LE(sum, SteadyNanoseconds() - started);
    before = sum;
  }
  worker.join();
}

}  // namespace
}  // namespace v0
}  // namespace headrace
