#pragma once
// From files to units: what one worker carries at a time. The plan depends on the files' order and sizes alone.
// Takes: InputFacts. Gives: PlannedUnit. Owns: nothing. Threads: pure. Fails: never.
#include <cstdint>
#include <limits>
#include <vector>

#include "plan/inputs.h"

namespace headrace {
inline namespace v0 {

/// The records of one file that start in [begin, stop).
struct Segment {
  int32_t file = 0;
  int64_t begin = 0;
  int64_t stop = kToTheEnd;

  static constexpr int64_t kToTheEnd = std::numeric_limits<int64_t>::max();
  bool is_first() const { return begin == 0; }
  bool is_last() const { return stop == kToTheEnd; }
};

/// One unit, or all the units of one stream (whose number shows only while it is read).
struct PlannedUnit {
  std::vector<Segment> segments;
  bool is_stream = false;
};

/// Join consecutive small files while they hold no more than `unit_bytes` together (only where `join`), and cut
/// larger ones at multiples of `unit_bytes`.
std::vector<PlannedUnit> PlanUnits(const std::vector<InputFacts>& files, int64_t unit_bytes, bool join);

}  // namespace v0
}  // namespace headrace
