#pragma once
// Whether this build keeps rejects, ledger and locations. One program does not: what bench/ledger measures ours
// against. In it bad values become null and ragged records vanish without a word; it is for no other use, and never
// installed (cmake/WithoutLedger.cmake).

namespace headrace {
inline namespace v0 {

#ifdef HEADRACE_WITHOUT_LEDGER
inline constexpr bool kKeepsLedger = false;
#else
inline constexpr bool kKeepsLedger = true;
#endif

}  // namespace v0
}  // namespace headrace
