#include "job/knobs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "job/levels.h"
#include "job/machine_plan.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

Allowance Machine(int64_t cpus, double quota, int64_t memory_mib) {
  Allowance allowance;
  allowance.affinity_cpus = cpus;
  allowance.quota_cpus = quota;
  allowance.available_memory_bytes = memory_mib * kMiB;
  return allowance;
}

// A job of plain files that are not there: their sizes are all that knobs ask for.
SettledJob JobOf(int64_t files, int64_t file_mib) {
  SettledJob settled;
  for (int64_t i = 0; i < files; i++) {
    InputFacts file;
    file.path = "/nowhere/" + std::to_string(i);
    file.facts.size = file_mib * kMiB;
    file.facts.is_regular = true;
    settled.files.push_back(std::move(file));
  }
  settled.units = PlanUnits(settled.files, settled.options.unit_bytes, true);
  return settled;
}

// Settings that earlier runs have saved, of the test's own making.
class SavedKnobs : public testing::Test {
 protected:
  SavedKnobs() { setenv("XDG_CACHE_HOME", cache_.c_str(), 1); }
  ~SavedKnobs() override {
    before_ ? setenv("XDG_CACHE_HOME", before_->c_str(), 1) : unsetenv("XDG_CACHE_HOME");
    std::filesystem::remove_all(cache_);
  }

 private:
  static std::optional<std::string> CacheHome() {
    const char* home = std::getenv("XDG_CACHE_HOME");
    return home == nullptr ? std::nullopt : std::optional<std::string>(home);
  }

  const std::optional<std::string> before_ = CacheHome();
  const std::filesystem::path cache_ =
      std::filesystem::temp_directory_path() / ("headrace-knobs-" + std::to_string(getpid()));
};

constexpr double kNoQuota = std::numeric_limits<double>::infinity();

TEST(Knobs, WorkersAreWhatTheMachineAllows) {
  struct Case {
    int64_t cpus;
    double quota;
    int64_t memory_mib, workers;
  };
  for (const Case& c :
       {Case{8, kNoQuota, 64 << 10, 8}, Case{8, 2.5, 64 << 10, 3}, Case{8, 0.1, 64 << 10, 1}, Case{1, 4, 64 << 10, 1},
        Case{8, kNoQuota, 1024, 6}, Case{8, kNoQuota, 512, 2}, Case{8, kNoQuota, 400, 1}}) {
    SettledJob settled = JobOf(100, 32);
    ASSERT_TRUE(SettleKnobs(Machine(c.cpus, c.quota, c.memory_mib), &settled).ok());
    EXPECT_EQ(settled.config.workers.value, c.workers) << c.cpus << " " << c.quota << " " << c.memory_mib;
    EXPECT_FALSE(settled.config.workers.reason.empty());
    const MemoryPlan plan = PlanMemory(settled);
    EXPECT_LE(plan.base_bytes + c.workers * plan.EachBytes(settled.config.chunk_bytes.value),
              settled.config.memory_limit_bytes.value);
  }
}

// An earlier run found fewer workers best beside a neighbour: later runs are not slow for that.
TEST_F(SavedKnobs, WorkersAreNeverFewerThanTheMachineAllows) {
  for (const auto& [saved, workers] : {std::pair{1, 4}, {3, 4}, {4, 4}, {5, 5}, {6, 6}, {7, 4}}) {
    SettledJob settled = JobOf(100, 32);
    ASSERT_TRUE(SaveSetting(SavedSettingsPath(), SettingKey(settled), {saved, kMiB}));
    ASSERT_TRUE(SettleKnobs(Machine(4, kNoQuota, 64 << 10), &settled).ok());
    EXPECT_EQ(settled.config.workers.value, workers) << saved;
    EXPECT_EQ(settled.config.workers.origin, saved == workers ? Origin::kSaved : Origin::kDetected) << saved;
    EXPECT_EQ(settled.config.chunk_bytes.origin, Origin::kSaved);
  }
}

