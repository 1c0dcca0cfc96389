// Types and columns as the command line spells them.
#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "headrace/schema.h"
#include "job/check.h"
#include "job/closest.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr std::string_view kTypeList =
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 decimal(P,S) string binary date "
    "timestamp[s|ms|us|ns] timestamp[U, ZONE] time[U] duration[U] dictionary(string) uuid";

constexpr std::pair<std::string_view, TypeKind> kKinds[] = {
    {"bool", TypeKind::kBool},
    {"int8", TypeKind::kInt8},
    {"int16", TypeKind::kInt16},
    {"int32", TypeKind::kInt32},
    {"int64", TypeKind::kInt64},
    {"uint8", TypeKind::kUInt8},
    {"uint16", TypeKind::kUInt16},
    {"uint32", TypeKind::kUInt32},
    {"uint64", TypeKind::kUInt64},
    {"float32", TypeKind::kFloat32},
    {"float64", TypeKind::kFloat64},
    {"decimal", TypeKind::kDecimal},
    {"string", TypeKind::kString},
    {"binary", TypeKind::kBinary},
    {"date", TypeKind::kDate},
    {"timestamp", TypeKind::kTimestamp},
    {"time", TypeKind::kTime},
    {"duration", TypeKind::kDuration},
    {"dictionary", TypeKind::kDictionary},
    {"uuid", TypeKind::kUuid},
};

// What other programs call our types; refused, so that a schema has one spelling, but understood.
constexpr std::pair<std::string_view, std::string_view> kForeignNames[] = {
    {"boolean", "bool"},
    {"tinyint", "int8"},
    {"smallint", "int16"},
    {"int", "int64"},
    {"integer", "int64"},
    {"long", "int64"},
    {"bigint", "int64"},
    {"uint", "uint64"},
    {"float", "float64"},
    {"double", "float64"},
    {"real", "float32"},
    {"numeric", "decimal(P,S)"},
    {"decimal128", "decimal(P,S)"},
    {"str", "string"},
    {"text", "string"},
    {"utf8", "string"},
    {"varchar", "string"},
    {"bytes", "binary"},
    {"blob", "binary"},
    {"date32", "date"},
    {"datetime", "timestamp[us]"},
    {"category", "dictionary(string)"},
    {"categorical", "dictionary(string)"},
    {"enum", "dictionary(string)"},
    {"guid", "uuid"},
};

constexpr std::string_view kUnitNames[] = {"s", "ms", "us", "ns"};

std::string_view Trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// A type's spelling cut into its name and what its brackets hold.
struct Spelling {
  std::string_view whole;
  std::string_view name;
  char bracket = 0;  // the opening one, 0 where there is none
  std::string_view inside;
};

Result<Spelling> CutSpelling(std::string_view text) {
  Spelling spelling{text, text, 0, {}};
  const size_t open = text.find_first_of("([");
  if (open == std::string_view::npos) return spelling;
  const char close = text[open] == '(' ? ')' : ']';
  if (text.back() != close || text.find(close) != text.size() - 1) {
    return Status::Invalid("the brackets of type '", text, "' are not in order\nfix: close what '", text[open],
                           "' opens with '", close, "', at the end");
  }
  spelling.name = Trim(text.substr(0, open));
  spelling.bracket = text[open];
  spelling.inside = Trim(text.substr(open + 1, text.size() - open - 2));
  return spelling;
}

