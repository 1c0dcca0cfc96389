// The names of the closed list of reject kinds, and one sentence for each.
#include <string_view>

#include "headrace/reject.h"

namespace headrace {
inline namespace v0 {
namespace {

struct KindText {
  std::string_view name, reason;
};

constexpr KindText Text(RejectKind kind) {
  switch (kind) {
    case RejectKind::kTooFewFields:
      return {"too_few_fields", "fewer fields than the schema has columns"};
    case RejectKind::kTooManyFields:
      return {"too_many_fields", "more fields than the schema has columns"};
    case RejectKind::kTextAfterQuote:
      return {"text_after_quote", "text between a closing quote and the next delimiter"};
    case RejectKind::kQuoteInField:
      return {"quote_in_field", "a quote inside an unquoted field"};
    case RejectKind::kUnclosedQuote:
      return {"unclosed_quote", "the file ends inside quotes"};
    case RejectKind::kRecordTooLong:
      return {"record_too_long", "the record is longer than the limit"};
    case RejectKind::kDamagedFile:
      return {"damaged_file", "the rest of the file could not be read"};
    case RejectKind::kNullNotAllowed:
      return {"null_not_allowed", "a null where the column allows none"};
    case RejectKind::kBadBool:
      return {"bad_bool", "not one of the column's words for true and false"};
    case RejectKind::kBadInteger:
      return {"bad_integer", "not an integer"};
    case RejectKind::kOutOfRange:
      return {"out_of_range", "the value does not fit the column's type"};
    case RejectKind::kBadFloat:
      return {"bad_float", "not a floating-point number"};
    case RejectKind::kFloatRange:
      return {"float_range", "the number is too large, or too close to zero, for the column's type"};
    case RejectKind::kBadDecimal:
      return {"bad_decimal", "not a decimal number"};
    case RejectKind::kDigitsBeyondScale:
      return {"digits_beyond_scale", "more fraction digits than the column's type holds"};
    case RejectKind::kBadDate:
      return {"bad_date", "not a date in the column's format"};
    case RejectKind::kBadTime:
      return {"bad_time", "not a time of day in the column's format"};
    case RejectKind::kBadTimestamp:
      return {"bad_timestamp", "not a timestamp in the column's format"};
    case RejectKind::kUnexpectedOffset:
      return {"unexpected_offset", "a zone offset in a column without a zone"};
    case RejectKind::kAmbiguousTime:
      return {"ambiguous_time", "a local time that the column's zone has twice, and no offset"};
    case RejectKind::kNonexistentTime:
      return {"nonexistent_time", "a local time that the column's zone skips"};
    case RejectKind::kInvalidUtf8:
      return {"invalid_utf8", "not valid UTF-8"};
    case RejectKind::kLooseText:
      return {"loose_text", "the value in the column's type would not give this text back"};
    case RejectKind::kBadUuid:
      return {"bad_uuid", "not a UUID"};
    case RejectKind::kBadBinary:
      return {"bad_binary", "not bytes in the column's format"};
  }
  return {"unknown", "unknown"};
}

}  // namespace

std::string_view RejectKindName(RejectKind kind) { return Text(kind).name; }
std::string_view RejectKindReason(RejectKind kind) { return Text(kind).reason; }

}  // namespace v0
}  // namespace headrace
