#include "job/check.h"

#include <cstdio>
#include <string>
#include <string_view>

#include "job/check_format.h"
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

}  // namespace

Status CheckColumn(const Column& column) {
  if (column.type.kind == TypeKind::kDecimal) ARROW_RETURN_NOT_OK(CheckDecimal(column.type));
  if (!column.type.zone.empty() && column.type.kind != TypeKind::kTimestamp) {
    return Status::Invalid("only a timestamp has a zone\nfix: leave out '", column.type.zone, "'");
  }
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
  ARROW_RETURN_NOT_OK(CheckByte(dialect.delimiter, "delimiter"));
  if (dialect.quote.has_value()) {
    ARROW_RETURN_NOT_OK(CheckByte(*dialect.quote, "quote"));
    ARROW_RETURN_NOT_OK(CheckDistinct(dialect.delimiter, "delimiter", *dialect.quote, "quote"));
  }
  if (dialect.comment.has_value()) {
    ARROW_RETURN_NOT_OK(CheckByte(*dialect.comment, "comment"));
    ARROW_RETURN_NOT_OK(CheckDistinct(dialect.delimiter, "delimiter", *dialect.comment, "comment"));
    if (dialect.quote.has_value()) {
      ARROW_RETURN_NOT_OK(CheckDistinct(*dialect.quote, "quote", *dialect.comment, "comment"));
    }
  }
  if (dialect.skip_rows < 0) return Status::Invalid("skip_rows is negative\nfix: give 0 or more");
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
