#pragma once
// How often tests that draw their data do so.
#include <algorithm>
#include <cstdlib>

namespace headrace {
inline namespace v0 {

/// Return `usual`; a hundred times as many with HEADRACE_LONG_TESTS, a fiftieth with HEADRACE_SHORT_TESTS (emulators).
inline int Rounds(int usual) {
  if (std::getenv("HEADRACE_LONG_TESTS") != nullptr) return usual * 100;
  return std::getenv("HEADRACE_SHORT_TESTS") != nullptr ? std::max(1, usual / 50) : usual;
}

}  // namespace v0
}  // namespace headrace
