#pragma once
// What the vector kernels of telling numbers do one field after the other, whatever their lanes. For files that are
// compiled for one instruction set: always inlined, so that the linker keeps none of it for the rest of the program.
#include "simd/telling_numbers.h"

namespace headrace {
inline namespace v0 {

/// A few fields: bits by field, digits by field.
struct NumberFields {
  uint32_t has_dot, negative;
  const int32_t *integer_digits, *fraction_digits;
};

/// Take in those of `maybe_new` that are still new when it is their turn, in order; return their mask.
[[gnu::always_inline]] inline uint32_t TakeInOrder(const NumberFields& fields, uint32_t maybe_new, ToldNumbers* told) {
  uint32_t found = 0;
  for (uint32_t rest = maybe_new; rest != 0; rest &= rest - 1) {
    const auto i = static_cast<uint32_t>(__builtin_ctz(rest));
    bool& known = fields.has_dot >> i & 1 ? told->decimals : told->integers;
    const bool is_negative = fields.negative >> i & 1;
    if (known && told->negative >= is_negative && fields.integer_digits[i] <= told->integer_digits &&
        fields.fraction_digits[i] <= told->fraction_digits) {
      continue;
    }
    known = true;
    told->negative |= is_negative;
    if (fields.integer_digits[i] > told->integer_digits) told->integer_digits = fields.integer_digits[i];
    if (fields.fraction_digits[i] > told->fraction_digits) told->fraction_digits = fields.fraction_digits[i];
    found |= uint32_t{1} << i;
  }
  return found;
}

}  // namespace v0
}  // namespace headrace
