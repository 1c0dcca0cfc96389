// The rules of docs/monitoring.md on samples that are made up, each with what it stands for.
#include "tune/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headrace {
inline namespace v0 {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;
using testing::Optional;

// One second of two workers on two CPUs; what is not set was idle.
struct Second {
  Totals change;
  Levels levels;
  JobFacts facts;

  Second() {
    levels.workers = 2;
    levels.allotted_cpus = levels.affinity_cpus = 2;
    levels.busiest_helper = 0;
    change.cpu_seconds = change.worker_cpu_seconds = 0;
    change.worker_run_queue_seconds = change.helper_cpu_seconds = change.helper_run_queue_seconds = 0;
    change.throttled_seconds = change.memory_pressure_seconds = 0;
    facts.wanted_workers = 2;
  }
  Second& In(Stage stage, double seconds) {
    change.stage_seconds[static_cast<size_t>(stage)] = seconds;
    return *this;
  }
  Second& Cpu(double seconds, double queue = 0) {
    change.cpu_seconds = change.worker_cpu_seconds = seconds;
    change.worker_run_queue_seconds = queue;
    return *this;
  }
  Second& Helper(double seconds) {
    change.helper_cpu_seconds = levels.busiest_helper = seconds;
    *change.cpu_seconds += seconds;
    return *this;
  }
  Verdict Judged() const { return Judge(change, levels, 1, facts); }
};

void Expect(const Verdict& verdict, VerdictClass kind, const std::string& sub_reason) {
  EXPECT_EQ(VerdictClassName(verdict.verdict), VerdictClassName(kind)) << verdict.evidence;
  EXPECT_EQ(verdict.sub_reason, sub_reason) << verdict.evidence;
  EXPECT_GT(verdict.confidence, 0);
  EXPECT_LE(verdict.confidence, 1);
  EXPECT_FALSE(verdict.evidence.empty());
}

Second Busy() { return Second().In(Stage::kDecoding, 1.2).In(Stage::kEncoding, 0.8).Cpu(1.95); }

TEST(Judge, AllCpusAtWork) {
  const Verdict verdict = Busy().Judged();
  Expect(verdict, VerdictClass::kCpuBound, "cores");
  EXPECT_THAT(verdict.predicted_gain, Optional(1.5)) << "of one CPU more";
}

TEST(Judge, QuotaThatThrottles) {
  Second second = Second().In(Stage::kDecoding, 2).Cpu(0.5, 1.4);
  second.levels.allotted_cpus = 0.5;
  second.change.throttled_seconds = 0.7;
  const Verdict verdict = second.Judged();
  Expect(verdict, VerdictClass::kCpuBound, "quota");
  EXPECT_THAT(verdict.predicted_gain, Optional(DoubleNear(4, 1e-9)));
}

TEST(Judge, QuotaBecauseOfWhichFewerWorkersRun) {
  Second second = Second().In(Stage::kDecoding, 1).Cpu(0.5, 0.4);
  second.levels.workers = 1;
  second.levels.allotted_cpus = 0.5;
  second.levels.affinity_cpus = 8;
  second.change.throttled_seconds = 0.4;
  EXPECT_THAT(second.Judged().predicted_gain, Optional(DoubleNear(2, 1e-9))) << "one worker was asked for";
  second.facts.workers_without_quota = 3;
  EXPECT_THAT(second.Judged().predicted_gain, Optional(DoubleNear(6, 1e-9)));
}

TEST(Judge, QuotaThatIsUsedUpWithoutThrottling) {
  Second second = Second().In(Stage::kDecoding, 1).Cpu(0.98);
  second.levels.workers = 1;
  second.levels.allotted_cpus = 1;
  second.levels.affinity_cpus = 4;
  Expect(second.Judged(), VerdictClass::kCpuBound, "quota");
}

TEST(Judge, NeighbourThatBurns) {
  const Verdict verdict = Second().In(Stage::kDecoding, 2).Cpu(1.0, 0.95).Judged();
  Expect(verdict, VerdictClass::kCpuBound, "contended");
  EXPECT_THAT(verdict.predicted_gain, Optional(DoubleNear(1.95, 1e-9)));
}

TEST(Judge, DecompressorThatIsSlowerThanItsReaders) {
  const Verdict verdict = Second().In(Stage::kDecoding, 0.5).In(Stage::kWaitInput, 1.5).Cpu(0.5).Helper(0.98).Judged();
  Expect(verdict, VerdictClass::kCpuBound, "codec");
  EXPECT_THAT(verdict.predicted_gain, Optional(DoubleNear(4, 1e-9))) << "as far as both CPUs reach without it";
}

TEST(Judge, DecompressorsThatTakeMostOfTheCpus) {
  Expect(Second().In(Stage::kDecoding, 0.8).In(Stage::kWaitInput, 0.3).Cpu(0.7).Helper(1.2).Judged(),
         VerdictClass::kCpuBound, "codec");
}

TEST(Judge, SlowPipe) {
  const Verdict verdict = Second().In(Stage::kDecoding, 0.2).In(Stage::kWaitInput, 1.8).Cpu(0.22).Judged();
  Expect(verdict, VerdictClass::kIoBound, "source");
  EXPECT_THAT(verdict.predicted_gain, Optional(testing::Gt(5))) << verdict.evidence;
}

TEST(Judge, SlowDisk) {
  const Verdict verdict = Second().In(Stage::kDecoding, 0.6).In(Stage::kReading, 1.4).Cpu(0.7).Judged();
  Expect(verdict, VerdictClass::kIoBound, "source");
  EXPECT_THAT(verdict.evidence, HasSubstr("70 %"));
}

TEST(Judge, ReadsFromThePageCacheAreWork) {
  Expect(Second().In(Stage::kDecoding, 1.2).In(Stage::kReading, 0.8).Cpu(1.98).Judged(), VerdictClass::kCpuBound,
         "cores");
}

TEST(Judge, SlowOutput) {
  const Verdict verdict =
      Second().In(Stage::kDecoding, 0.3).In(Stage::kCommitting, 0.95).In(Stage::kWaitOutput, 0.75).Cpu(0.4).Judged();
  Expect(verdict, VerdictClass::kIoBound, "sink");
  EXPECT_GT(verdict.predicted_gain.value_or(0), 3);
}

TEST(Judge, SlowOutputThatKeepsWorkersWithoutUnits) {
  const Verdict verdict =
      Second().In(Stage::kDecoding, 0.1).In(Stage::kCommitting, 1).In(Stage::kWaitClaim, 0.9).Cpu(0.12).Judged();
  Expect(verdict, VerdictClass::kIoBound, "sink");
  EXPECT_THAT(verdict.predicted_gain, Optional(testing::Gt(10))) << verdict.evidence;
}

TEST(Judge, WritingThatIsWorkIsNoSlowOutput) {
  EXPECT_NE(Second().In(Stage::kDecoding, 1).In(Stage::kCommitting, 0.9).Cpu(1.85).Judged().sub_reason, "sink");
}

TEST(Judge, RoomForUnitsThatRunsOut) {
  Expect(Second().In(Stage::kDecoding, 1).In(Stage::kWaitOutput, 0.9).In(Stage::kCommitting, 0.1).Cpu(1.05).Judged(),
         VerdictClass::kMemoryBound, "capacity");
}

TEST(Judge, WorkersThatMemoryHasNoRoomFor) {
  Second second = Second().In(Stage::kDecoding, 1).Cpu(0.99);
  second.levels.workers = 1;
  second.facts.limited_by_memory = true;
  const Verdict verdict = second.Judged();
  Expect(verdict, VerdictClass::kMemoryBound, "capacity");
  EXPECT_THAT(verdict.predicted_gain, Optional(2.0));
  EXPECT_THAT(verdict.evidence, HasSubstr("1 of 2 workers"));
}

TEST(Judge, OneWorkerThatTheUserAskedForIsNoLackOfMemory) {
  Second second = Second().In(Stage::kDecoding, 1).Cpu(0.99);
  second.levels.workers = 1;
  second.facts.wanted_workers = 1;
  Expect(second.Judged(), VerdictClass::kBalanced, "");
}

TEST(Judge, PressureOnMemory) {
  Second second = Second().In(Stage::kDecoding, 2).Cpu(1.0);
  second.change.memory_pressure_seconds = 0.4;
  Expect(second.Judged(), VerdictClass::kMemoryBound, "capacity");
}

TEST(Judge, MemoryThatMovesNoFaster) {
  Second second = Busy();
  second.facts.copy_bytes_per_second = 10e9;
  second.change.text_bytes = 8'000'000'000;  // two copies of it are 80 % of what two CPUs copy
  Expect(second.Judged(), VerdictClass::kMemoryBound, "bandwidth");
  second.change.text_bytes = 6'000'000'000;
  Expect(second.Judged(), VerdictClass::kCpuBound, "cores");
}

TEST(Judge, NothingStandsOut) {
  const Verdict verdict = Second().In(Stage::kDecoding, 1.0).In(Stage::kWaitClaim, 1.0).Cpu(1.0).Judged();
  Expect(verdict, VerdictClass::kBalanced, "");
  EXPECT_THAT(verdict.predicted_gain, Optional(1.0));
}

TEST(Judge, ParkedWorkersCountForNothing) {
  Second second = Second().In(Stage::kDecoding, 0.5).In(Stage::kWaitInput, 0.5).In(Stage::kParked, 30).Cpu(0.5);
  Expect(second.Judged(), VerdictClass::kIoBound, "source");
}

TEST(Judge, WithoutThreadTimesItIsLessSure) {
  Second second = Second().In(Stage::kDecoding, 0.2).In(Stage::kWaitInput, 1.8).Cpu(0.22);
  const double sure = second.Judged().confidence;
  second.change.worker_cpu_seconds = second.change.worker_run_queue_seconds = std::nullopt;
  second.levels.busiest_helper = std::nullopt;
  Expect(second.Judged(), VerdictClass::kIoBound, "source");
  EXPECT_LT(second.Judged().confidence, sure);
}

TEST(Judge, AMachineThatTellsNothingIsBalanced) {
  Expect(Judge(Totals(), Levels(), 1, JobFacts()), VerdictClass::kBalanced, "");
  Expect(Judge(Totals(), Levels(), 0, JobFacts()), VerdictClass::kBalanced, "");
}

TEST(JudgeAsTheGuide, HasItsThresholds) {
  Totals change;
  Levels levels;
  change.machine_seconds = 100;
  const auto judged = [&] { return JudgeAsTheGuide(change, levels); };
  change.machine_busy_seconds = 90;
  EXPECT_EQ(judged(), VerdictClass::kBalanced);
  change.machine_busy_seconds = 91;
  EXPECT_EQ(judged(), VerdictClass::kCpuBound);
  change.machine_busy_seconds = 10;
  levels.memory_limit_bytes = 100;
  levels.memory_used_bytes = 86;
  EXPECT_EQ(judged(), VerdictClass::kMemoryBound);
  levels.memory_used_bytes = 85;
  EXPECT_EQ(judged(), VerdictClass::kBalanced);
  change.machine_io_wait_seconds = 51;
  EXPECT_EQ(judged(), VerdictClass::kIoBound);
  EXPECT_EQ(Second().Judged().guide, "BALANCED");
}

TEST(SteadyVerdict, ChangesAfterThreeIntervals) {
  const auto verdict = [](VerdictClass kind, const char* reason) {
    Verdict made;
    made.verdict = kind;
    made.sub_reason = reason;
    return made;
  };
  const Verdict cpu = verdict(VerdictClass::kCpuBound, "cores"), source = verdict(VerdictClass::kIoBound, "source");
  SteadyVerdict steady;
  EXPECT_EQ(steady.Next(cpu), cpu) << "the first one displaces nothing";
  EXPECT_EQ(steady.Next(source), cpu);
  EXPECT_EQ(steady.Next(source), cpu);
  EXPECT_EQ(steady.Next(cpu), cpu) << "and two of another do not count any more";
  EXPECT_EQ(steady.Next(source), cpu);
  EXPECT_EQ(steady.Next(source), cpu);
  EXPECT_EQ(steady.Next(source), source);
  EXPECT_EQ(steady.Next(cpu), source);
  EXPECT_EQ(steady.Next(verdict(VerdictClass::kIoBound, "sink")), source) << "three must be alike";
  EXPECT_EQ(steady.Next(cpu), source);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
