#include "tune/surface.h"

#include <gtest/gtest.h>

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kNearlyNothing = 1e-6;
const std::vector<TunerKnob> kKnobs = {{"workers", 4, 1, 16, true}, {"chunk", 1024, 256, 4096, false}};

Surface Laid(double cpus = 8, const std::function<bool(const Setting&)>& fits = {}) {
  Surface surface(kKnobs);
  surface.Lay({4, 1024}, cpus, fits);
  return surface;
}

TEST(Surface, ExpectsThatWorkersBuySpeedUpToTheCpus) {
  const Surface surface = Laid();
  EXPECT_GT(surface.Between({4, 1024}, {8, 1024}).mean, 0.4);
  EXPECT_LT(surface.Between({8, 1024}, {16, 1024}).mean, 0) << "they cost, and buy nothing";
  EXPECT_EQ(surface.Between({4, 1024}, {4, 4096}).mean, 0);
  EXPECT_GT(surface.Between({4, 1024}, {4, 4096}).error, surface.Between({4, 1024}, {4, 2048}).error);
}

TEST(Surface, LearnsOfNeighboursToo) {
  Surface surface = Laid();
  const double error = surface.Between({4, 1024}, {4, 4096}).error;
  surface.Learn({4, 1024}, {4, 2048}, 0.3, kNearlyNothing);
  EXPECT_NEAR(surface.Between({4, 1024}, {4, 2048}).mean, 0.3, 1e-3);
  EXPECT_NEAR(surface.Between({4, 2048}, {4, 1024}).mean, -0.3, 1e-3);
  EXPECT_GT(surface.Between({4, 1024}, {4, 4096}).mean, 0.3) << "it may go on";
  EXPECT_GT(surface.Between({8, 1024}, {8, 2048}).mean, 0.15) << "for other numbers of workers as well";
  EXPECT_LT(surface.Between({4, 1024}, {4, 4096}).error, error);
}

TEST(Surface, WeighsByVariance) {
  Surface surface = Laid();
  surface.Learn({4, 1024}, {4, 2048}, 0.3, 1);
  EXPECT_LT(surface.Between({4, 1024}, {4, 2048}).mean, 0.05);
  for (int i = 0; i < 60; i++) surface.Learn({4, 1024}, {4, 2048}, 0.3, 1);
  EXPECT_GT(surface.Between({4, 1024}, {4, 2048}).mean, 0.15) << "together they say more";
}

TEST(Surface, PrefersWhatWasTriedAlone) {
  Surface surface = Laid();
  EXPECT_FALSE(surface.Better({4, 1024})) << "eight workers are but expected to be better";
  surface.Learn({4, 1024}, {4, 2048}, 0.3, kNearlyNothing);
  EXPECT_EQ(surface.Better({4, 1024}), (Setting{4, 2048}));
  EXPECT_FALSE(surface.Better({4, 2048}));
}

TEST(Surface, PromisesWhatFits) {
  const Surface surface = Laid(8, [](const Setting& setting) { return setting[0] <= 4 && setting[1] <= 1024; });
  const auto promising = surface.Promising({4, 1024}, 0);
  ASSERT_TRUE(promising);
  EXPECT_LE((*promising)[0], 4);
  EXPECT_LE((*promising)[1], 1024);
}

TEST(Surface, TriesEveryNeighbourAtLast) {
  Surface surface = Laid();
  std::vector<Setting> tried;
  while (const auto next = surface.Promising({4, 1024}, 1e9)) {
    tried.push_back(*next);
    ASSERT_LE(tried.size(), 4U);
    surface.Learn({4, 1024}, *next, -0.1, 0.01);
  }
  EXPECT_EQ(tried, (std::vector<Setting>{{3, 1024}, {5, 1024}, {4, 512}, {4, 2048}}));
}

TEST(Surface, ForgetsWorkersAndKeepsSizes) {
  Surface surface = Laid();
  const double expected = surface.Between({4, 1024}, {2, 1024}).mean;
  surface.Learn({4, 1024}, {2, 1024}, 0.5, kNearlyNothing);
  surface.Learn({4, 1024}, {4, 2048}, 0.3, kNearlyNothing);
  surface.ForgetWorkers();
  surface.Lay({4, 1024}, 8, {});
  EXPECT_NEAR(surface.Between({4, 1024}, {2, 1024}).mean, expected, 0.05);
  EXPECT_NEAR(surface.Between({4, 1024}, {4, 2048}).mean, 0.3, 1e-3);
  surface.Discount(1e9);
  surface.Lay({4, 1024}, 8, {});
  EXPECT_LT(surface.Between({4, 1024}, {4, 2048}).mean, 0.05);
}

TEST(Surface, LaysAGridOfSteps) {
  Surface surface({{"workers", 200, 1, 1024, true}});
  surface.Lay({200}, 333, {});
  EXPECT_GT(surface.Between({200}, {333}).error, 0) << "the CPUs are in the grid";
  EXPECT_GT(surface.Between({200}, {1024}).error, 0);
  EXPECT_EQ(surface.Between({200}, {1023}).error, 0) << "which is none of it";
}

}  // namespace
}  // namespace v0
}  // namespace headrace
