#include "decode/strict.h"

#include <algorithm>
#include <cstring>

#include "decode/values.h"
#include "parse/field_list.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kMaxFloatDigits = 17;   // significant digits that tell all doubles apart
constexpr int kFreeFloatDigits = 15;  // of numbers that every double tells apart
constexpr int kMaxDecimalDigits = 38;
constexpr std::string_view kNullWords[] = {"NA",  "N/A",  "n/a", "#N/A", "NULL", "null", "Null",
                                           "\\N", "None", "nil", "NIL",  "-",    "--",   "?"};
constexpr std::string_view kBools[] = {"true", "false", "True", "False", "TRUE", "FALSE"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A copy with the room around it that the parsers of values ask for.
class Padded {
 public:
  explicit Padded(std::string_view text) : size_(text.size()) {
    std::memcpy(room_ + kTextPadding, text.data(), text.size());
  }
  const char* begin() const { return room_ + kTextPadding; }
  const char* end() const { return begin() + size_; }

 private:
  char room_[kTextPadding + kMaxTypedBytes + kTextPadding] = {};
  size_t size_;
};

// The shape of a number without loose forms.
struct NumberShape {
  bool is_number = false, has_point = false, has_exponent = false, is_zero = true;
  int integer_digits = 0, fraction_digits = 0, significant_digits = 0;
};

NumberShape ShapeOf(std::string_view digits) {
  NumberShape shape;
  size_t at = 0;
  const size_t size = digits.size();
  while (at < size && IsDigit(digits[at])) at++;
  const size_t integer = at;
  if (integer > 1 && digits[0] == '0') return shape;
  if (at < size && digits[at] == '.') {
    shape.has_point = true;
    const size_t point = at++;
    while (at < size && IsDigit(digits[at])) at++;
    shape.fraction_digits = static_cast<int>(at - point - 1);
    if (shape.fraction_digits == 0) return shape;
  }
  if (integer == 0 && !shape.has_point) return shape;
  bool leading = true;
  for (size_t i = 0; i < at; i++) {
    if (digits[i] == '.') continue;
    leading = leading && digits[i] == '0';
    shape.significant_digits += !leading;
  }
  shape.is_zero = leading;
  shape.integer_digits = integer == 1 && digits[0] == '0' ? 0 : static_cast<int>(integer);
  if (at < size && (digits[at] == 'e' || digits[at] == 'E')) {
    shape.has_exponent = true;
    at++;
    if (at < size && (digits[at] == '+' || digits[at] == '-')) at++;
    const size_t first = at;
    while (at < size && IsDigit(digits[at])) at++;
    if (at == first) return shape;
  }
  shape.is_number = at == size;
  return shape;
}

// Whether the nearest double is finite and gives the number back.
bool IsGivenBack(std::string_view text) {
  const Padded padded(text);
  double value;
  return ParseFloat64(padded.begin(), padded.end(), &value).ok() && GivesBack(padded.begin(), padded.end(), value);
}

ValueClass ClassOfInteger(std::string_view digits, bool negative) {
  constexpr std::string_view kFloatMax = "9007199254740992", kMax = "9223372036854775807", kMin = "9223372036854775808",
                             kUnsignedMax = "18446744073709551615";
  const auto at_most = [&](std::string_view limit) {
    return digits.size() < limit.size() || (digits.size() == limit.size() && digits <= limit);
  };
  if (at_most(kFloatMax)) return ValueClass::kInteger;
  if (at_most(negative ? kMin : kMax)) return ValueClass::kLongInteger;
  if (!negative && at_most(kUnsignedMax)) return ValueClass::kUnsignedInteger;
  return digits.size() <= kMaxDecimalDigits ? ValueClass::kHugeInteger : ValueClass::kText;
}

Classified ClassifyNumber(std::string_view text) {
  Classified result;
  result.negative = text[0] == '-';
  const std::string_view digits = text.substr(result.negative ? 1 : 0);
  const NumberShape shape = ShapeOf(digits);
  if (!shape.is_number) return result;
  result.integer_digits = shape.integer_digits;
  result.fraction_digits = shape.fraction_digits;
  if (shape.has_exponent || (result.negative && shape.is_zero)) {
    const bool fits = shape.significant_digits <= kMaxFloatDigits && IsGivenBack(text);
    result.value_class = fits ? ValueClass::kFloat : ValueClass::kText;
  } else if (!shape.has_point) {
    result.value_class = ClassOfInteger(digits, result.negative);
  } else if (shape.significant_digits <= kFreeFloatDigits ||
             (shape.significant_digits <= kMaxFloatDigits && IsGivenBack(text))) {
    result.value_class = ValueClass::kDecimal;
  } else if (shape.integer_digits + shape.fraction_digits <= kMaxDecimalDigits) {
    result.value_class = ValueClass::kLongDecimal;
  }
  return result;
}

int FractionDigits(std::string_view text) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return 0;
  size_t end = point + 1;
  while (end < text.size() && IsDigit(text[end])) end++;
  return static_cast<int>(end - point - 1);
}

