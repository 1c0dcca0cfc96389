// The converter of the pass that infers types: of a window's values it keeps those that tell something that no value
// before them has told, byte by byte as they stand, and makes the others null.
#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "decode/converters.h"
#include "decode/strict.h"
#include "simd/telling_numbers.h"

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
constexpr uint32_t BitOf(Grouping grouping) { return uint32_t{1} << static_cast<int>(grouping); }

bool IsTimeClass(ValueClass value_class) {
  return value_class == ValueClass::kTimestamp || value_class == ValueClass::kInstant ||
         value_class == ValueClass::kTime;
}

// What the values of a window have told of their column so far.
class Told {
 public:
  explicit Told(const NumberRules& rules)
      : rules_(rules), number_bytes_(rules.plain() ? kNumberBytes : kMarkedNumberBytes) {}

  /// Take in one value. Return whether it tells something new.
  bool Take(std::string_view text) {
    if (!null_word_.empty() && text == null_word_) return false;
    if (Has(ValueClass::kText) && IsSurelyText(text, number_bytes_)) return false;
    const Classified found = Classify(text, rules_);
    if (found.value_class == ValueClass::kNullWord) {
      null_word_ = text;
      return true;
    }
    latest_ = found.value_class;
    return TakeClass(found);
  }

  /// Take in a block by a kernel, if one is made for values like the latest. Return the mask of the fields that Take
  /// must look at; `*telling` is the mask of those that tell something new.
  uint64_t TakeBlock(const FieldBlock& block, uint64_t* telling) {
    *telling = 0;
#if defined(__x86_64__)
    alignas(64) int64_t unused[FieldBlock::kMaxFields];
    switch (latest_) {
      case ValueClass::kInteger:
      case ValueClass::kDecimal:
        return TakeNumbers(block, telling);
      case ValueClass::kDate:
        return ReadDatesAvx2(block, reinterpret_cast<int32_t*>(unused));
      case ValueClass::kTimestamp:
        return ReadTimestampsAvx2(block, has_nanos_ ? 9 : 6, Zulu::kNone, unused);
      case ValueClass::kInstant:
        return ReadTimestampsAvx2(block, has_nanos_ ? 9 : 6, Zulu::kMust, unused);
      default:
        break;
    }
#endif
    return ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
  }

 private:
  bool Has(ValueClass value_class) const { return (classes_ & BitOf(value_class)) != 0; }

#if defined(__x86_64__)
  uint64_t TakeNumbers(const FieldBlock& block, uint64_t* telling) {
    const ToldNumbers before = numbers_;
    const uint64_t rest = FindTellingNumbersAvx2(block, &numbers_, telling);
    if (rest == 0 || *telling == 0) return rest;
    // What is told first depends on the order of the rows.
    numbers_ = before;
    *telling = 0;
    return ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
  }
#endif

  bool TakeClass(const Classified& found) {
    const bool is_integer = found.value_class == ValueClass::kInteger;
    const bool is_decimal = found.value_class == ValueClass::kDecimal;
    const bool known = is_integer ? numbers_.integers : is_decimal ? numbers_.decimals : Has(found.value_class);
    const bool more = found.value_class != ValueClass::kText && HasMore(found);
    if (known && !more) return false;
    classes_ |= BitOf(found.value_class);
    numbers_.integers |= is_integer;
    numbers_.decimals |= is_decimal;
    if (found.value_class == ValueClass::kText) return true;
    if (IsTimeClass(found.value_class)) {
      has_nanos_ |= found.fraction_digits > 6;
      return true;
    }
    groupings_ |= BitOf(found.grouping);
    numbers_.negative |= found.negative;
    numbers_.integer_digits = std::max(numbers_.integer_digits, found.integer_digits);
    numbers_.fraction_digits = std::max(numbers_.fraction_digits, found.fraction_digits);
    return true;
  }

