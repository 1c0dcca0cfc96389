// The zones of this machine's database against Abseil's own answers.
#include "job/zone.h"

#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace headrace {
inline namespace v0 {
namespace {

// Ask for the instants of a local time.
void CompareLocal(const LocalZone& zone, const absl::TimeZone& wanted, const std::string& name, int64_t local,
                  uint32_t* span) {
  const absl::TimeZone::TimeInfo info = wanted.At(absl::CivilSecond(1970) + local);
  for (const Ambiguous ambiguous : {Ambiguous::kRefused, Ambiguous::kEarlier, Ambiguous::kLater}) {
    int64_t utc = 0;
    const ParseStatus status = zone.ToUtc(local, ambiguous, span, &utc);
    if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) {
      ASSERT_FALSE(status.ok()) << name << " " << local;
      ASSERT_EQ(status.kind(), RejectKind::kNonexistentTime);
    } else if (info.kind == absl::TimeZone::TimeInfo::REPEATED && ambiguous == Ambiguous::kRefused) {
      ASSERT_FALSE(status.ok()) << name << " " << local;
      ASSERT_EQ(status.kind(), RejectKind::kAmbiguousTime);
    } else {
      ASSERT_TRUE(status.ok()) << name << " " << local;
      ASSERT_EQ(utc, absl::ToUnixSeconds(ambiguous == Ambiguous::kLater ? info.post : info.pre))
          << name << " " << local;
    }
  }
}

TEST(ZoneTest, ColumnsOfAZoneShareIt) {
  const auto rome = LoadZone("Europe/Rome");
  ASSERT_TRUE(rome.ok());
  EXPECT_EQ(*LoadZone("Europe/Rome"), *rome);
  EXPECT_NE(*LoadZone("Europe/Paris"), *rome);
  EXPECT_FALSE(LoadZone("Europe/Rom").ok());
}

TEST(ZoneTest, EveryZoneOfTheDatabase) {
  std::mt19937_64 random(7);
  int zones = 0;
  for (const std::string area : {"Africa", "America", "Antarctica", "Asia", "Australia", "Europe", "Pacific"}) {
    for (const auto& file : std::filesystem::directory_iterator("/usr/share/zoneinfo/" + area)) {
      if (!file.is_regular_file()) continue;
      const std::string name = area + "/" + file.path().filename().string();
      const auto zone = LoadZone(name);
      ASSERT_TRUE(zone.ok()) << zone.status();
      absl::TimeZone wanted;
      ASSERT_TRUE(absl::LoadTimeZone(name, &wanted));
      uint32_t span = 0;
      const auto compare = [&](int64_t local) { CompareLocal(**zone, wanted, name, local, &span); };
      for (int i = 0; i < 200; i++) {
        compare(static_cast<int64_t>(random() % 315'500'000'000) - 62'135'596'800);  // years 1 to 9999
        compare(static_cast<int64_t>(random() % 6'000'000'000) - 2'500'000'000);     // 1890 to 2080
      }
      // Around the clock changes.
      absl::Time time = absl::FromUnixSeconds(-3'000'000'000);
      absl::TimeZone::CivilTransition change;
      for (int i = 0; i < 300 && wanted.NextTransition(time, &change); i++) {
        const int64_t from = change.from - absl::CivilSecond(1970), to = change.to - absl::CivilSecond(1970);
        for (const int64_t local : {from - 1, from, from + 1, to - 1, to, to + 1, (from + to) / 2}) compare(local);
        time = wanted.At(change.to).trans;
      }
      zones++;
    }
  }
  EXPECT_GT(zones, 300);
}

TEST(ZoneTest, Unknown) {
  for (const std::string name : {"Europe/Atlantis", "localtime", "berlin"}) {
    const auto zone = LoadZone(name);
    ASSERT_FALSE(zone.ok()) << name;
    EXPECT_NE(zone.status().message().find(name), std::string::npos);
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