bool HasOffset(std::string_view timestamp) {
  const char last = timestamp.back();
  return last == 'Z' || last == 'z' || timestamp.find_first_of("+-", 11) != std::string_view::npos;
}

Classified ClassifyTime(std::string_view text) {
  Classified result;
  const Padded padded(text);
  int32_t day;
  int64_t units;
  result.fraction_digits = FractionDigits(text);
  if (text.size() >= 10 && text[4] == '-') {
    if (text.size() == 10) {
      if (ParseDate(padded.begin(), padded.end(), &day).ok()) result.value_class = ValueClass::kDate;
      return result;
    }
    const bool has_offset = HasOffset(text);
    TimestampRules rules;
    rules.unit = result.fraction_digits > 6 ? TimeUnit::kNano : TimeUnit::kMicro;
    rules.offset_rule = has_offset ? OffsetRule::kOptional : OffsetRule::kRefused;
    if (text.size() >= 16 && ParseTimestamp(padded.begin(), padded.end(), rules, &units).ok()) {
      result.value_class = has_offset ? ValueClass::kInstant : ValueClass::kTimestamp;
      result.beyond_nanos = rules.unit == TimeUnit::kMicro && IsBeyondNanos(units);
    }
  } else if (text.size() >= 5 && text[2] == ':') {
    const TimeUnit unit = result.fraction_digits > 6 ? TimeUnit::kNano : TimeUnit::kMicro;
    if (ParseTime(padded.begin(), padded.end(), unit, &units).ok()) result.value_class = ValueClass::kTime;
  }
  return result;
}

template <size_t kSize>
bool IsOneOf(std::string_view text, const std::string_view (&words)[kSize]) {
  return std::find(words, words + kSize, text) != words + kSize;
}

bool IsSpecialFloat(std::string_view text) {
  const std::string_view word = text.substr(text[0] == '-' ? 1 : 0);
  if (word.empty() || IsDigit(word[0]) || word[0] == '+' || word[0] == '.') return false;
  const Padded padded(text);
  double value;
  return (word.size() == 3 || word.size() == 8) && ParseFloat64(padded.begin(), padded.end(), &value).ok();
}

// Whether four groups of at most 255 each stand there: an address, though points between thousands would do.
bool IsDottedQuad(std::string_view text) {
  if (std::count(text.begin(), text.end(), '.') != 3) return false;
  int group = 0;
  for (const char c : text) {
    if (c != '.' && !IsDigit(c)) return false;
    group = c == '.' ? 0 : group * 10 + (c - '0');
    if (group > 255) return false;
  }
  return true;
}

// A number with marks of its own.
Classified ClassifyMarked(std::string_view text, const NumberRules& rules) {
  NumberText plain;
  if (IsDottedQuad(text) || !RewriteNumber(text.data(), text.data() + text.size(), rules, &plain)) return {};
  const std::string_view digits(plain.begin(), static_cast<size_t>(plain.end - plain.begin()));
  if (digits.empty()) return {};
  Classified result = ClassifyNumber(digits);
  if (result.value_class == ValueClass::kText || rules.thousands_bytes == 0) return result;
  const size_t marks =
      (text.size() - digits.size()) / rules.thousands_bytes;  // a decimal mark is one byte, as the point
  if (marks == 0) {
    result.grouping = result.integer_digits > 3 ? Grouping::kPlain : Grouping::kShort;
  } else {
    result.grouping = marks > 1 || result.fraction_digits > 0 ? Grouping::kProven : Grouping::kGrouped;
  }
  return result;
}

// Whether values of a class, and integers among them, are held by a type of numbers.
bool Fits(const DataType& type, const Classified& found) {
  using enum ValueClass;
  const ValueClass is = found.value_class;
  switch (type.kind) {
    case TypeKind::kInt64:
      return is == kInteger || is == kLongInteger;
    case TypeKind::kUInt64:
      return !found.negative && (is == kInteger || is == kLongInteger || is == kUnsignedInteger);
    case TypeKind::kFloat64:
      return is == kInteger || is == kDecimal || is == kFloat || is == kSpecialFloat;
    default:  // the decoder knows how many digits a decimal has
      return IsNumberClass(is) && is != kFloat && is != kSpecialFloat;
  }
}

}  // namespace

