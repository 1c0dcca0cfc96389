// The converter of the pass that infers types: it keeps the values that tell something that no value before them in
// the column has told, byte by byte as they stand, and makes the others null.
#include <bit>
#include <cstring>
#include <string_view>

#include "decode/converters.h"

namespace headrace {
inline namespace v0 {
namespace {

struct ByteSet {
  bool has[256] = {};
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) has[static_cast<unsigned char>(c)] = true;
  }
};
// All that a number, a date or a time may hold; and the same with other marks in numbers.
constexpr ByteSet kNumberBytes("0123456789+-.:eETtZz ");
constexpr ByteSet kMarkedNumberBytes("0123456789+-.:eETtZz ,'_\xC2\xA0\xE2\x80\xAF\x99");

// Whether a text begins like one of the words that are not text: bools, spellings of null, inf and nan.
bool MayBeWord(std::string_view text) {
  constexpr size_t kLongest = 9;  // -infinity
  if (text.size() > kLongest) return false;
  if (text.size() == 1) return text[0] == '-' || text[0] == '?';
  const char second = static_cast<char>(text[1] | 0x20);
  switch (text[0] | 0x20) {
    case 't':
      return second == 'r';
    case 'f':
      return second == 'a';
    case 'i':
      return second == 'n';
    case 'n':
      return second == 'a' || second == 'u' || second == 'i' || second == 'o' || second == '/';
    default:
      return text[0] == '#' || text[0] == '\\' || text[0] == '-';
  }
}

// False: not known. Numbers, dates and times hold the bytes of `number_bytes`.
bool IsSurelyText(std::string_view text, const ByteSet& number_bytes) {
  if (text.size() > kMaxTypedBytes) return true;
  if (MayBeWord(text)) return false;
  for (const char c : text) {
    if (!number_bytes.has[static_cast<unsigned char>(c)]) return true;
  }
  return false;
}

constexpr uint32_t BitOf(ValueClass value_class) { return uint32_t{1} << static_cast<int>(value_class); }
static_assert(ToldValues().groupings == 1 << static_cast<int>(Grouping::kShort));
constexpr uint32_t BitOf(Grouping grouping) { return uint32_t{1} << static_cast<int>(grouping); }

bool IsTimeClass(ValueClass value_class) {
  return value_class == ValueClass::kTimestamp || value_class == ValueClass::kInstant ||
         value_class == ValueClass::kTime;
}

// Takes in values, and knows by those before them whether they tell something new.
class Teller {
 public:
  Teller(const ConvertRules& rules, ToldValues* told)
      : rules_(rules.numbers),
        kernels_(*rules.kernels),
        number_bytes_(rules_.plain() ? kNumberBytes : kMarkedNumberBytes),
        told_(*told) {}

  /// Take in one value. Return whether it tells something new.
  bool Take(std::string_view text) {
    if (!text.empty() && text == std::string_view(told_.null_word, told_.null_word_bytes)) return false;
    if (HasText() && IsSurelyText(text, number_bytes_)) return false;
    const Classified found = Classify(text, rules_);
    if (found.value_class == ValueClass::kNullWord) {
      told_.null_word_bytes = static_cast<uint8_t>(text.copy(told_.null_word, sizeof told_.null_word));
      return true;
    }
    told_.latest = found.value_class;
    return TakeClass(found);
  }

  bool HasText() const { return Has(ValueClass::kText); }

  /// Take in a block by a kernel, if one is made for values like the latest. Return the mask of the fields that Take
  /// must look at; `*telling` is the mask of those that tell something new.
  uint64_t TakeBlock(const FieldBlock& block, uint64_t* telling) {
    *telling = 0;
    switch (told_.latest) {
      case ValueClass::kInteger:
      case ValueClass::kDecimal:
        if (kernels_.find_telling_numbers != nullptr) return TakeNumbers(block, telling);
        break;
      case ValueClass::kDate:
        if (kernels_.read_dates != nullptr) return TakeDates(block);
        break;
      case ValueClass::kTimestamp:
        if (kernels_.read_timestamps != nullptr) return TakeTimestamps(block, Zulu::kNone);
        break;
      case ValueClass::kInstant:
        if (kernels_.read_timestamps != nullptr) return TakeTimestamps(block, Zulu::kMust);
        break;
      default:
        break;
    }
    return ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
  }

 private:
  bool Has(ValueClass value_class) const { return (told_.classes & BitOf(value_class)) != 0; }

  uint64_t TakeNumbers(const FieldBlock& block, uint64_t* telling) {
    const ToldNumbers before = told_.numbers;
    const uint64_t rest = kernels_.find_telling_numbers(block, &told_.numbers, telling);
    const bool given_back =
        told_.numbers.integer_digits + told_.numbers.fraction_digits < 16 || GivesAllBack(block, rest);
    if (given_back && (rest == 0 || *telling == 0)) return rest;
    // What is told first depends on the order of the rows; and what no double gives back is no fraction to the kernel.
    told_.numbers = before;
    *telling = 0;
    return ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
  }

  // Whether the nearest doubles are the fields' numbers, but for those of `others`.
  bool GivesAllBack(const FieldBlock& block, uint64_t others) const {
    alignas(64) double values[FieldBlock::kMaxFields];
    if (kernels_.read_numbers<double>() == nullptr) return false;
    for (uint64_t rest = ReadStrictDoubles(block, kernels_, values) & ~others; rest != 0; rest &= rest - 1) {
      const int i = std::countr_zero(rest);
      const char *begin = block.text + block.begin[i], *end = block.text + block.end[i];
      if (!ParseFloat64(begin, end, &values[i]).ok() || !GivesBack(begin, end, values[i])) return false;
    }
    return true;
  }

