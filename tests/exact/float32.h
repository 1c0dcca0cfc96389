#pragma once
// All float32 there are, written and read again: the bits must be those that were written.
// Takes: a form and a step. Gives: a line on stdout. Owns: nothing. Threads: makes its own. Fails: by false where the
// kernel took too few of the texts that it is made for.
#include <cstdint>

#include "exact/tally.h"

namespace headrace {
inline namespace v0 {

enum class Float32Form {
  kShortest,  ///< std::to_chars: the fewest digits that give the value back, with an exponent where that is shorter
  kFixed      ///< the same without an exponent, where that has at most 7 digits before the dot and 24 behind it
};

struct Float32Options {
  Float32Form form = Float32Form::kShortest;
  uint64_t step = 1;  ///< every so many of the 2^32 bit patterns
  int threads = 1;
};

/// Read each value of that form at every level. Return false where less than 90 % of the fixed texts went through the
/// best level's kernel, if that is a vector level.
bool CompareFloat32(const Float32Options& options, Tally* sum, Differences* differences);

}  // namespace v0
}  // namespace headrace
