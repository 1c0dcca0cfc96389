// By Abseil's time zones, which read the database of the system (TZDIR, or /usr/share/zoneinfo) and its rules for the
// future.
#include "job/zone.h"

#include <absl/time/time.h>

#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace headrace {
inline namespace v0 {
namespace {

constexpr absl::CivilSecond kBeforeAll(-1);  // no text has an earlier year than 1
// Transitions that go on till here are those of a rule, which Abseil lists for 400 years.
constexpr absl::CivilSecond kFarFuture(2300);

int64_t SecondsOf(absl::CivilSecond civil) { return civil - absl::CivilSecond(1970); }

Result<std::shared_ptr<const LocalZone>> ReadZone(const std::string& name) {
  absl::TimeZone zone;
  // "localtime" is another zone on every machine.
  if (name == "localtime" || !absl::LoadTimeZone(name, &zone)) {
    return Status::Invalid("the zone '", name, "' is not in this machine's zone database\nfix: check its spelling, ",
                           "or install the database (package tzdata)");
  }
  std::vector<ZoneTransition> transitions;
  absl::Time time = absl::FromUnixSeconds(SecondsOf(kBeforeAll));
  const int32_t first = zone.At(time).offset;
  int32_t ahead = first;
  absl::CivilSecond last;
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(time, &change)) {
    const int64_t utc = SecondsOf(change.from) - ahead;
    const auto after = static_cast<int32_t>(ahead + (change.to - change.from));
    if (after != ahead) transitions.push_back({utc, ahead, after});
    ahead = after;
    last = change.to;
    time = absl::FromUnixSeconds(utc);
  }
  std::optional<LocalZone> local = LocalZone::Make(first, transitions, last > kFarFuture);
  if (!local) return Status::Invalid("the zone '", name, "' changes its clocks twice at a time");
  return std::make_shared<const LocalZone>(*std::move(local));
}

}  // namespace

Result<std::shared_ptr<const LocalZone>> LoadZone(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<const LocalZone>> loaded;
  std::lock_guard<std::mutex> lock(mutex);
  if (const auto known = loaded.find(name); known != loaded.end()) {
    if (std::shared_ptr<const LocalZone> zone = known->second.lock()) return zone;
  }
  ARROW_ASSIGN_OR_RAISE(auto zone, ReadZone(name));
  loaded[name] = zone;
  return zone;
}

}  // namespace v0
}  // namespace headrace
