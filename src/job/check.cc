#include "job/check.h"

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "job/check_format.h"
#include "job/check_wishes.h"
#include "ledger/json_writer.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kMaxPrecision = 38;  // of 128 bits

Status CheckDecimal(const DataType& type) {
  if (type.precision < 1 || type.precision > kMaxPrecision) {
    return Status::Invalid("decimal has ", type.precision, " digits in all\nfix: declare 1 to ", kMaxPrecision,
                           ", as in decimal(9,2)");
  }
  if (type.scale < 0 || type.scale > type.precision) {
    return Status::Invalid("decimal(", type.precision, ",", type.scale, ") has ", type.scale,
                           " digits after the point, of ", type.precision, " in all\nfix: declare 0 to ",
                           type.precision);
  }
  return Status::OK();
}

Status CheckName(const std::string& name, std::string_view role, size_t number) {
  if (name.empty()) {
    return Status::Invalid("column ", number, " has no ", role, "\nfix: give every column a name");
  }
  if (!IsUtf8(name)) {
    return Status::Invalid("the ", role, " of column ", number, " is not UTF-8: '", EscapeInvalidUtf8(name),
                           "'\nfix: write names in UTF-8");
  }
  return Status::OK();
}

Status CheckByte(char byte, std::string_view role) {
  if (byte != '\n' && byte != '\r') return Status::OK();
  return Status::Invalid("the ", role, " is ", byte == '\n' ? "LF" : "CR",
                         ", which ends a record\nfix: choose another byte");
}

std::string ByteName(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (byte == '\t') return "\\t";
  if (code > 0x20 && code < 0x7f) return "'" + std::string(1, byte) + "'";
  char text[8];
  std::snprintf(text, sizeof text, "\\x%02x", code);
  return text;
}

Status CheckDistinct(char a, std::string_view a_role, char b, std::string_view b_role) {
  if (a != b) return Status::OK();
  return Status::Invalid("the ", a_role, " and the ", b_role, " are the same byte: ", ByteName(a),
                         "\nfix: choose another ", b_role);
}

// Letters and digits behind an escape have a meaning in C: they cannot be bytes of the dialect as well.
Status CheckEscapeStyle(const Dialect& dialect) {
  if (dialect.escape_style == EscapeStyle::kField) return Status::OK();
  if (!dialect.escape) {
    return Status::Invalid("there is an escape style, but no escape\nfix: give it: --escape '\\'");
  }
  if (dialect.escape_style == EscapeStyle::kQuoted) {
    if (dialect.quote) return Status::OK();
    return Status::Invalid("escapes stand in quotes alone, but there is no quote\nfix: give one, or another style");
  }
  std::string bytes = dialect.delimiter == kWhitespace ? "" : dialect.delimiter;
  bytes += *dialect.escape;
  if (dialect.quote) bytes += *dialect.quote;
  for (const char byte : bytes) {
    const bool is_word = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    if (!is_word) continue;
    return Status::Invalid("with the escape style c, letters and digits cannot be delimiter, quote or escape: ",
                           ByteName(byte), "\nfix: choose another byte or another style");
  }
  return Status::OK();
}

// What is not read from a field is made as one type.
Status CheckSource(const Column& column) {
  const bool numbers = column.source == ColumnSource::kRecordNumber || column.source == ColumnSource::kLineNumber;
  if (numbers && column.type.kind != TypeKind::kInt64) {
    return Status::Invalid("numbers of records and lines are int64, not ", TypeName(column.type),
                           "\nfix: declare int64");
  }
  if (column.source == ColumnSource::kFilename && !IsVariableWidth(column.type.kind)) {
    return Status::Invalid("a path is text, not ", TypeName(column.type),
                           "\nfix: declare string or dictionary(string)");
  }
  return Status::OK();
}

}  // namespace

