#pragma once
// One value from one text, by the rules of a column: literals of predicates, values on a path.
// Takes: ColumnSpec, text. Gives: the value as decoded columns hold it. Owns: nothing. Threads: pure. Fails: with the
// reject kind of a bad value.
#include <optional>
#include <string>
#include <string_view>

#include "decode/column_decoder.h"

namespace headrace {
inline namespace v0 {

/// Read `text` as the column would read an unquoted field, except that no text is null. `value` becomes the
/// ValueWidth() bytes of the value, or the bytes of the text for variable-width kinds.
std::optional<RejectKind> DecodeLiteral(ColumnSpec spec, std::string_view text, std::string* value);

}  // namespace v0
}  // namespace headrace
