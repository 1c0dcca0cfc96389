#include "decode/number_text.h"

#include <cstring>
#include <string_view>
#include <type_traits>

#include "decode/converters.h"
#include "decode/digits.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr std::string_view kSpaces[] = {" ", "\xC2\xA0", "\xE2\x80\xAF"};

bool StripFront(std::string_view what, std::string_view* text) {
  if (!text->starts_with(what)) return false;
  text->remove_prefix(what.size());
  return true;
}

bool StripBack(std::string_view what, std::string_view* text) {
  if (!text->ends_with(what)) return false;
  text->remove_suffix(what.size());
  return true;
}

void StripSpaceFront(std::string_view* text) {
  for (const std::string_view space : kSpaces) {
    if (StripFront(space, text)) return;
  }
}

void StripSpaceBack(std::string_view* text) {
  for (const std::string_view space : kSpaces) {
    if (StripBack(space, text)) return;
  }
}

// The sign before `text`, or 0.
char StripSign(std::string_view* text) {
  if (text->empty() || (text->front() != '-' && text->front() != '+')) return 0;
  const char sign = text->front();
  text->remove_prefix(1);
  return sign;
}

// What stands around the number; leaves the number without its sign.
bool StripCurrency(std::string_view symbol, std::string_view* text, char* sign) {
  const bool parentheses = StripFront("(", text);
  if (parentheses && !StripBack(")", text)) return false;
  *sign = parentheses ? '-' : StripSign(text);
  if (StripFront(symbol, text)) {
    StripSpaceFront(text);
    if (*sign == 0) *sign = StripSign(text);
  } else if (StripBack(symbol, text)) {
    StripSpaceBack(text);
  }
  return true;
}

// Append the digits before the point, without separators. `*text` is what follows them.
bool AppendWhole(const NumberRules& rules, std::string_view* text, char** to) {
  const std::string_view separator(rules.thousands, rules.thousands_bytes);
  const char* first = *to;
  int group = 0;
  bool grouped = false;
  for (;;) {
    if (!text->empty() && IsDigit(text->front())) {
      *(*to)++ = text->front();
      text->remove_prefix(1);
      group++;
    } else if (!separator.empty() && text->starts_with(separator)) {
      const bool is_group = grouped ? group == 3 : group >= 1 && group <= 3 && *first != '0';
      if (!is_group) return false;
      text->remove_prefix(separator.size());
      grouped = true;
      group = 0;
    } else {
      return !grouped || group == 3;
    }
  }
}

// Append the point, which moves two digits to the left of where it stood.
void AppendShiftedPoint(char* whole, char** to) {
  const auto digits = static_cast<int>(*to - whole);
  if (digits < 2) {
    std::memmove(whole + 2 - digits, whole, static_cast<size_t>(digits));
    std::memset(whole, '0', static_cast<size_t>(2 - digits));
    *to = whole + 2;
  }
  std::memmove(*to - 1, *to - 2, 2);
  (*to)[-2] = '.';
  ++*to;
}

// Append what stands behind the digits before the point: a fraction, an exponent, or what the parsers will refuse.
bool AppendRest(const NumberRules& rules, std::string_view rest, char** to) {
  const bool percent = rules.format == NumberFormat::kPercent;
  for (const char c : rest) {
    if (c == '.' || (percent && !IsDigit(c))) return false;
    *(*to)++ = c;
  }
  return true;
}

template <class T>
ParseStatus ParseRewritten(const char* begin, const char* end, const ConvertRules&, T* out) {
  return ParseInteger(begin, end, out);
}
ParseStatus ParseRewritten(const char* begin, const char* end, const ConvertRules&, double* out) {
  return ParseFloat64(begin, end, out);
}
ParseStatus ParseRewritten(const char* begin, const char* end, const ConvertRules&, float* out) {
  return ParseFloat32(begin, end, out);
}
ParseStatus ParseRewritten(const char* begin, const char* end, const ConvertRules& rules, __int128* out) {
  return ParseDecimal(begin, end, rules.precision, rules.scale, out);
}

