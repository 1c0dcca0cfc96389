#pragma once
// Reads the expression of --where.
// Takes: text, schema. Gives: Where. Owns: nothing. Threads: pure. Fails: Status with the character where it went wrong
// and how to mend it.
#include <string_view>
#include <vector>

#include "decode/column_decoder.h"
#include "decode/predicate.h"
#include "headrace/options.h"

namespace headrace {
inline namespace v0 {

/// What a column's decoder needs to know, from its declaration and the dialect.
Result<ColumnSpec> SpecOf(const Column& column, const Dialect& dialect);

/// A predicate and the columns it looks at.
struct Where {
  std::vector<int32_t> columns;  ///< in the schema, in order of first appearance
  Predicate predicate;
};

/// Parse the expression:
///   or      := and (OR and)*          and  := not (AND not)*          not := NOT not | test
///   test    := '(' or ')' | column (= | != | <> | < | <= | > | >=) literal | literal comparison column
///            | column IS [NOT] NULL | column [NOT] IN '(' literal (',' literal)* ')'
///   column  := a word, or any name in double quotes (doubled inside)
///   literal := a number, TRUE, FALSE, or any text in single quotes (doubled inside)
/// Key words in any case. A literal is read as the column would read that text.
Result<Where> ParseWhere(std::string_view text, const Schema& schema, const Dialect& dialect);

}  // namespace v0
}  // namespace headrace
