#include "exact/reference.h"

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "decode/test_numbers.h"

namespace headrace {
inline namespace v0 {
namespace {

// ------------------------------------------------------------------------------------------------------------ numbers

bool IsWord(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (size_t i = 0; i < text.size(); i++) {
    if (std::tolower(static_cast<unsigned char>(text[i])) != word[i]) return false;
  }
  return true;
}

// Take the sign off.
bool TakeSign(std::string_view* text) {
  const bool negative = text->starts_with('-');
  if (negative || text->starts_with('+')) text->remove_prefix(1);
  return negative;
}

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class T>
Wanted FloatOf(std::string_view text) {
  if (!IsNumber(text)) {
    const bool negative = TakeSign(&text);
    if (IsWord(text, "nan")) return Wanted::Value(std::numeric_limits<T>::quiet_NaN());
    if (!IsWord(text, "inf") && !IsWord(text, "infinity")) return Wanted::Bad(RejectKind::kBadFloat);
    const T infinity = std::numeric_limits<T>::infinity();
    return Wanted::Value(negative ? -infinity : infinity);
  }
  const T value = [&] {
    if constexpr (sizeof(T) == 8) return std::strtod(text.data(), nullptr);
    return static_cast<T>(std::strtof(text.data(), nullptr));
  }();
  const std::string_view mantissa = text.substr(0, text.find_first_of("eE"));
  const bool lost = value == 0 && mantissa.find_first_of("123456789") != std::string_view::npos;
  return lost || std::isinf(value) ? Wanted::Bad(RejectKind::kFloatRange) : Wanted::Value(value);
}

template <class T>
Wanted IntegerOf(std::string_view text) {
  const bool negative = TakeSign(&text);
  if (!AllDigits(text)) return Wanted::Bad(RejectKind::kBadInteger);
  errno = 0;
  const unsigned long long magnitude = std::strtoull(text.data(), nullptr, 10);
  const __int128 value = negative ? -static_cast<__int128>(magnitude) : static_cast<__int128>(magnitude);
  const bool fits = errno != ERANGE && value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
  return fits ? Wanted::Value(static_cast<T>(value)) : Wanted::Bad(RejectKind::kOutOfRange);
}

Wanted DecimalOf(std::string_view text, size_t precision, size_t scale) {
  const bool negative = TakeSign(&text);
  const size_t dot = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, dot), fraction = text.substr(std::min(dot + 1, text.size()));
  const bool digits = (whole.empty() || AllDigits(whole)) && (fraction.empty() || AllDigits(fraction));
  if (!digits || (whole.empty() && fraction.empty())) return Wanted::Bad(RejectKind::kBadDecimal);
  if (fraction.size() > scale) return Wanted::Bad(RejectKind::kDigitsBeyondScale);
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  if (whole.size() > precision - scale) return Wanted::Bad(RejectKind::kOutOfRange);
  __int128 value = 0;
  for (const char digit : whole) value = value * 10 + (digit - '0');
  for (size_t i = 0; i < scale; i++) value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return Wanted::Value(negative ? -value : value);
}

// -------------------------------------------------------------------------------------------------------------- times

// Whether a text begins with this form, where 0 stands for any digit.
bool HasForm(std::string_view text, std::string_view form) {
  if (text.size() < form.size()) return false;
  for (size_t i = 0; i < form.size(); i++) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !is_digit : text[i] != form[i]) return false;
  }
  return true;
}

int NumberAt(std::string_view text, size_t from, size_t digits) {
  int value = 0;
  for (const char digit : text.substr(from, digits)) value = value * 10 + (digit - '0');
  return value;
}

// YYYY-MM-DD as the seconds of its midnight, by the C library's calendar: it moves days that do not exist.
bool MidnightOf(std::string_view text, int64_t* seconds) {
  if (!HasForm(text, "0000-00-00")) return false;
  std::tm civil{};
  const int year = NumberAt(text, 0, 4), month = NumberAt(text, 5, 2), day = NumberAt(text, 8, 2);
  civil.tm_year = year - 1900;
  civil.tm_mon = month - 1;
  civil.tm_mday = day;
  *seconds = timegm(&civil);
  return year > 0 && civil.tm_year == year - 1900 && civil.tm_mon == month - 1 && civil.tm_mday == day;
}

Wanted DateOf(std::string_view text) {
  int64_t seconds;
  if (text.size() != 10 || !MidnightOf(text, &seconds)) return Wanted::Bad(RejectKind::kBadDate);
  return Wanted::Value(static_cast<int32_t>(seconds / 86400));
}

constexpr int64_t kPerSecond[] = {1, 1000, 1000000, 1000000000};

