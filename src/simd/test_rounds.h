#pragma once
// How much tests do that draw their data: HEADRACE_LONG_TESTS=1 for a hundred times as much, HEADRACE_SHORT_TESTS=1 for
// less (emulators).
#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace headrace {
inline namespace v0 {

inline bool TestsAreShort() { return std::getenv("HEADRACE_SHORT_TESTS") != nullptr; }

/// Return `usual`, a hundred times as many in long tests, a tenth in short ones.
inline int Rounds(int usual) {
  if (std::getenv("HEADRACE_LONG_TESTS") != nullptr) return usual * 100;
  return TestsAreShort() ? std::max(1, usual / 10) : usual;
}

/// Return the step from one place in memory to the next that is tried: each, but in short tests.
inline uint32_t PlaceStep() { return TestsAreShort() ? 13 : 1; }

}  // namespace v0
}  // namespace headrace
