#include "job/check_format.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "decode/number_text.h"
#include "decode/time_pattern.h"
#include "decode/values.h"
#include "job/number_marks.h"

namespace headrace {
inline namespace v0 {
namespace {

bool IsTime(TypeKind kind) {
  return kind == TypeKind::kDate || kind == TypeKind::kTime || kind == TypeKind::kTimestamp;
}

Status Meaningless(std::string_view what, const Column& column, std::string_view types) {
  return Status::Invalid(what, " has no meaning for ", TypeName(column.type), "\nfix: leave it out, or declare ",
                         types);
}

Status CheckPattern(const Column& column) {
  TimePattern pattern;
  if (const auto fault = CompilePattern(column.format.pattern, column.type.kind, &pattern)) {
    return Status::Invalid(fault->what, ": '", column.format.pattern, "'\nfix: ", fault->fix);
  }
  if (pattern.has_offset && column.type.zone.empty()) {
    return Status::Invalid("the pattern has an offset, and the type no zone: '", column.format.pattern,
                           "'\nfix: declare a zone, as in timestamp[ms, UTC]");
  }
  return Status::OK();
}

Status CheckTime(const Column& column) {
  const Format& format = column.format;
  if (format.time != TimeFormat::kDefault && !IsTime(column.type.kind)) {
    return Meaningless(format.time == TimeFormat::kPattern ? "a pattern" : "a format of times", column,
                       "a date, time or timestamp");
  }
  if (format.time >= TimeFormat::kEpochS && column.type.kind != TypeKind::kTimestamp) {
    return Status::Invalid("an epoch is a point in time, not a ", TypeName(column.type),
                           "\nfix: declare a timestamp, such as timestamp[ms]");
  }
  if (format.ambiguous != Ambiguous::kRefused && !NeedsZone(column.type)) {
    return Meaningless("'ambiguous'", column, "a timestamp of a named zone, such as timestamp[ms, Europe/Rome]");
  }
  return format.time == TimeFormat::kPattern ? CheckPattern(column) : Status::OK();
}

Status CheckNumber(const Column& column) {
  const Format& format = column.format;
  const bool has_marks = format.decimal.has_value() || format.thousands.has_value();
  if (has_marks && !IsNumber(column.type.kind)) return Meaningless("a mark of numbers", column, "a number");
  if (format.decimal) ARROW_RETURN_NOT_OK(ParseDecimalMark({&*format.decimal, 1}));
  if (format.thousands) ARROW_RETURN_NOT_OK(ParseThousands(*format.thousands));
  if (format.number == NumberFormat::kPercent && (!IsNumber(column.type.kind) || IsInteger(column.type.kind))) {
    return Meaningless("percent", column, "a float or a decimal");
  }
  if (format.number == NumberFormat::kCurrency && !IsNumber(column.type.kind)) {
    return Meaningless("currency", column, "a number");
  }
  if ((format.number == NumberFormat::kCurrency) == format.currency.empty()) {
    return Status::Invalid("format = \"currency\" and currency = \"…\", the symbol, need each other\nfix: give both");
  }
  const bool has_digit = std::any_of(format.currency.begin(), format.currency.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '(' || c == ')' || c == '.' || c == ',' || c == ' ';
  });
  if (format.currency.size() > NumberRules::kMaxSymbolBytes || has_digit) {
    return Status::Invalid("'", format.currency, "' is not a currency symbol\nfix: give at most ",
                           NumberRules::kMaxSymbolBytes,
                           " bytes, as in \"€\" or \"EUR\", none of them part of a number");
  }
  return Status::OK();
}

Status CheckWords(const Column& column) {
  const Format& format = column.format;
  if (format.true_values.empty() && format.false_values.empty()) return Status::OK();
  if (column.type.kind != TypeKind::kBool) return Meaningless("'true_values' or 'false_values'", column, "a bool");
  if (format.true_values.empty() || format.false_values.empty()) {
    return Status::Invalid("'true_values' and 'false_values' need each other: they replace the default words\n",
                           "fix: give both");
  }
  for (const std::string& word : format.true_values) {
    if (std::find(format.false_values.begin(), format.false_values.end(), word) != format.false_values.end()) {
      return Status::Invalid("'", word, "' means both true and false\nfix: leave it out of one list");
    }
  }
  return Status::OK();
}

// Of other types and formats it is not known which texts a value gives back.
Status CheckStrict(const Column& column) {
  const TypeKind kind = column.type.kind;
  const bool known = IsInteger(kind) || kind == TypeKind::kFloat64 || kind == TypeKind::kDecimal ||
                     kind == TypeKind::kBool || kind == TypeKind::kDate || kind == TypeKind::kTimestamp ||
                     kind == TypeKind::kTime || kind == TypeKind::kString || kind == TypeKind::kDictionary;
  Format format = column.format;
  format.decimal.reset();
  format.thousands.reset();
  if (!column.strict || (known && format == Format())) return Status::OK();
  if (known) return Status::Invalid("a strict column has the default format\nfix: leave out strict, or the format");
  return Meaningless("strict", column, "a bool, an integer, float64, a decimal, a date, timestamp or time");
}

}  // namespace

Status CheckFormat(const Column& column) {
  if (column.format.bytes != BytesFormat::kRaw && column.type.kind != TypeKind::kBinary) {
    return Meaningless("hex or base64", column, "binary");
  }
  if (column.format.braced && column.type.kind != TypeKind::kUuid) return Meaningless("braced", column, "a uuid");
  ARROW_RETURN_NOT_OK(CheckTime(column));
  ARROW_RETURN_NOT_OK(CheckNumber(column));
  ARROW_RETURN_NOT_OK(CheckStrict(column));
  return CheckWords(column);
}

}  // namespace v0
}  // namespace headrace