std::string Lowercase(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

// What was probably meant by a name that is not a type; empty where nothing is close.
std::string_view MeantType(std::string_view name) {
  const std::string lowercase = Lowercase(name);
  for (const auto& [foreign, own] : kForeignNames) {
    if (foreign == lowercase) return own;
  }
  std::string_view names[std::size(kKinds)];
  std::transform(std::begin(kKinds), std::end(kKinds), names, [](const auto& kind) { return kind.first; });
  return ClosestName(lowercase, names);
}

Status UnknownType(std::string_view name) {
  const std::string_view meant = MeantType(name);
  const std::string hint = meant.empty() ? "" : "did you mean '" + std::string(meant) + "'? ";
  return Status::Invalid("unknown type '", name, "'\nfix: ", hint, "types: ", kTypeList);
}

Status NoParameters(const Spelling& spelling) {
  if (spelling.bracket == 0) return Status::OK();
  return Status::Invalid(spelling.name, " takes no parameters: '", spelling.whole, "'\nfix: write ", spelling.name);
}

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  text = Trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = error == std::errc() && end == text.data() + text.size() && text.front() != '-';
  return is_whole ? std::optional<int>(value) : std::nullopt;
}

Status ParseDecimal(const Spelling& spelling, DataType* type) {
  const size_t comma = spelling.inside.find(',');
  const bool has_both = spelling.bracket == '(' && comma != std::string_view::npos;
  const std::optional<int> precision = has_both ? Digits(spelling.inside.substr(0, comma)) : std::nullopt;
  const std::optional<int> scale = has_both ? Digits(spelling.inside.substr(comma + 1)) : std::nullopt;
  if (!precision.has_value() || !scale.has_value()) {
    return Status::Invalid("decimal needs its digits: '", spelling.whole,
                           "'\nfix: write decimal(P,S), P digits in all and S after the point: decimal(9,2)");
  }
  type->precision = *precision;
  type->scale = *scale;
  return CheckColumn(Column{.name = "", .type = *type, .format = {}, .rename = "", .nulls = {}, .parquet = {}});
}

// A zone is "UTC", a name of the zone database, or a fixed offset as Arrow spells it.
Status CheckZone(std::string_view zone, std::string_view whole) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  bool is_zone = false;
  if (zone.starts_with('+') || zone.starts_with('-')) {
    is_zone = zone.size() == 6 && zone[3] == ':' && is_digit(zone[1]) && is_digit(zone[2]) && is_digit(zone[4]) &&
              is_digit(zone[5]) && zone.substr(1, 2) <= "23" && zone[4] <= '5';
  } else {
    const auto fits = [&](char c) {
      return is_letter(c) || is_digit(c) || c == '/' || c == '_' || c == '-' || c == '+';
    };
    is_zone = zone.size() > 1 && is_letter(zone.front()) && std::all_of(zone.begin(), zone.end(), fits);
  }
  if (is_zone) return Status::OK();
  return Status::Invalid("'", zone, "' is not a zone: '", whole,
                         "'\nfix: write UTC, a name such as Europe/Rome, or an offset such as +01:00");
}

// `[U]`, and for timestamps `[U, ZONE]`.
Status ParseUnit(const Spelling& spelling, DataType* type) {
  if (spelling.bracket == 0 && type->kind == TypeKind::kTime) {
    type->unit = TimeUnit::kMicro;  // what SQL and Parquet mean by a time
    return Status::OK();
  }
  const size_t comma = spelling.inside.find(',');
  const std::string_view name = Trim(spelling.inside.substr(0, comma));
  const auto* unit = std::find(std::begin(kUnitNames), std::end(kUnitNames), name);
  if (spelling.bracket != '[' || unit == std::end(kUnitNames)) {
    return Status::Invalid(spelling.name, " needs its unit: '", spelling.whole, "'\nfix: write ", spelling.name,
                           "[s], [ms], [us] or [ns]");
  }
  type->unit = static_cast<TimeUnit>(unit - std::begin(kUnitNames));
  if (comma == std::string_view::npos) return Status::OK();
  if (type->kind != TypeKind::kTimestamp) {
    return Status::Invalid(spelling.name, " has no zone: '", spelling.whole, "'\nfix: write ", spelling.name, "[", name,
                           "]");
  }
  type->zone = Trim(spelling.inside.substr(comma + 1));
  return CheckZone(type->zone, spelling.whole);
}

