#pragma once
// Writes the texts of columns, cheaply: as real columns have them (one width, one form, for a while), at the edges of
// their types, and damaged.
// Takes: a generator and room for TextWindow::kMaxFieldBytes. Gives: the end of the text. Owns: nothing.
// Threads: functions without state. Fails: never.
#include <functional>

#include "decode/column_decoder.h"
#include "decode/test_numbers.h"

namespace headrace {
inline namespace v0 {

/// Write one text at `at`, return its end.
using Writer = std::function<char*(Random& random, char* at)>;

/// Return a writer of a column's values, in a form that is drawn once: a window of a real column has one form.
Writer DrawWriter(const ColumnSpec& spec, Random& random);

/// Write a text that may be no value: one of another form, or one of `usual`'s with bytes changed, put in or left out.
char* WriteDamaged(const ColumnSpec& spec, const Writer& usual, Random& random, char* at);

}  // namespace v0
}  // namespace headrace