std::string_view EscapedAsText(std::string_view unescaped, std::string_view raw) {
  return Classify(unescaped).value_class == ValueClass::kText ? unescaped : raw;
}

bool IsNumberClass(ValueClass value_class) {
  return value_class >= ValueClass::kInteger && value_class <= ValueClass::kSpecialFloat;
}

Classified Classify(std::string_view text, const NumberRules& rules) {
  Classified result;
  if (text.empty() || text.size() > kMaxTypedBytes) return result;
  const char first = text[0];
  if (IsDigit(first) || first == '-' || first == rules.decimal) {
    result = rules.plain() ? ClassifyNumber(text) : ClassifyMarked(text, rules);
    if (result.value_class == ValueClass::kText && IsDigit(first)) result = ClassifyTime(text);
    if (result.value_class != ValueClass::kText) return result;
  }
  if (IsOneOf(text, kBools)) {
    result.value_class = ValueClass::kBool;
  } else if (IsOneOf(text, kNullWords)) {
    result.value_class = ValueClass::kNullWord;
  } else if (IsSpecialFloat(text)) {
    result.value_class = ValueClass::kSpecialFloat;
  }
  return result;
}

namespace {

// Whether a text that is a float has a fraction and at most 17 significant digits: the usual case, without a look at
// every digit. False: not known.
bool HasFewDigits(const char* text, size_t size) {
  size_t mantissa = size;
  for (size_t i = size - 5; i < size; i++) {
    if (text[i] == 'e' || text[i] == 'E') mantissa = i;
  }
  const auto* point = static_cast<const char*>(std::memchr(text, '.', mantissa));
  if (point == nullptr || !IsDigit(point[1])) return false;
  size_t zeros = 0;
  while (zeros < mantissa && (text[zeros] == '0' || text[zeros] == '.')) zeros++;
  const size_t point_behind = point >= text + zeros ? 1 : 0;
  return mantissa - zeros - point_behind <= static_cast<size_t>(kMaxFloatDigits);
}

// Of a text that is a float, or no value: a plus sign, needless zeros before it, a point without digits behind it, or
// more digits than tell doubles apart. (Whether those of 16 or 17 are given back is seen when they are read.)
bool IsLooseFloat(std::string_view text) {
  const bool negative = text[0] == '-';
  const size_t size = text.size() - (negative ? 1 : 0);
  const char* at = text.data() + (negative ? 1 : 0);
  if (*at == '+' || text.back() == '.' || (size > 1 && at[0] == '0' && IsDigit(at[1]))) return true;
  if (size <= 2) return false;
  if (size <= 15) {
    const char* point = static_cast<const char*>(std::memchr(at, '.', size - 1));
    return point != nullptr && (point[1] | 0x20) == 'e';
  }
  if (size <= kMaxTypedBytes && HasFewDigits(at, size)) return false;
  const ValueClass found = Classify(text).value_class;
  return found != ValueClass::kInteger && found != ValueClass::kDecimal && found != ValueClass::kFloat &&
         found != ValueClass::kSpecialFloat;
}

// Of a text that is an integer or a decimal, or no value.
bool IsLooseNumber(std::string_view text) {
  const size_t sign = text[0] == '-' ? 1 : 0;
  const char first = text[sign];
  if (first == '+' || text.back() == '.') return true;
  if (first != '0' && (first != '.' || sign == 0)) return false;
  return (first == '0' && sign + 1 < text.size() && IsDigit(text[sign + 1])) ||
         (sign > 0 && ShapeOf(text.substr(1)).is_zero);
}

}  // namespace

bool IsLoose(const DataType& type, const NumberRules& rules, std::string_view text) {
  if (text.empty() || text == "-") return false;
  if (IsNumber(type.kind) && !rules.plain()) {
    const Classified found = Classify(text, rules);
    return !Fits(type, found) || found.grouping == Grouping::kPlain;
  }
  if (IsInteger(type.kind)) return (IsUnsigned(type.kind) && text[0] == '-') || IsLooseNumber(text);
  switch (type.kind) {
    case TypeKind::kBool:
      return text.size() < 4;
    case TypeKind::kDecimal:
      return IsLooseNumber(text);
    case TypeKind::kFloat64:
      return IsLooseFloat(text);
    case TypeKind::kDate:
      return text.size() != 10;
    case TypeKind::kTimestamp:
      return text.size() < 16 || (!type.zone.empty() && !HasOffset(text));
    default:
      return false;
  }
}

}  // namespace v0
}  // namespace headrace