Status ParseDictionary(const Spelling& spelling) {
  if (spelling.bracket == '(' && spelling.inside == "string") return Status::OK();
  return Status::Invalid("a dictionary holds strings: '", spelling.whole, "'\nfix: write dictionary(string)");
}

Status ParseParameters(const Spelling& spelling, DataType* type) {
  switch (type->kind) {
    case TypeKind::kDecimal:
      return ParseDecimal(spelling, type);
    case TypeKind::kTimestamp:
    case TypeKind::kTime:
    case TypeKind::kDuration:
      return ParseUnit(spelling, type);
    case TypeKind::kDictionary:
      return ParseDictionary(spelling);
    default:
      return NoParameters(spelling);
  }
}

// The next byte of `text` at or after `begin` that is one of `wanted` and not inside brackets; npos where none is.
size_t FindOutsideBrackets(std::string_view text, char wanted, size_t begin) {
  int depth = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '[') ++depth;
    if ((text[i] == ')' || text[i] == ']') && depth > 0) --depth;
    if (text[i] == wanted && depth == 0) return i;
  }
  return std::string_view::npos;
}

// `name:type`; the last colon outside brackets divides, since names may hold colons and types may not.
Result<Column> ParseColumn(std::string_view item, size_t number) {
  if (item.empty()) {
    return Status::Invalid("column ", number, " is empty\nfix: write name:type,name:type, without a comma at the end");
  }
  size_t colon = std::string_view::npos;
  for (size_t at = FindOutsideBrackets(item, ':', 0); at != std::string_view::npos;
       at = FindOutsideBrackets(item, ':', at + 1)) {
    colon = at;
  }
  if (colon == std::string_view::npos) {
    return Status::Invalid("column ", number, " has no type: '", item, "'\nfix: write ", item,
                           ":TYPE (a name that holds a comma or a bracket needs a schema file)");
  }
  Column column;
  column.name = Trim(item.substr(0, colon));
  Result<DataType> type = ParseType(item.substr(colon + 1));
  if (!type.ok()) {
    return type.status().WithMessage("column ", number, ", '", column.name, "': ", type.status().message());
  }
  column.type = *std::move(type);
  return column;
}

}  // namespace

Result<DataType> ParseType(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  if (trimmed.empty()) return Status::Invalid("there is no type\nfix: write one of: ", kTypeList);
  ARROW_ASSIGN_OR_RAISE(const Spelling spelling, CutSpelling(trimmed));
  for (const auto& [name, kind] : kKinds) {
    if (name != spelling.name) continue;
    DataType type;
    type.kind = kind;
    ARROW_RETURN_NOT_OK(ParseParameters(spelling, &type));
    return type;
  }
  return UnknownType(spelling.name);
}

std::string TypeName(const DataType& type) {
  std::string name(kKinds[static_cast<size_t>(type.kind)].first);
  const std::string unit(kUnitNames[static_cast<size_t>(type.unit)]);
  switch (type.kind) {
    case TypeKind::kDecimal:
      return name + "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::kTimestamp:
      return name + "[" + unit + (type.zone.empty() ? "" : ", " + type.zone) + "]";
    case TypeKind::kTime:
    case TypeKind::kDuration:
      return name + "[" + unit + "]";
    case TypeKind::kDictionary:
      return name + "(string)";
    default:
      return name;
  }
}

Result<Schema> ParseColumns(std::string_view text) {
  Schema schema;
  for (size_t begin = 0; begin != std::string_view::npos;) {
    const size_t comma = FindOutsideBrackets(text, ',', begin);
    const std::string_view item = Trim(text.substr(begin, comma - begin));
    ARROW_ASSIGN_OR_RAISE(Column column, ParseColumn(item, schema.columns.size() + 1));
    schema.columns.push_back(std::move(column));
    begin = comma == std::string_view::npos ? comma : comma + 1;
  }
  ARROW_RETURN_NOT_OK(CheckSchema(schema));
  return schema;
}

}  // namespace v0
}  // namespace headrace
