#include "pipeline/position_chain.h"

#include <gtest/gtest.h>

#include <thread>

namespace headrace {
inline namespace v0 {
namespace {

UnitBase BaseAt(int64_t begin, int64_t records) {
  UnitBase base;
  base.begin = begin;
  base.records = base.job_records = records;
  return base;
}

TEST(PositionChainTest, AFailureIsOneForUnitsBehindItAlone) {
  for (const bool whole_job : {false, true}) {
    PositionChain chain(1, whole_job);
    chain.Break(0, {2, 0});
    chain.Break(0, {4, 0});
    std::thread later([&] { chain.Publish(0, {1, 0}, BaseAt(100, 7)); });
    const Result<UnitBase> before = chain.Wait({1, 0}, 0, false);
    later.join();
    ASSERT_TRUE(before.ok()) << before.status();
    EXPECT_EQ(before->begin, 100);
    chain.Publish(0, {2, 0}, BaseAt(200, 9));
    EXPECT_TRUE(chain.Wait({2, 0}, 0, false).ok()) << "the one that failed knows what comes before it";
    EXPECT_FALSE(chain.Wait({3, 0}, 0, false).ok());
    EXPECT_FALSE(chain.Wait({4, 0}, 0, false).ok());
  }
}

TEST(PositionChainTest, NothingBehindTheEndWaits) {
  PositionChain chain(2, true);
  chain.End(0, BaseAt(100, 7));
  chain.Break(1, {5, 0});
  EXPECT_EQ(chain.Wait({9, 3}, 1, false)->job_records, 7);
}

TEST(PositionChainTest, AFileBeginsAnew) {
  PositionChain chain(2, true);
  UnitBase base = BaseAt(100, 7);
  base.is_damaged = true;
  chain.Publish(0, {1, 0}, base);
  const UnitBase head = chain.Wait({1, 0}, 1, true).ValueOrDie();
  EXPECT_EQ(head.begin, -1);
  EXPECT_EQ(head.records, 0);
  EXPECT_EQ(head.job_records, 7);
  EXPECT_FALSE(head.is_damaged);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