Status CheckColumn(const Column& column) {
  if (column.type.kind == TypeKind::kDecimal) ARROW_RETURN_NOT_OK(CheckDecimal(column.type));
  if (!column.type.zone.empty() && column.type.kind != TypeKind::kTimestamp) {
    return Status::Invalid("only a timestamp has a zone\nfix: leave out '", column.type.zone, "'");
  }
  ARROW_RETURN_NOT_OK(CheckSource(column));
  ARROW_RETURN_NOT_OK(CheckWishes(column));
  return CheckFormat(column);
}

Status SchemaChecker::Add(const Column& column) {
  const size_t number = names_.size() + 1;
  ARROW_RETURN_NOT_OK(CheckName(column.name, "name", number));
  ARROW_RETURN_NOT_OK(CheckName(column.output_name(), "new name", number));
  if (const Status status = CheckColumn(column); !status.ok()) {
    return status.WithMessage("column '", column.name, "': ", status.message());
  }
  return CheckUnique(column);
}

Status SchemaChecker::CheckUnique(const Column& column) {
  const size_t index = names_.size();
  names_.push_back(column.name);
  if (const auto [same, is_new] = by_name_.emplace(column.name, index); !is_new) {
    return Status::Invalid("two columns have the name '", column.name, "': column ", same->second + 1, " and column ",
                           index + 1, "\nfix: give each a name of its own");
  }
  if (const auto [same, is_new] = by_output_name_.emplace(column.output_name(), index); !is_new) {
    return Status::Invalid("two columns would be called '", column.output_name(), "' in the output: '",
                           names_[same->second], "' and '", column.name, "'\nfix: rename one of them");
  }
  return Status::OK();
}

Status CheckSchema(const Schema& schema) {
  SchemaChecker checker;
  for (const Column& column : schema.columns) ARROW_RETURN_NOT_OK(checker.Add(column));
  return Status::OK();
}

Status CheckDialect(const Dialect& dialect) {
  const bool is_whitespace = dialect.delimiter == kWhitespace;
  const std::string delimiter = is_whitespace ? " \t" : dialect.delimiter;
  if (delimiter.empty()) return Status::Invalid("the delimiter is empty\nfix: give at least one byte");
  for (const char byte : delimiter) ARROW_RETURN_NOT_OK(CheckByte(byte, "delimiter"));
  std::vector<std::pair<char, std::string_view>> others;
  if (dialect.quote) others.emplace_back(*dialect.quote, "quote");
  if (dialect.escape) others.emplace_back(*dialect.escape, "escape");
  if (dialect.comment) others.emplace_back(*dialect.comment, "comment");
  for (size_t i = 0; i < others.size(); i++) {
    const auto& [byte, role] = others[i];
    ARROW_RETURN_NOT_OK(CheckByte(byte, role));
    // A comment byte may stand in a delimiter, but not begin one.
    const std::string_view bytes = std::string_view(delimiter).substr(0, role == "comment" && !is_whitespace ? 1 : 99);
    for (const char of_delimiter : bytes) ARROW_RETURN_NOT_OK(CheckDistinct(of_delimiter, "delimiter", byte, role));
    for (size_t j = 0; j < i; j++) {
      ARROW_RETURN_NOT_OK(CheckDistinct(others[j].first, others[j].second, byte, role));
    }
  }
  if (dialect.lenient && dialect.terminator != Terminator::kAuto) {
    return Status::Invalid("lenient takes LF, CR LF and CR alike\nfix: leave out either it or the terminator");
  }
  ARROW_RETURN_NOT_OK(CheckEscapeStyle(dialect));
  if (dialect.header_rows < 1) return Status::Invalid("header_rows is below 1\nfix: give 1 or more");
  if (dialect.skip_after_header < 0) return Status::Invalid("skip_after_header is negative\nfix: give 0 or more");
  if (dialect.skip_rows < 0) return Status::Invalid("skip_rows is negative\nfix: give 0 or more");
  if (dialect.skip_footer < 0) return Status::Invalid("skip_footer is negative\nfix: give 0 or more");
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
