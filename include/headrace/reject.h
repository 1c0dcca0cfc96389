#pragma once
// What is wrong with a record, and where. Gives: RejectKind, Reject. No Arrow here.
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace {
inline namespace v0 {

/// The closed list of reasons for a reject. Structural faults come first; the others are bad values.
enum class RejectKind : uint8_t {
  kTooFewFields,
  kTooManyFields,
  kTextAfterQuote,  ///< text between a closing quote and the next delimiter
  kQuoteInField,    ///< a quote inside an unquoted field
  kUnclosedQuote,   ///< the file ends inside quotes
  kRecordTooLong,   ///< longer than --max-record-bytes
  kDamagedFile,     ///< the rest of a file that could not be read to its end
  kNullNotAllowed,  ///< an empty field or null spelling under --no-nulls
  kBadBool,
  kBadInteger,
  kOutOfRange,  ///< wider than its type, or beyond the range of the unit
  kBadFloat,
  kFloatRange,  ///< overflow to infinity, or underflow of a non-zero value to zero
  kBadDecimal,
  kDigitsBeyondScale,  ///< more fraction digits than the decimal's scale or the time's unit
  kBadDate,
  kBadTime,
  kBadTimestamp,
  kUnexpectedOffset,  ///< a zone offset in a column without a zone
  kAmbiguousTime,     ///< a local time that the column's zone has twice
  kNonexistentTime,   ///< a local time that the column's zone skips
  kInvalidUtf8,
  kBadUuid,
  kBadBinary,  ///< not the hex digits or base64 that the column's format asks for
  kLooseText   ///< a strict column's value would not give the text back: a needless zero or sign, too many digits
};

/// Return true for a fault of the record rather than of one value.
constexpr bool IsStructural(RejectKind kind) { return kind <= RejectKind::kDamagedFile; }

/// Return the kind's name as it stands in the rejects table, such as "too_few_fields".
std::string_view RejectKindName(RejectKind kind);

/// Return the kind's explanation for a person, such as "fewer fields than the schema has columns".
std::string_view RejectKindReason(RejectKind kind);

/// One row of the rejects table: one for each bad value, one for each structural fault.
struct Reject {
  int32_t file = 0;          ///< index of the input file
  int64_t record = 0;        ///< data record in that file, from 1
  int64_t line = 0;          ///< physical line (LF-based) where the record begins, from 1
  int64_t offset = 0;        ///< byte of the record in the decompressed text
  int64_t field_offset = 0;  ///< byte of the field (or of the opening quote) in the same text
  int32_t column = -1;       ///< index in the schema's columns, -1 where no column is meant
  RejectKind kind = RejectKind::kTooFewFields;
  bool record_rejected = true;  ///< false: the value was nulled and its record kept
  int64_t raw_length = 0;       ///< bytes of the whole record, terminator left out
  std::string raw;              ///< the record, capped at kMaxRawBytes
};

/// Records that break a rule and were rows all the same, because the dialect says how to read them; whatever became of
/// their values.
struct Bent {
  int64_t padded = 0;     ///< with too few fields
  int64_t truncated = 0;  ///< with too many, some of them left out
  int64_t collected = 0;  ///< with too many, the rest of the text in the last one
  int64_t lenient = 0;    ///< with quotes that lenient rules took for ordinary bytes

  Bent& operator+=(const Bent& more) {
    padded += more.padded;
    truncated += more.truncated;
    collected += more.collected;
    lenient += more.lenient;
    return *this;
  }
  bool operator==(const Bent&) const = default;
};

/// Rejects keep at most this many bytes of a record.
inline constexpr int64_t kMaxRawBytes = 4096;

}  // namespace v0
}  // namespace headrace
