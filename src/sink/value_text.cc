#include "sink/value_text.h"

#include <arrow/util/decimal.h>

#include <array>
#include <charconv>
#include <cmath>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;

struct UnitText {
  int64_t per_second;
  int digits;  // of the fraction
};

UnitText UnitTextOf(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSecond:
      return {1, 0};
    case TimeUnit::kMilli:
      return {1'000, 3};
    case TimeUnit::kMicro:
      return {1'000'000, 6};
    case TimeUnit::kNano:
      break;
  }
  return {1'000'000'000, 9};
}

void AppendPadded(int64_t value, size_t digits, std::string* text) {
  const std::string number = std::to_string(value);
  if (number.size() < digits) text->append(digits - number.size(), '0');
  *text += number;
}

// Days since 1970-01-01 as year, month and day: Howard Hinnant's civil_from_days.
void AppendDate(int64_t days, std::string* text) {
  days += 719'468;  // from 0000-03-01
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0) *text += '-';
  if (year > 9999) *text += '+';
  AppendPadded(year < 0 ? -year : year, 4, text);
  *text += '-';
  AppendPadded(month, 2, text);
  *text += '-';
  AppendPadded(day, 2, text);
}

void AppendTime(int64_t seconds, int64_t fraction, int digits, std::string* text) {
  AppendPadded(seconds / 3600, 2, text);
  *text += ':';
  AppendPadded(seconds / 60 % 60, 2, text);
  *text += ':';
  AppendPadded(seconds % 60, 2, text);
  if (digits == 0) return;
  *text += '.';
  AppendPadded(fraction, static_cast<size_t>(digits), text);
}

std::string TimestampText(const DataType& type, int64_t value) {
  const UnitText unit = UnitTextOf(type.unit);
  int64_t seconds = value / unit.per_second;
  int64_t fraction = value % unit.per_second;
  if (fraction < 0) {
    fraction += unit.per_second;
    --seconds;
  }
  int64_t days = seconds / kSecondsPerDay;
  seconds %= kSecondsPerDay;
  if (seconds < 0) {
    seconds += kSecondsPerDay;
    --days;
  }
  std::string text;
  AppendDate(days, &text);
  text += 'T';
  AppendTime(seconds, fraction, unit.digits, &text);
  if (!type.zone.empty()) text += 'Z';
  return text;
}

std::string UuidText(unsigned __int128 number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 124; shift >= 0; shift -= 4) {
    text += kDigits[static_cast<size_t>(number >> shift & 15)];
    if (shift == 96 || shift == 80 || shift == 64 || shift == 48) text += '-';
  }
  return text;
}

template <class Float>
std::string ShortestText(Float value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 64> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

}  // namespace

std::string WideText(const WideInteger& value, int scale) {
  const __int128 high = value.high + static_cast<__int128>(value.low >> 64);
  const std::array<uint64_t, 4> words = {static_cast<uint64_t>(value.low), static_cast<uint64_t>(high),
                                         static_cast<uint64_t>(high >> 64), high < 0 ? ~uint64_t{0} : 0};
  std::string text = arrow::Decimal256(arrow::Decimal256::LittleEndianArray, words).ToIntegerString();
  if (scale == 0) return text;
  const size_t sign = text[0] == '-' ? 1 : 0;
  const auto places = static_cast<size_t>(scale);
  if (text.size() - sign <= places) text.insert(sign, places + 1 - (text.size() - sign), '0');
  return text.insert(text.size() - places, 1, '.');
}

std::string ValueText(const DataType& type, __int128 value) {
  std::string text;
  switch (type.kind) {
    case TypeKind::kBool:
      return value != 0 ? "true" : "false";
    case TypeKind::kDate:
      AppendDate(static_cast<int64_t>(value), &text);
      return text;
    case TypeKind::kTimestamp:
      return TimestampText(type, static_cast<int64_t>(value));
    case TypeKind::kTime: {
      const UnitText unit = UnitTextOf(type.unit);
      const auto ticks = static_cast<int64_t>(value);
      AppendTime(ticks / unit.per_second, ticks % unit.per_second, unit.digits, &text);
      return text;
    }
    case TypeKind::kUuid:
      return UuidText(static_cast<unsigned __int128>(value) ^ static_cast<unsigned __int128>(1) << 127);
    default: {
      WideInteger wide;
      wide.Add(value);
      return WideText(wide, type.kind == TypeKind::kDecimal ? type.scale : 0);
    }
  }
}

std::string FloatText(double value) { return ShortestText(value); }
std::string FloatText(float value) { return ShortestText(value); }

std::string HexText(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += kDigits[static_cast<uint8_t>(byte) >> 4];
    text += kDigits[static_cast<uint8_t>(byte) & 15];
  }
  return text;
}

}  // namespace v0
}  // namespace headrace
