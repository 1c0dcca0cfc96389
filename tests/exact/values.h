#pragma once
// Generated values of every type that has kernels, at every level, against the plain twins and the reference.
// Takes: how many. Gives: a line for each column on stdout. Owns: nothing. Threads: makes its own. Fails: never; the
// differences are counted.
#include <cstdint>
#include <string>

#include "exact/tally.h"

namespace headrace {
inline namespace v0 {

struct ValuesOptions {
  int64_t values = 0;
  int threads = 1;
  uint64_t seed = 1;
  std::string only;  ///< a part of columns' names; empty: all
};

/// Compare `values` fields, or a few more. Return what was counted.
Tally CompareValues(const ValuesOptions& options, Differences* differences);

/// Print the head of the table, and a line of it.
void PrintHead();
void PrintLine(const std::string& name, const Tally& tally, int64_t differences, double seconds);

}  // namespace v0
}  // namespace headrace