// Neither a longer read that an earlier run found best nor blocks to write from take a worker away.
TEST_F(SavedKnobs, NothingThatWasNotAskedForTakesAWorker) {
  for (int64_t limit = 140; limit <= 400; limit += 20) {
    const auto settle = [&](int64_t saved_chunk, Write write) {
      SettledJob settled = JobOf(100, 32);
      settled.config.memory_limit_bytes = {limit * kMiB, Origin::kUser, "test"};
      settled.options.output_kind = OutputKind::kParquet;
      settled.options.output_path = "x.parquet";
      settled.config.write = {write, write == Write::kAuto ? Origin::kDefault : Origin::kUser, "test"};
      EXPECT_TRUE(SaveSetting(SavedSettingsPath(), SettingKey(settled), {1, saved_chunk}));
      EXPECT_TRUE(SettleKnobs(Machine(2, kNoQuota, 64 << 10), &settled).ok()) << limit;
      return settled.config.workers.value;
    };
    const int64_t workers = settle(kMiB, Write::kBuffered);
    EXPECT_EQ(settle(32 * kMiB, Write::kBuffered), workers) << limit;
    EXPECT_EQ(settle(kMiB, Write::kAuto), workers) << limit;
  }
}

TEST(Knobs, AJobThatDoesNotFitIsRefused) {
  SettledJob settled = JobOf(1, 100);
  const Status status = SettleKnobs(Machine(2, kNoQuota, 100), &settled);
  EXPECT_NE(status.message().find("too small for one worker"), std::string::npos) << status.ToString();
}

TEST(Knobs, AnotherNumberOfWorkersNeverChangesWhatTheUserSet) {
  for (const int64_t asked : {1, 2, 7}) {
    SettledJob settled = JobOf(20, 64);
    settled.config.workers = {asked, Origin::kUser, "asked"};
    settled.config.level = Level::kAggressive;
    ASSERT_TRUE(SettleKnobs(Machine(4, kNoQuota, 64 << 10), &settled).ok());
    EXPECT_EQ(settled.config.workers.value, asked);
    EXPECT_EQ(settled.config.workers.origin, Origin::kUser);
    EXPECT_EQ(settled.config.prefetch_files.origin, Origin::kLevel);
  }
}

// The library's callers set values alone.
TEST(Knobs, AValueWithoutAnOriginIsTheCallers) {
  SettledJob settled = JobOf(1, 64);
  settled.options.unit_bytes = kMiB;
  settled.config.workers.value = 1;
  settled.config.chunk_bytes.value = 8 * kMiB;
  settled.config.prefetch_files.value = 0;
  ASSERT_TRUE(SettleKnobs(Machine(4, kNoQuota, 64 << 10), &settled).ok());
  EXPECT_EQ(settled.config.workers.origin, Origin::kUser);  // so that it is not tuned
  EXPECT_EQ(settled.config.prefetch_files.origin, Origin::kUser);
  EXPECT_EQ(settled.config.chunk_bytes.origin, Origin::kUser);
  EXPECT_EQ(settled.config.chunk_bytes.reason, "set by the caller");
  settled.config.memory_limit_bytes.value = 76 * kMiB;  // which has no room for the chunk
  EXPECT_FALSE(SettleKnobs(Machine(4, kNoQuota, 64 << 10), &settled).ok());
}

TEST(Model, StrengthTakesTheFastThreadsFirst) {
  Topology hybrid;
  hybrid.kinds = {{8, 16}, {4, 4}};
  EXPECT_DOUBLE_EQ(StrengthOf(hybrid, 1), 1);
  EXPECT_DOUBLE_EQ(StrengthOf(hybrid, 8), 8);
  EXPECT_DOUBLE_EQ(StrengthOf(hybrid, 12), 10);
  EXPECT_DOUBLE_EQ(StrengthOf(hybrid, 20), 12);
  EXPECT_DOUBLE_EQ(StrengthOf(hybrid, 99), 12);
}

TEST(Model, ItsRatesAreThoseThatWereCommittedBeforehand) {
  Topology two;
  two.kinds = {{2, 2}};
  const double one = ModelledRate(two, 1, 1);
  EXPECT_NEAR(ModelledRate(two, 1, 0.5) / one, 0.50, 0.005);
  EXPECT_NEAR(ModelledRate(two, 2, 1.5) / one, 1.47, 0.005);
  EXPECT_NEAR(ModelledRate(two, 2, 2) / one, 1.96, 0.005);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
