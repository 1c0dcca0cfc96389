#pragma once
// Which of a block's fields are numbers that tell something new of their column: all that inference asks of a number.
// Takes: FieldBlock. Gives: masks. Owns: nothing. Threads: functions without state. Fails: never.
#include <cstdint>

#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

/// What the numbers of a column have told so far.
struct ToldNumbers {
  bool integers = false, decimals = false, negative = false;
  int32_t integer_digits = 0, fraction_digits = 0;  ///< the most of any; the integer digit of 0.5 does not count
};

/// Shape: an optional minus, then up to 15 digits; or digits with a dot before the last of them, 17 significant ones
/// and 30 characters at most; no needless leading zero, no zero behind a minus.
/// Return the mask of fields outside the shape. `*telling` is the mask of those inside it that are the first integer,
/// fraction or negative number, or have more digits before or behind the dot than those that came before; `told` takes
/// them in.
using FindTellingNumbersFn = uint64_t (*)(const FieldBlock& block, ToldNumbers* told, uint64_t* telling);

}  // namespace v0
}  // namespace headrace
