// What was found, as the schema file that ReadSchemaFile reads, and as JSON.
#include <cstdio>
#include <string>

#include "job/check_wishes.h"
#include "job/discover.h"
#include "ledger/json_writer.h"

namespace headrace {
inline namespace v0 {
namespace {

// A TOML basic string.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    char escape[8];
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(c));
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string List(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + Quoted(text);
  return "[" + list + "]";
}

// A byte as ParseByte reads it: what is no text by itself has no other spelling.
std::string Spelled(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (code < 0x80) return std::string(1, byte);
  char text[8];
  std::snprintf(text, sizeof text, "\\x%02x", code);
  return text;
}

// A delimiter as ParseDelimiter reads it.
std::string Spelled(const std::string& delimiter) {
  if (delimiter.size() == 1) return Spelled(delimiter.front());
  const bool is_text = IsUtf8(delimiter);
  std::string text;
  for (const char c : delimiter) text += c == '\\' ? "\\\\" : is_text ? std::string(1, c) : Spelled(c);
  return text;
}

// Comments end with their line.
std::string Comment(const std::string& reason) {
  const std::string text = EscapeInvalidUtf8(reason);
  std::string line = "# ";
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return line + "\n";
}

std::string DialectText(const Dialect& dialect) {
  std::string text = "[dialect]\n";
  const auto byte = [](char c) { return Quoted(Spelled(c)); };
  text += "delimiter = " + Quoted(Spelled(dialect.delimiter)) + "\n";
  text += "quote = " + (dialect.quote ? byte(*dialect.quote) : std::string("\"\"")) + "\n";
  if (dialect.escape) text += "escape = " + byte(*dialect.escape) + "\n";
  if (dialect.escape_style != EscapeStyle::kField) {
    text +=
        std::string("escape_style = ") + (dialect.escape_style == EscapeStyle::kQuoted ? "\"quoted\"\n" : "\"c\"\n");
  }
  if (dialect.lenient) text += "lenient = true\n";
  if (dialect.short_records == ShortRecords::kPad) text += "short_records = \"pad\"\n";
  if (dialect.long_records != LongRecords::kReject) {
    text += std::string("long_records = ") +
            (dialect.long_records == LongRecords::kTruncate ? "\"truncate\"\n" : "\"collect\"\n");
  }
  if (dialect.comment) text += "comment = " + byte(*dialect.comment) + "\n";
  text += std::string("header = ") + (dialect.header ? "true" : "false") + "\n";
  const auto count = [&](std::string_view key, int64_t value, int64_t usual) {
    if (value != usual) text += std::string(key) + " = " + std::to_string(value) + "\n";
  };
  count("header_rows", dialect.header_rows, 1);
  count("skip_after_header", dialect.skip_after_header, 0);
  count("skip_rows", dialect.skip_rows, 0);
  count("skip_footer", dialect.skip_footer, 0);
  if (!dialect.encoding.empty()) text += "encoding = " + Quoted(dialect.encoding) + "\n";
  if (dialect.decimal != '.') text += "decimal = " + byte(dialect.decimal) + "\n";
  if (!dialect.thousands.empty()) text += "thousands = " + Quoted(dialect.thousands) + "\n";
  if (dialect.terminator != Terminator::kAuto) {
    text += std::string("terminator = ") + (dialect.terminator == Terminator::kLf ? "\"lf\"\n" : "\"cr\"\n");
  }
  if (dialect.nulls != std::vector<std::string>{""}) text += "nulls = " + List(dialect.nulls) + "\n";
  if (dialect.no_nulls) text += "no_nulls = true\n";
  return text;
}

std::string WishesText(const ParquetWishes& wishes) {
  std::string text;
  if (wishes.encoding != ColumnEncoding::kAuto) text += "encoding = " + Quoted(EncodingName(wishes.encoding)) + "\n";
  if (!wishes.bloom_filter) return text;
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.17e", wishes.false_positive_rate);
  return text + "bloom_filter = true\nfalse_positive_rate = " + rate + "\n";
}

}  // namespace

void WriteInferred(const std::vector<InferredReport>& columns, JsonWriter* json) {
  json->Key("inferred").BeginArray();
  for (const InferredReport& column : columns) {
    json->BeginObject();
    json->Key("column").String(column.column);
    json->Key("type").String(column.type);
    json->Key("reason").String(column.reason);
    json->Key("forced_by");
    if (column.forced_path.empty()) {
      json->Null();
    } else {
      json->BeginObject().Key("file").String(column.forced_path);
      json->Key("record").Int(column.forced_record).Key("line").Int(column.forced_line).EndObject();
    }
    json->EndObject();
  }
  json->EndArray();
}

std::string SchemaText(const Discovery& discovery) {
  char confidence[64];
  std::snprintf(confidence, sizeof confidence, "confidence %.2f", discovery.confidence);
  std::string text = "format = 1\n\n" + Comment(confidence);
  for (const std::string& reason : discovery.reasons) text += Comment(reason);
  text += DialectText(discovery.options.dialect);
  const auto& columns = discovery.options.schema.columns;
  for (size_t i = 0; i < columns.size(); i++) {
    text += "\n[[column]]\nname = " + Quoted(columns[i].name) + "\n";
    text += "type = " + Quoted(TypeName(columns[i].type)) + "\n";
    if (columns[i].inferred && !IsVariableWidth(columns[i].type.kind)) text += "strict = true\n";
    if (columns[i].format.thousands) text += "thousands = \"none\"\n";  // the one mark that inference gives a column
    text += WishesText(columns[i].parquet);
    if (columns[i].nulls) text += "nulls = " + List(*columns[i].nulls) + "\n";
    text += Comment(discovery.columns[i].reason);
  }
  return text;
}

}  // namespace v0
}  // namespace headrace
