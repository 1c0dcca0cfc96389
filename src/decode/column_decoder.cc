#include "decode/column_decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "decode/converters.h"
#include "parse/field_index.h"

namespace headrace {
inline namespace v0 {
namespace {

// The converter of a column whose text is not the default of its type; nullptr for the others.
ConvertFn PickFormatConverter(const ColumnSpec& spec, const ConvertRules& rules) {
  const Format& format = spec.format;
  const TypeKind kind = spec.type.kind;
  if (IsNumber(kind)) return rules.numbers.plain() ? nullptr : NumberConverter(kind);
  if (kind == TypeKind::kBool) return rules.bool_words.empty() ? nullptr : BoolWordConverter();
  if (kind == TypeKind::kBinary) return format.bytes == BytesFormat::kRaw ? nullptr : BytesConverter(format.bytes);
  if (format.time == TimeFormat::kPattern) return PatternConverter(spec.type);
  if (format.time != TimeFormat::kIso8601) return nullptr;
  if (kind == TypeKind::kDate) return IsoDateConverter();
  return kind == TypeKind::kTime ? IsoTimeConverter(spec.type.unit) : nullptr;
}

ConvertFn PickConverter(const ColumnSpec& spec, const ConvertRules& rules) {
  const Kernels& kernels = *rules.kernels;
  if (spec.telling_only) return TellingConverter();
  if (const ConvertFn convert = PickFormatConverter(spec, rules)) return convert;
  switch (spec.type.kind) {
    case TypeKind::kBool:
      return BoolConverter();
    case TypeKind::kUuid:
      return UuidConverter(spec.format.braced);
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
      if (spec.strict && spec.type.kind == TypeKind::kFloat64) return StrictFloatConverter(kernels);
      return FloatConverter(spec.type.kind, kernels);
    case TypeKind::kDecimal:
      return DecimalConverter(rules.scale, kernels);
    case TypeKind::kString:
    case TypeKind::kBinary:
    case TypeKind::kDictionary:
      return TextConverter(spec.type.kind);
    case TypeKind::kDate:
      return DateConverter(kernels);
    case TypeKind::kTime:
      return TimeConverter(spec.type.unit);
    case TypeKind::kTimestamp:
      return TimestampConverter(rules.timestamp, kernels);
    case TypeKind::kDuration:
      return IntegerConverter(TypeKind::kInt64, kernels);
    default:
      return IntegerConverter(spec.type.kind, kernels);
  }
}

uint32_t LengthClass(size_t length) { return static_cast<uint32_t>(std::min<size_t>(length, 63)); }

// Compare a field with a spelling, as FieldBytes reads it.
bool EqualsUnescaped(const FieldList& fields, uint32_t row, const std::string& spelling) {
  FieldBytes bytes(fields, row);
  for (const char c : spelling) {
    if (bytes.done() || bytes.Next() != c) return false;
  }
  return bytes.done();
}

// Row i of lists without nulls.
constexpr std::array<uint32_t, FieldIndex::kMaxRows> kEveryRow = [] {
  std::array<uint32_t, FieldIndex::kMaxRows> rows{};
  for (uint32_t i = 0; i < FieldIndex::kMaxRows; i++) rows[i] = i;
  return rows;
}();

bool NoneIsEmpty(const FieldList& fields) {
  for (uint32_t first = 0, count = 64; first < fields.size; first += count, count = fields.size) {
    const uint32_t end = std::min(first + count, fields.size);  // of a few fields first, then of all
    uint32_t shortest = 1;
    for (uint32_t i = first; i < end; i++) shortest = std::min(shortest, fields.end[i] - fields.begin[i]);
    if (shortest == 0) return false;
  }
  return true;
}

bool AllQuoted(const FieldList& fields) {
  for (uint32_t first = 0; first < fields.size; first += 64) {
    const uint64_t all = ~uint64_t{0} >> (64 - std::min(64U, fields.size - first));
    if ((fields.quoted[first >> 6] & all) != all) return false;
  }
  return true;
}

// Add the null rows among `size` rows to the value faults from `first` on, in order: a row whose validity bit is 0
// is either in the list already or null.
void MergeNulls(uint32_t size, uint32_t num_nulls, uint32_t first, const ColumnOut& out, BadValueList* bad) {
  uint32_t from = bad->size, to = bad->size + num_nulls;
  bad->size = to;
  for (uint32_t row = size; to > from; row--) {
    const int64_t bit = out.rows + row - 1;
    if (out.validity[bit >> 6] >> (bit & 63) & 1) continue;
    const bool listed = from > first && bad->data[from - 1].row == row - 1;
    bad->data[--to] = listed ? bad->data[--from] : BadValue{row - 1, RejectKind::kNullNotAllowed};
  }
}

}  // namespace

ColumnDecoder::ColumnDecoder(const ColumnSpec& spec) : spec_(spec) {
  rules_.kernels = &ActiveKernels();
  only_empty_is_null_ = spec_.nulls.size() == 1 && spec_.nulls[0].empty();
  quoted_may_be_null_ = !IsVariableWidth(spec_.type.kind) || spec_.telling_only;
  for (const std::string& spelling : spec_.nulls) null_lengths_ |= uint64_t{1} << LengthClass(spelling.size());
  rules_.unit = spec_.type.unit;
  rules_.precision = spec_.type.precision;
  rules_.scale = spec_.type.scale;
  if (spec_.type.kind == TypeKind::kTimestamp) {
    rules_.timestamp = MakeTimestampRules(spec_.type, spec_.format, spec_.zone.get());
  }
  if (IsNumber(spec_.type.kind) || spec_.telling_only) rules_.numbers = MakeNumberRules(spec_.type, spec_.format);
  if (spec_.format.time == TimeFormat::kPattern) {
    CompilePattern(spec_.format.pattern, spec_.type.kind, &rules_.pattern);
  }
  for (const std::string& word : spec_.format.true_values) rules_.bool_words.emplace_back(word, uint8_t{1});
  for (const std::string& word : spec_.format.false_values) rules_.bool_words.emplace_back(word, uint8_t{0});
  convert_ = PickConverter(spec_, rules_);
}

bool ColumnDecoder::IsNull(const FieldList& fields, uint32_t row) const {
  if (!quoted_may_be_null_ && fields.is_quoted(row)) return false;
  const char* text = fields.text + fields.begin[row];
  const uint32_t length = fields.end[row] - fields.begin[row];
  // With an escape, a spelling such as \N is that of the bytes, outside quotes.
  const bool escaped = fields.is_escaped(row) && (!fields.escape || fields.is_quoted(row));
  if (!escaped && !(null_lengths_ >> LengthClass(length) & 1)) return false;
  for (const std::string& spelling : spec_.nulls) {
    if (escaped) {
      if (EqualsUnescaped(fields, row, spelling)) return true;
    } else if (spelling.size() == length && std::memcmp(spelling.data(), text, length) == 0) {
      return true;
    }
  }
  return false;
}

// Whether it is quick to see that no field is null.
bool ColumnDecoder::HasNoNulls(const FieldList& fields) const {
  if (fields.size > kEveryRow.size()) return false;
  if (spec_.nulls.empty()) return true;
  if (!quoted_may_be_null_ && fields.quoted != nullptr) return AllQuoted(fields);
  return only_empty_is_null_ && (fields.none_empty || NoneIsEmpty(fields));
}

PresentFields ColumnDecoder::FindNulls(const FieldList& fields, const DecodeScratch& scratch, ColumnOut* out) const {
  if (HasNoNulls(fields)) {
    for (uint32_t first = 0; first < fields.size; first += 64) {
      const uint32_t count = std::min(64U, fields.size - first);
      PutBits(~uint64_t{0} >> (64 - count), count, out->rows + first, out->validity);
    }
    return {fields, kEveryRow.data(), fields.begin, fields.end, fields.size};
  }
  const bool keeps_quoted = !quoted_may_be_null_ && fields.quoted != nullptr;
  const FindPresentFn find_present = rules_.kernels->find_present;
  PresentLists present{scratch.rows, scratch.begin, scratch.end};
  const auto append = [&](uint32_t row, bool is_present) {
    present.rows[present.size] = row;
    present.begin[present.size] = fields.begin[row];
    present.end[present.size] = fields.end[row];
    present.size += is_present;
    return uint64_t{is_present};
  };
  for (uint32_t first = 0; first < fields.size; first += 64) {
    const uint32_t count = std::min(64U, fields.size - first);
    const uint64_t all = ~uint64_t{0} >> (64 - count);
    const uint64_t quoted = keeps_quoted ? fields.quoted[first >> 6] & all : 0;
    // Where only an empty field can be null, there is no look at the text; nor where all are quoted and so not null.
    const bool by_length = only_empty_is_null_ && quoted == 0;
    uint64_t bits = 0;
    if (quoted == all) {
      for (uint32_t i = 0; i < count; i++) append(first + i, true);
      bits = all;
    } else if (by_length && find_present != nullptr) {
      bits = find_present(fields.begin, fields.end, first, count, &present);
    } else {
      for (uint32_t i = 0; i < count; i++) {
        const uint32_t row = first + i;
        bits |= append(row, by_length ? fields.begin[row] != fields.end[row] : !IsNull(fields, row)) << i;
      }
    }
    PutBits(bits, count, out->rows + first, out->validity);
  }
  PadList(present.begin, present.size);
  PadList(present.end, present.size);
  return {fields, present.rows, present.begin, present.end, present.size};
}

// The mask of the fields that IsLoose must look at.
uint64_t ColumnDecoder::MayBeLoose(const FieldBlock& block) const {
  const FindTellingNumbersFn find_telling = rules_.kernels->find_telling_numbers;
  if (find_telling != nullptr && IsNumber(spec_.type.kind) && rules_.numbers.plain()) {
    constexpr int32_t kAny = std::numeric_limits<int32_t>::max();
    ToldNumbers any{true, true, true, kAny, kAny};
    uint64_t telling, negative = 0;
    const uint64_t outside = find_telling(block, &any, &telling);
    for (uint32_t i = 0; IsUnsigned(spec_.type.kind) && i < block.size; i++) {
      negative |= uint64_t{block.text[block.begin[i]] == '-'} << i;
    }
    return outside | negative;
  }
  return ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
}

// Take the loose texts out of `fields` and list them as bad. Where there are any, what remains lies in `scratch`.
void ColumnDecoder::RefuseLoose(const DecodeScratch& scratch, PresentFields* fields, ColumnOut* out,
                                BadValueList* bad) const {
  uint32_t kept = 0;
  for (uint32_t first = 0; first < fields->size; first += FieldBlock::kMaxFields) {
    const FieldBlock block = BlockOf(*fields, first);
    uint64_t loose = 0;
    for (uint64_t rest = MayBeLoose(block); rest != 0; rest &= rest - 1) {
      const int i = std::countr_zero(rest);
      if (!IsLoose(spec_.type, rules_.numbers, {block.text + block.begin[i], block.end[i] - block.begin[i]})) continue;
      loose |= uint64_t{1} << i;
      NoteBad(fields->rows[first + static_cast<uint32_t>(i)], RejectKind::kLooseText, out, bad);
    }
    if (loose == 0 && kept == first) {
      kept += block.size;
      continue;
    }
    if (kept == first && fields->begin != scratch.begin) {
      std::copy_n(fields->rows, kept, scratch.rows);
      std::copy_n(fields->begin, kept, scratch.begin);
      std::copy_n(fields->end, kept, scratch.end);
    }
    for (uint32_t i = first; i < first + block.size; i++) {
      scratch.rows[kept] = fields->rows[i];
      scratch.begin[kept] = fields->begin[i];
      scratch.end[kept] = fields->end[i];
      kept += ~loose >> (i - first) & 1;
    }
  }
  if (kept == fields->size) return;
  PadList(scratch.begin, kept);
  PadList(scratch.end, kept);
  fields->rows = scratch.rows;
  fields->begin = scratch.begin;
  fields->end = scratch.end;
  fields->size = kept;
}

void ColumnDecoder::Decode(const FieldList& fields, const DecodeScratch& scratch, ColumnOut* out,
                           BadValueList* bad) const {
  const uint32_t first_bad = bad->size;
  PresentFields present = FindNulls(fields, scratch, out);
  const uint32_t num_nulls = fields.size - present.size;
  if (spec_.strict) RefuseLoose(scratch, &present, out, bad);
  const bool has_loose = bad->size > first_bad;
  convert_(rules_, present, out, bad);
  if (has_loose) [[unlikely]] {
    std::sort(bad->data + first_bad, bad->data + bad->size,
              [](const BadValue& a, const BadValue& b) { return a.row < b.row; });
  }
  if (spec_.no_nulls && num_nulls > 0) [[unlikely]] {
    MergeNulls(fields.size, num_nulls, first_bad, *out, bad);
  }
  out->rows += fields.size;
}

}  // namespace v0
}  // namespace headrace
