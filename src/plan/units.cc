#include "plan/units.h"

namespace headrace {
inline namespace v0 {

std::vector<PlannedUnit> PlanUnits(const std::vector<InputFacts>& files, int64_t unit_bytes, bool join) {
  std::vector<PlannedUnit> units;
  int64_t joined_bytes = -1;  // of the last unit, where another small file may join it
  for (size_t i = 0; i < files.size(); i++) {
    const auto file = static_cast<int32_t>(i);
    const int64_t size = files[i].facts.size;
    if (files[i].is_stream) {
      units.push_back({{Segment{file, 0, Segment::kToTheEnd}}, true});
      joined_bytes = -1;
    } else if (size <= unit_bytes) {
      const Segment whole{file, 0, Segment::kToTheEnd};
      if (join && joined_bytes >= 0 && joined_bytes + size <= unit_bytes) {
        units.back().segments.push_back(whole);
        joined_bytes += size;
      } else {
        units.push_back({{whole}, false});
        joined_bytes = size;
      }
    } else {
      for (int64_t begin = 0; begin < size; begin += unit_bytes) {
        const int64_t stop = begin + unit_bytes < size ? begin + unit_bytes : Segment::kToTheEnd;
        units.push_back({{Segment{file, begin, stop}}, false});
      }
      joined_bytes = -1;
    }
  }
  return units;
}

}  // namespace v0
}  // namespace headrace
