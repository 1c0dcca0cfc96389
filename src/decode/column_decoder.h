#pragma once
// Turns the fields of one column into dense values, validity bits and a list of bad rows.
// Takes: FieldList. Gives: values appended to a ColumnOut, BadValue. Owns: nothing; the caller owns all memory.
// Threads: a ColumnDecoder is immutable and shared. Fails: never; a bad value is listed and left null.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "decode/local_zone.h"
#include "decode/number_text.h"
#include "decode/strict.h"
#include "decode/time_pattern.h"
#include "decode/values.h"
#include "headrace/reject.h"
#include "headrace/types.h"
#include "parse/field_list.h"
#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {

/// What the values of a column have told of its type so far.
struct ToldValues {
  ToldNumbers numbers;                           ///< of integers and fractions
  uint32_t classes = 0;                          ///< bits by ValueClass, of the others
  uint32_t groupings = 1;                        ///< bits by Grouping
  bool has_nanos = false, beyond_nanos = false;  ///< of timestamps
  ValueClass latest = ValueClass::kText;         ///< of the latest value that no kernel took in
  uint8_t null_word_bytes = 0;                   ///< of the latest spelling of null
  char null_word[16];
};

/// Where a column's values go. The caller guarantees room before each call: for `size` more rows of
/// values (plus one offset), of validity words, and for variable-width kinds for as many bytes as the
/// fields of the list hold together, plus kSlack bytes behind each buffer.
struct ColumnOut {
  static constexpr int64_t kSlack = 128;  ///< seven values of 16 bytes, and more: kernels write whole eights
  uint8_t* values = nullptr;
  char* bytes = nullptr;
  uint64_t* validity = nullptr;  ///< bits at and after `rows` are 0 or unspecified; the decoder sets them
  int64_t rows = 0;
  int64_t num_values = 0;
  int64_t num_bytes = 0;
  ToldValues told;  ///< where only telling values are kept
};

/// A field that is not a value of its column's type (or a null where nulls are not allowed).
struct BadValue {
  uint32_t row = 0;  ///< in the window
  RejectKind kind = RejectKind::kBadInteger;
};

/// Room for the bad values of one call; `capacity` is at least the rows of the list.
struct BadValueList {
  BadValue* data = nullptr;
  uint32_t size = 0;
};

/// What the decoder must know about a column.
struct ColumnSpec {
  DataType type;
  Format format;                          ///< `pattern` compiles
  std::vector<std::string> nulls = {""};  ///< spellings of null
  bool no_nulls = false;                  ///< a null is a bad value
  std::shared_ptr<const LocalZone> zone;  ///< where NeedsZone(type)
  bool strict = false;                    ///< inferred: what does not give its text back is a bad value
  /// Binary columns: keep the values alone that tell something new of the column's type; the others are null, and so is
  /// what is spelled like a null in quotes. Numbers have the marks of `format`.
  bool telling_only = false;

  /// Of a zone the same object.
  bool operator==(const ColumnSpec&) const = default;
};

/// Scratch for one call, owned by the worker: as many entries as a window can have rows, and FieldList::kPadding.
struct DecodeScratch {
  uint32_t* rows = nullptr;   ///< those that are not null, in order
  uint32_t* begin = nullptr;  ///< of their fields
  uint32_t* end = nullptr;
};

/// The fields of a list that are not null, in order: field i stands in row rows[i], at text[begin[i], end[i]). Behind
/// the last field it is repeated, as in a FieldList.
struct PresentFields {
  const FieldList& list;
  const uint32_t* rows = nullptr;
  const uint32_t* begin = nullptr;
  const uint32_t* end = nullptr;
  uint32_t size = 0;
};

/// What converters must know of a column beyond its kind.
struct ConvertRules {
  const Kernels* kernels = nullptr;
  TimestampRules timestamp;
  TimePattern pattern;
  NumberRules numbers;
  std::vector<std::pair<std::string, uint8_t>> bool_words;  ///< in place of the default spellings
  TimeUnit unit = TimeUnit::kMilli;
  int precision = 0;
  int scale = 0;
};

/// Append the values of a list's fields that are not null; list those that are bad. `out->rows` is still the number of
/// rows before the list.
using ConvertFn = void (*)(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad);

class ColumnDecoder {
 public:
  explicit ColumnDecoder(const ColumnSpec& spec);

  /// Append the list's rows to `out`, in order. A bad value becomes a null row in `out` and an entry in `bad`
  /// (ascending rows). Allocates nothing, throws nothing.
  void Decode(const FieldList& fields, const DecodeScratch& scratch, ColumnOut* out, BadValueList* bad) const;

  const ColumnSpec& spec() const { return spec_; }
  const DataType& type() const { return spec_.type; }
  /// Whether values are the very bytes of the file.
  bool keeps_raw_bytes() const {
    return spec_.type.kind == TypeKind::kBinary && spec_.format.bytes == BytesFormat::kRaw && !spec_.telling_only;
  }

 private:
  bool IsNull(const FieldList& fields, uint32_t row) const;
  bool HasNoNulls(const FieldList& fields) const;
  PresentFields FindNulls(const FieldList& fields, const DecodeScratch& scratch, ColumnOut* out) const;
  uint64_t MayBeLoose(const FieldBlock& block) const;
  void RefuseLoose(const DecodeScratch& scratch, PresentFields* fields, ColumnOut* out, BadValueList* bad) const;

  ColumnSpec spec_;
  ConvertRules rules_;
  bool only_empty_is_null_ = true;
  bool quoted_may_be_null_ = true;  ///< not in string, binary and dictionary columns that keep all values
  uint64_t null_lengths_ = 0;       ///< bit i: a null spelling has i bytes; bit 63: 63 or more
  ConvertFn convert_ = nullptr;
};

/// How much of a column there is.
struct ColumnMark {
  int64_t rows = 0;
  int64_t num_values = 0;
  int64_t num_bytes = 0;
};

inline ColumnMark MarkOf(const ColumnOut& column) { return {column.rows, column.num_values, column.num_bytes}; }

/// Undo what calls since `mark` appended. (What their values have told stays told.)
inline void Rollback(const ColumnMark& mark, ColumnOut* out) {
  out->rows = mark.rows;
  out->num_values = mark.num_values;
  out->num_bytes = mark.num_bytes;
}

}  // namespace v0
}  // namespace headrace