  uint64_t TakeDates(const FieldBlock& block) {
    alignas(64) int32_t unused[FieldBlock::kMaxFields];
    return kernels_.read_dates(block, unused);
  }

  // Where there are nanoseconds, what they do not hold is outside of the kernel's shape.
  uint64_t TakeTimestamps(const FieldBlock& block, Zulu zulu) {
    alignas(64) int64_t values[FieldBlock::kMaxFields];
    uint64_t rest = kernels_.read_timestamps(block, told_.has_nanos ? 9 : 6, zulu, values);
    if (told_.has_nanos || told_.beyond_nanos) return rest;
    for (uint32_t i = 0; i < block.size; i++) rest |= uint64_t{IsBeyondNanos(values[i])} << i;
    return rest;
  }

  bool TakeClass(const Classified& found) {
    const bool is_integer = found.value_class == ValueClass::kInteger;
    const bool is_decimal = found.value_class == ValueClass::kDecimal;
    const bool known = is_integer   ? told_.numbers.integers
                       : is_decimal ? told_.numbers.decimals
                                    : Has(found.value_class);
    const bool more = found.value_class != ValueClass::kText && HasMore(found);
    if (known && !more) return false;
    told_.classes |= BitOf(found.value_class);
    told_.numbers.integers |= is_integer;
    told_.numbers.decimals |= is_decimal;
    if (found.value_class == ValueClass::kText) return true;
    if (IsTimeClass(found.value_class)) {
      told_.has_nanos |= found.fraction_digits > 6;
      told_.beyond_nanos |= found.beyond_nanos;
      return true;
    }
    told_.groupings |= BitOf(found.grouping);
    told_.numbers.negative |= found.negative;
    told_.numbers.integer_digits = std::max(told_.numbers.integer_digits, found.integer_digits);
    told_.numbers.fraction_digits = std::max(told_.numbers.fraction_digits, found.fraction_digits);
    return true;
  }

  // Of times only matters whether microseconds hold them, and whether nanoseconds do.
  bool HasMore(const Classified& found) const {
    if (IsTimeClass(found.value_class)) {
      return (found.fraction_digits > 6 && !told_.has_nanos) || (found.beyond_nanos && !told_.beyond_nanos);
    }
    return (found.negative && !told_.numbers.negative) || (told_.groupings & BitOf(found.grouping)) == 0 ||
           found.integer_digits > told_.numbers.integer_digits || found.fraction_digits > told_.numbers.fraction_digits;
  }

  const NumberRules& rules_;
  const Kernels& kernels_;
  const ByteSet& number_bytes_;
  ToldValues& told_;
};

class TellingValues {
 public:
  TellingValues(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out)
      : fields_(fields), out_(out), has_marks_(!rules.numbers.plain()), teller_(rules, &out->told) {
    const uint32_t rows = fields.list.size;
    for (uint32_t first = 0; first < rows; first += 64) {
      PutBits(0, std::min(64U, rows - first), out->rows + first, out->validity);
    }
  }

  /// Take in the fields from `first` on.
  void TakeBlock(const FieldBlock& block, uint32_t first) {
    uint64_t rest = ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
    if (!has_marks_ && fields_.list.escaped == nullptr) {  // kernels see no marks, doubled quotes and escapes
      uint64_t telling;
      rest = teller_.TakeBlock(block, &telling);
      for (; telling != 0; telling &= telling - 1) Keep(first + static_cast<uint32_t>(std::countr_zero(telling)));
    }
    for (; rest != 0; rest &= rest - 1) TakeOne(first + static_cast<uint32_t>(std::countr_zero(rest)));
  }

  void TakeOne(uint32_t field) {
    if (fields_.list.is_escaped(fields_.rows[field])) [[unlikely]] {
      TakeEscaped(field);
    } else if (teller_.Take(TextOf(field))) {
      Keep(field);
    }
  }

 private:
  void TakeEscaped(uint32_t field) {
    if (teller_.HasText()) return;
    char unescaped[kMaxTypedBytes];
    const std::string_view raw = TextOf(field);
    const bool is_short = raw.size() <= sizeof unescaped;
    const std::string_view text(unescaped, is_short ? CopyUnescaped(fields_.list, fields_.rows[field], unescaped) : 0);
    const std::string_view kept = is_short ? EscapedAsText(text, raw) : raw;
    if (teller_.Take(kept)) Keep(field, kept);
  }

  std::string_view TextOf(uint32_t field) const {
    return {fields_.list.text + fields_.begin[field], fields_.end[field] - fields_.begin[field]};
  }

  void Keep(uint32_t field) { Keep(field, TextOf(field)); }
  void Keep(uint32_t field, std::string_view text) {
    std::memcpy(out_->bytes + out_->num_bytes, text.data(), text.size());
    out_->num_bytes += static_cast<int64_t>(text.size());
    out_->num_values++;
    reinterpret_cast<int32_t*>(out_->values)[out_->num_values] = static_cast<int32_t>(out_->num_bytes);
    const int64_t bit = out_->rows + fields_.rows[field];
    out_->validity[bit >> 6] |= uint64_t{1} << (bit & 63);
  }

  const PresentFields& fields_;
  ColumnOut* out_;
  const bool has_marks_;
  Teller teller_;
};

void ConvertTelling(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList*) {
  // One value alone shows what the others may be like.
  const bool is_first = out->num_values == 0 && fields.size > 0;
  TellingValues values(rules, fields, out);
  if (is_first) values.TakeOne(0);
  for (uint32_t first = 0; first < fields.size; first += FieldBlock::kMaxFields) {
    values.TakeBlock(BlockOf(fields, first), first);
  }
}

}  // namespace

ConvertFn TellingConverter() { return ConvertTelling; }

}  // namespace v0
}  // namespace headrace
