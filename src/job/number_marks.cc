#include "job/number_marks.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

constexpr std::string_view kThousands[] = {".", ",", "'", "_", " ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x99"};

Status CheckColumnMarks(const Dialect& dialect, const Column& column) {
  const Format format = FormatIn(dialect, column);
  const std::string decimal(1, *format.decimal);
  if (*format.thousands == decimal) {
    return Status::Invalid("column '", column.name, "': '", decimal, "' stands both before the fraction and between ",
                           "thousands\nfix: declare another mark for one of them (--decimal, --thousands)");
  }
  if (dialect.quote.has_value()) return Status::OK();
  const std::string& delimiter = dialect.delimiter;
  if (decimal == delimiter || *format.thousands == delimiter) {
    return Status::Invalid("column '", column.name, "': '", delimiter, "' is in its numbers and between fields, and ",
                           "nothing is quoted\nfix: declare another --delimiter, or a --quote");
  }
  return Status::OK();
}

// As a dialect holds it: flags and schema files alone say "none".
Status CheckThousands(const std::string& mark) {
  ARROW_ASSIGN_OR_RAISE(const std::string known, ParseThousands(mark));
  if (known == mark) return Status::OK();
  return Status::Invalid("'", mark, "' does not separate thousands\nfix: leave the mark empty");
}

}  // namespace

Result<char> ParseDecimalMark(std::string_view text) {
  if (text == "." || text == ",") return text.front();
  return Status::Invalid("'", text, "' is not a decimal mark\nfix: use . or ,");
}

Result<std::string> ParseThousands(std::string_view text) {
  if (text.empty() || text == "none") return std::string();
  if (std::find(std::begin(kThousands), std::end(kThousands), text) != std::end(kThousands)) return std::string(text);
  return Status::Invalid("'", text, "' does not separate thousands\nfix: use . , ' _ a space, U+00A0, U+202F, U+2019, ",
                         "or none");
}

Format FormatIn(const Dialect& dialect, const Column& column) {
  Format format = column.format;
  if (!format.decimal) format.decimal = dialect.decimal;
  if (!format.thousands) format.thousands = dialect.thousands;
  return format;
}

Status CheckNumberMarks(const Dialect& dialect, const Schema& schema) {
  ARROW_RETURN_NOT_OK(ParseDecimalMark({&dialect.decimal, 1}));
  ARROW_RETURN_NOT_OK(CheckThousands(dialect.thousands));
  for (const Column& column : schema.columns) {
    if (IsNumber(column.type.kind)) ARROW_RETURN_NOT_OK(CheckColumnMarks(dialect, column));
  }
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