// Z or an offset, all of `text`.
bool OffsetOf(std::string_view text, int64_t* ahead) {
  *ahead = 0;
  if (text == "Z" || text == "z") return true;
  const bool negative = text.starts_with('-');
  if (!negative && !text.starts_with('+')) return false;
  text.remove_prefix(1);
  const bool has_minutes = (HasForm(text, "00:00") && text.size() == 5) || (HasForm(text, "0000") && text.size() == 4);
  if (!has_minutes && !(HasForm(text, "00") && text.size() == 2)) return false;
  const int hours = NumberAt(text, 0, 2), minutes = has_minutes ? NumberAt(text, text.size() - 2, 2) : 0;
  if (hours > 23 || minutes > 59) return false;
  *ahead = int64_t{hours * 3600 + minutes * 60} * (negative ? -1 : 1);
  return true;
}

// The instant of a local time in Rome: of its two offsets, those that hold at the instant that they give.
Wanted RomanTime(int64_t local, int64_t* utc) {
  const auto ahead_at = [](int64_t at) { return at >= kSummerBegins && at < kSummerEnds ? 7200 : 3600; };
  const bool winter = ahead_at(local - 3600) == 3600, summer = ahead_at(local - 7200) == 7200;
  if (winter && summer) return Wanted::Bad(RejectKind::kAmbiguousTime);
  if (!winter && !summer) return Wanted::Bad(RejectKind::kNonexistentTime);
  *utc = local - (winter ? 3600 : 7200);
  return Wanted::Value(*utc);
}

// [THH:MM[:SS[.fraction]]][offset] behind a date.
struct ClockText {
  int64_t seconds = 0, ahead = 0;
  std::string_view fraction;
  bool has_offset = false;
};

bool ReadClock(std::string_view text, ClockText* clock) {
  if (text.empty()) return true;
  if (text[0] != 'T' && text[0] != 't' && text[0] != ' ') return false;
  text.remove_prefix(1);
  if (!HasForm(text, "00:00")) return false;
  const bool has_seconds = HasForm(text, "00:00:00");
  const int hour = NumberAt(text, 0, 2), minute = NumberAt(text, 3, 2);
  const int second = has_seconds ? NumberAt(text, 6, 2) : 0;
  if (hour > 23 || minute > 59 || second > 59) return false;
  clock->seconds = hour * 3600 + minute * 60 + second;
  text.remove_prefix(has_seconds ? 8 : 5);
  if (has_seconds && text.starts_with('.')) {
    clock->fraction = text.substr(1, std::min(text.find_first_not_of("0123456789", 1), text.size()) - 1);
    if (clock->fraction.empty()) return false;
    text.remove_prefix(1 + clock->fraction.size());
  }
  clock->has_offset = !text.empty();
  return text.empty() || OffsetOf(text, &clock->ahead);
}

Wanted FromUnits(__int128 value) {
  const bool fits = value >= std::numeric_limits<int64_t>::min() && value <= std::numeric_limits<int64_t>::max();
  return fits ? Wanted::Value(static_cast<int64_t>(value)) : Wanted::Bad(RejectKind::kOutOfRange);
}

Wanted IsoTimestampOf(std::string_view text, const DataType& type) {
  int64_t seconds;
  ClockText clock;
  if (!MidnightOf(text, &seconds) || !ReadClock(text.substr(10), &clock)) {
    return Wanted::Bad(RejectKind::kBadTimestamp);
  }
  seconds += clock.seconds - clock.ahead;
  if (clock.has_offset && type.zone.empty()) return Wanted::Bad(RejectKind::kUnexpectedOffset);
  if (!clock.has_offset && type.zone == "Europe/Rome") {
    const Wanted instant = RomanTime(seconds, &seconds);
    if (!instant.ok) return instant;
  }
  if (!clock.has_offset && type.zone == "+01:00") seconds -= 3600;
  const size_t places = 3 * static_cast<size_t>(type.unit);
  if (clock.fraction.size() > places) return Wanted::Bad(RejectKind::kDigitsBeyondScale);
  int64_t fraction = 0;
  for (size_t i = 0; i < places; i++) {
    fraction = fraction * 10 + (i < clock.fraction.size() ? clock.fraction[i] - '0' : 0);
  }
  return FromUnits(static_cast<__int128>(seconds) * kPerSecond[places / 3] + fraction);
}

