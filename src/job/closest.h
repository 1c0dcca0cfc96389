#pragma once
// Finds the name that was meant. Takes: a misspelt name. Gives: the closest known one, or none.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace headrace {
inline namespace v0 {

/// Return the number of single-byte insertions, deletions, changes and swaps of neighbours between two names
/// (optimal string alignment).
inline size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

/// Return the known name that is closest to `name`, empty where none is close: a third of its bytes may differ.
inline std::string_view ClosestName(std::string_view name, std::span<const std::string_view> known) {
  constexpr size_t kLongestName = 64;
  if (name.size() > kLongestName) return {};
  std::string_view closest;
  size_t fewest = std::max<size_t>(1, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const size_t distance = EditDistance(name, candidate);
    if (distance >= fewest) continue;
    fewest = distance;
    closest = candidate;
  }
  return closest;
}

}  // namespace v0
}  // namespace headrace