template <class T>
void ConvertNumbers(const ConvertRules& rules, const PresentFields& fields, ColumnOut* out, BadValueList* bad) {
  constexpr RejectKind kBad = std::is_same_v<T, __int128>   ? RejectKind::kBadDecimal
                              : std::is_floating_point_v<T> ? RejectKind::kBadFloat
                                                            : RejectKind::kBadInteger;
  NumberText text;
  ConvertEachUnescaped<T>(fields, out, bad, [&](const char* begin, const char* end, T* value) {
    if (!RewriteNumber(begin, end, rules.numbers, &text)) return ParseStatus(kBad);
    return ParseRewritten(text.begin(), text.end, rules, value);
  });
}

}  // namespace

NumberRules MakeNumberRules(const DataType& type, const Format& format) {
  NumberRules rules;
  if (!IsInteger(type.kind)) rules.decimal = format.decimal.value_or('.');
  rules.format = format.number;
  rules.shifts_point = type.kind == TypeKind::kDecimal;
  const std::string thousands = format.thousands.value_or("");
  rules.thousands_bytes = static_cast<uint8_t>(thousands.copy(rules.thousands, sizeof rules.thousands));
  rules.symbol_bytes = static_cast<uint8_t>(format.currency.copy(rules.symbol, sizeof rules.symbol));
  return rules;
}

bool RewriteNumber(const char* begin, const char* end, const NumberRules& rules, NumberText* text) {
  std::string_view rest(begin, static_cast<size_t>(end - begin));
  if (rest.size() > NumberText::kMaxBytes) return false;
  const bool percent = rules.format == NumberFormat::kPercent;
  char sign = 0;
  if (percent) {
    if (!StripBack("%", &rest)) return false;
    StripSpaceBack(&rest);
  }
  if (rules.format == NumberFormat::kCurrency) {
    if (!StripCurrency({rules.symbol, rules.symbol_bytes}, &rest, &sign)) return false;
  } else {
    sign = StripSign(&rest);
  }
  const bool starts = !rest.empty() && (IsDigit(rest.front()) || rest.front() == rules.decimal);
  if (!starts && rules.format != NumberFormat::kPlain) return false;

  char* to = text->buffer + kTextPadding;
  if (sign != 0) *to++ = sign;
  char* whole = to;
  if (!AppendWhole(rules, &rest, &to)) return false;
  const bool has_point = !rest.empty() && rest.front() == rules.decimal;
  if (has_point) rest.remove_prefix(1);
  if (percent && to == whole && rest.empty()) return false;  // a point alone
  if (percent && rules.shifts_point) {
    AppendShiftedPoint(whole, &to);
  } else if (has_point) {
    *to++ = '.';
  }
  if (!AppendRest(rules, rest, &to)) return false;
  if (percent && !rules.shifts_point) {
    for (const char c : {'e', '-', '2'}) *to++ = c;
  }
  text->end = to;
  return true;
}

ConvertFn NumberConverter(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt8:
      return ConvertNumbers<int8_t>;
    case TypeKind::kInt16:
      return ConvertNumbers<int16_t>;
    case TypeKind::kInt32:
      return ConvertNumbers<int32_t>;
    case TypeKind::kInt64:
      return ConvertNumbers<int64_t>;
    case TypeKind::kUInt8:
      return ConvertNumbers<uint8_t>;
    case TypeKind::kUInt16:
      return ConvertNumbers<uint16_t>;
    case TypeKind::kUInt32:
      return ConvertNumbers<uint32_t>;
    case TypeKind::kUInt64:
      return ConvertNumbers<uint64_t>;
    case TypeKind::kFloat32:
      return ConvertNumbers<float>;
    case TypeKind::kFloat64:
      return ConvertNumbers<double>;
    default:
      return ConvertNumbers<__int128>;
  }
}

}  // namespace v0
}  // namespace headrace