// A count of `from` units, in `to` units; a fraction of it where `to` is finer.
Wanted EpochOf(std::string_view text, TimeUnit from, TimeUnit to) {
  const bool negative = TakeSign(&text);
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  if (!AllDigits(whole) || (dot != std::string_view::npos && !AllDigits(fraction))) {
    return Wanted::Bad(RejectKind::kBadTimestamp);
  }
  errno = 0;
  __int128 value = std::strtoull(whole.data(), nullptr, 10);
  if (errno == ERANGE) return Wanted::Bad(RejectKind::kOutOfRange);
  const int64_t finer = kPerSecond[static_cast<int>(to)] / kPerSecond[static_cast<int>(from)];
  if (finer > 0) {  // equal units are 1
    size_t places = 0;
    for (int64_t power = finer; power > 1; power /= 10) places++;
    if (fraction.size() > places) return Wanted::Bad(RejectKind::kDigitsBeyondScale);
    for (size_t i = 0; i < places; i++) value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  } else {
    const int64_t coarser = kPerSecond[static_cast<int>(from)] / kPerSecond[static_cast<int>(to)];
    if (!fraction.empty() || value % coarser != 0) return Wanted::Bad(RejectKind::kDigitsBeyondScale);
    value /= coarser;
  }
  // Seconds that Parquet's milliseconds do not hold.
  if (to == TimeUnit::kSecond && value > std::numeric_limits<int64_t>::max() / 1000) {
    return Wanted::Bad(RejectKind::kOutOfRange);
  }
  return FromUnits(negative ? -value : value);
}

Wanted TimestampOf(std::string_view text, const ColumnSpec& spec) {
  const TimeFormat format = spec.format.time;
  const DataType& type = spec.type;
  if (format >= TimeFormat::kEpochS) {
    const int unit = static_cast<int>(format) - static_cast<int>(TimeFormat::kEpochS);
    return EpochOf(text, static_cast<TimeUnit>(unit), type.unit);
  }
  if (format == TimeFormat::kDefault && type.unit == TimeUnit::kMilli && AllDigits(text)) {
    return EpochOf(text, TimeUnit::kMilli, TimeUnit::kMilli);
  }
  const Wanted wanted = IsoTimestampOf(text, type);
  const bool other_form = !wanted.ok && wanted.kind == RejectKind::kBadTimestamp;
  return format == TimeFormat::kIso8601 && other_form ? Wanted::Unknown() : wanted;
}

// --------------------------------------------------------------------------------------------------------------- text

// Well-formed UTF-8: each character decoded and put in its range.
bool IsUtf8(std::string_view text) {
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  for (size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const size_t length = first < 0x80   ? 1
                          : first < 0xC0 ? 0
                          : first < 0xE0 ? 2
                          : first < 0xF0 ? 3
                          : first < 0xF8 ? 4
                                         : 0;
    if (length == 0 || text.size() - at < length) return false;
    uint32_t character = length == 1 ? first : first & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if (byte >> 6 != 2) return false;
      character = character << 6 | (byte & 0x3F);
    }
    if (character < kLeast[length] || character > 0x10FFFF || character >> 11 == 0x1B) return false;
    at += length;
  }
  return true;
}

Wanted TextOf(std::string_view text) {
  Wanted wanted;
  wanted.ok = IsUtf8(text);
  wanted.kind = RejectKind::kInvalidUtf8;
  return wanted;
}

}  // namespace

Reference ReferenceOf(const ColumnSpec& spec) {
  if (spec.strict || spec.telling_only) return [](std::string_view) { return Wanted::Unknown(); };
  const auto precision = static_cast<size_t>(spec.type.precision), scale = static_cast<size_t>(spec.type.scale);
  switch (spec.type.kind) {
    case TypeKind::kInt8:
      return IntegerOf<int8_t>;
    case TypeKind::kInt16:
      return IntegerOf<int16_t>;
    case TypeKind::kInt32:
      return IntegerOf<int32_t>;
    case TypeKind::kInt64:
    case TypeKind::kDuration:
      return IntegerOf<int64_t>;
    case TypeKind::kUInt8:
      return IntegerOf<uint8_t>;
    case TypeKind::kUInt16:
      return IntegerOf<uint16_t>;
    case TypeKind::kUInt32:
      return IntegerOf<uint32_t>;
    case TypeKind::kUInt64:
      return IntegerOf<uint64_t>;
    case TypeKind::kFloat32:
      return FloatOf<float>;
    case TypeKind::kFloat64:
      return FloatOf<double>;
    case TypeKind::kDecimal:
      return [=](std::string_view text) { return DecimalOf(text, precision, scale); };
    case TypeKind::kString:
      return TextOf;
    case TypeKind::kBinary:
      return [](std::string_view) { return Wanted::Value(uint8_t{0}); };
    case TypeKind::kDate:
      return DateOf;
    case TypeKind::kTimestamp:
      return [spec](std::string_view text) { return TimestampOf(text, spec); };
    default:
      return [](std::string_view) { return Wanted::Unknown(); };
  }
}

}  // namespace v0
}  // namespace headrace