  // Of times only whether microseconds hold them matters.
  bool HasMore(const Classified& found) const {
    if (IsTimeClass(found.value_class)) return found.fraction_digits > 6 && !has_nanos_;
    return (found.negative && !numbers_.negative) || (groupings_ & BitOf(found.grouping)) == 0 ||
           found.integer_digits > numbers_.integer_digits || found.fraction_digits > numbers_.fraction_digits;
  }

  const NumberRules& rules_;
  const ByteSet& number_bytes_;
  uint32_t classes_ = 0;  // of integers and fractions `numbers_` knows
  ToldNumbers numbers_;
  uint32_t groupings_ = BitOf(Grouping::kShort);
  bool has_nanos_ = false;
  ValueClass latest_ = ValueClass::kText;  // of the values that Take looked at
  std::string null_word_;                  // the latest; short, so that it is not allocated
};

class TellingValues {
 public:
  TellingValues(const NumberRules& rules, const FieldList& fields, ColumnOut* out, bool has_kernels)
      : fields_(fields), out_(out), has_kernels_(has_kernels), told_(rules) {
    for (uint32_t first = 0; first < fields.size; first += 64) {
      PutBits(0, std::min(64U, fields.size - first), out->rows + first, out->validity);
    }
  }

  void TakeBlock(const FieldBlock& block, const uint32_t* rows) {
    uint64_t rest = ~uint64_t{0} >> (FieldBlock::kMaxFields - block.size);
    if (has_kernels_ && fields_.escaped == nullptr) {  // kernels do not see doubled quotes and escapes
      uint64_t telling;
      rest = told_.TakeBlock(block, &telling);
      for (; telling != 0; telling &= telling - 1) Keep(rows[std::countr_zero(telling)]);
    }
    for (; rest != 0; rest &= rest - 1) TakeOne(rows[std::countr_zero(rest)]);
  }

 private:
  void TakeOne(uint32_t row) {
    const char* text = fields_.text + fields_.begin[row];
    uint32_t length = fields_.end[row] - fields_.begin[row];
    char unescaped[2 * kMaxTypedBytes];
    if (fields_.is_escaped(row) && length <= sizeof unescaped) [[unlikely]] {
      length = CopyUnescaped(fields_, row, unescaped);
      text = unescaped;
    }
    if (told_.Take({text, length})) Keep(row);
  }

  void Keep(uint32_t row) {
    const char* text = fields_.text + fields_.begin[row];
    const uint32_t length = fields_.end[row] - fields_.begin[row];
    if (fields_.is_escaped(row)) {
      out_->num_bytes += CopyUnescaped(fields_, row, out_->bytes + out_->num_bytes);
    } else {
      std::memcpy(out_->bytes + out_->num_bytes, text, length);
      out_->num_bytes += length;
    }
    out_->num_values++;
    reinterpret_cast<int32_t*>(out_->values)[out_->num_values] = static_cast<int32_t>(out_->num_bytes);
    const int64_t bit = out_->rows + row;
    out_->validity[bit >> 6] |= uint64_t{1} << (bit & 63);
  }

  const FieldList& fields_;
  ColumnOut* out_;
  const bool has_kernels_;
  Told told_;
};

template <bool kKernels>
void ConvertTelling(const ConvertRules& rules, const FieldList& fields, const uint32_t* rows, uint32_t num_rows,
                    ColumnOut* out, BadValueList*) {
  TellingValues values(rules.numbers, fields, out, kKernels && rules.numbers.plain());  // kernels know no marks
  BlockMemory memory;
  for (uint32_t first = 0; first < num_rows;) {
    // One value alone shows what the others may be like.
    const uint32_t size = first == 0 ? 1 : std::min(FieldBlock::kMaxFields, num_rows - first);
    values.TakeBlock(GatherBlock(fields, rows + first, size, &memory), rows + first);
    first += size;
  }
}

}  // namespace

ConvertFn TellingConverter(SimdLevel level) {
  return level == SimdLevel::kPlain ? ConvertTelling<false> : ConvertTelling<true>;
}

}  // namespace v0
}  // namespace headrace
