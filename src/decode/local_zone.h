#pragma once
// Local times of one zone to instants.
// Takes: the zone's transitions, once; then local seconds since 1970-01-01T00:00:00. Gives: seconds in UTC.
// Owns: its spans. Threads: immutable. Fails: ToUtc by kAmbiguousTime and kNonexistentTime.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "decode/calendar.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {

/// The instant from which clocks are `after` seconds ahead of UTC, and `before` until then.
struct ZoneTransition {
  int64_t utc = 0;
  int32_t before = 0, after = 0;
};

class LocalZone {
 public:
  /// Make a zone of ascending transitions; `ahead` holds where there are none. `repeats`: the last 400 years of the
  /// transitions come again for ever, as the calendar does. Gives nothing where two clock changes overlap.
  static std::optional<LocalZone> Make(int32_t ahead, const std::vector<ZoneTransition>& transitions, bool repeats) {
    LocalZone zone;
    zone.spans_.push_back({std::numeric_limits<int64_t>::min(), ahead, ahead, true});
    for (const ZoneTransition& change : transitions) {
      const int64_t begin = change.utc + std::min(change.before, change.after);
      if (begin < zone.spans_.back().begin) return std::nullopt;
      zone.spans_.push_back({begin, change.before, change.after, change.after < change.before});
      zone.spans_.push_back({change.utc + std::max(change.before, change.after), change.after, change.after, true});
    }
    if (repeats) zone.limit_ = zone.spans_.back().begin;
    zone.spans_.push_back({std::numeric_limits<int64_t>::max(), 0, 0, true});
    return zone;
  }

  /// Give the instant of a local time. `*span` is where the one before was found, 0 at first: times that lie close
  /// together are found without a search.
  ParseStatus ToUtc(int64_t local, Ambiguous ambiguous, uint32_t* span, int64_t* utc) const {
    int64_t like = local;  // the same day of a 400 years' cycle that the table has
    if (local >= limit_) [[unlikely]]
      like -= ((local - limit_) / kCycleSeconds + 1) * kCycleSeconds;
    if (like < spans_[*span].begin || like >= spans_[*span + 1].begin) [[unlikely]]
      *span = Find(like);
    const Span& found = spans_[*span];
    if (found.earlier != found.later) [[unlikely]] {
      if (!found.exists) return ParseStatus(RejectKind::kNonexistentTime);
      if (ambiguous == Ambiguous::kRefused) return ParseStatus(RejectKind::kAmbiguousTime);
    }
    *utc = local - (ambiguous == Ambiguous::kLater ? found.later : found.earlier);
    return ParseStatus();
  }

 private:
  // Local times from `begin` to the next span's. Where `earlier` and `later` differ, the local time is there twice,
  // first `earlier` seconds ahead of UTC, then `later`, or it is not there at all.
  struct Span {
    int64_t begin;
    int32_t earlier, later;
    bool exists;
  };
  static constexpr int64_t kCycleSeconds = int64_t{146'097} * 86'400;

  uint32_t Find(int64_t local) const {
    const auto next = std::upper_bound(spans_.begin(), spans_.end(), local,
                                       [](int64_t time, const Span& span) { return time < span.begin; });
    return static_cast<uint32_t>(next - spans_.begin()) - 1;
  }

  std::vector<Span> spans_;  // the last one is a sentinel
  int64_t limit_ = std::numeric_limits<int64_t>::max();
};

/// Give the instant that a local time of a column means; without a zone it stays as it is.
inline ParseStatus ToUtc(int64_t local, const TimestampRules& rules, uint32_t* span, int64_t* utc) {
  if (rules.zone != nullptr) [[unlikely]]
    return rules.zone->ToUtc(local, rules.ambiguous, span, utc);
  *utc = local - rules.zone_seconds;
  return ParseStatus();
}

/// Give the instant of a day and of a time that was read up to `at`; from there to `end` stands an offset, or nothing.
inline ParseStatus ReadInstant(const char* at, const char* end, int64_t days, const TimeOfDay& time,
                               const TimestampRules& rules, uint32_t* span, int64_t* out) {
  int64_t seconds = days * kSecondsPerDay + time.seconds;
  if (at != end) {
    int64_t ahead;
    if (!ReadOffset(at, end, &ahead)) return ParseStatus(RejectKind::kBadTimestamp);
    if (rules.offset_rule == OffsetRule::kRefused) return ParseStatus(RejectKind::kUnexpectedOffset);
    seconds -= ahead;
  } else if (const ParseStatus status = ToUtc(seconds, rules, span, &seconds); !status.ok()) {
    return status;
  }
  if (time.beyond_unit) return ParseStatus(RejectKind::kDigitsBeyondScale);
  return Combine(seconds, time.fraction, rules.unit, out);
}

}  // namespace v0
}  // namespace headrace
