#include "exact/texts.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kMost = 64;  // bytes of a number by to_chars

constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (size_t i = 0; i < 100; i++) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// A number below `below`, from 32 bits.
uint32_t Below(Random& random, uint32_t below) { return static_cast<uint32_t>((random() >> 32) * below >> 32); }

char* PutPair(uint32_t value, char* at) {
  std::memcpy(at, &kPairs[2 * size_t{value}], 2);
  return at + 2;
}

char* PutFour(uint32_t value, char* at) { return PutPair(value % 100, PutPair(value / 100, at)); }

// `count` digits, eight of a draw. Up to seven bytes behind them are written.
char* PutDigits(Random& random, uint32_t count, char* at) {
  for (uint32_t done = 0; done < count; done += 8) {
    const uint32_t eight = Below(random, 100000000);
    PutFour(eight % 10000, PutFour(eight / 10000, at + done));
  }
  return at + count;
}

template <class T>
char* Put(T value, char* at) {
  return std::to_chars(at, at + kMost, value).ptr;
}

// ------------------------------------------------------------------------------------------------------------ numbers

// Digits on both sides of a dot; at least one digit in all.
struct Places {
  uint32_t least_whole, most_whole, least_fraction, most_fraction;
};

char* PutFixed(Random& random, const Places& places, uint32_t minus_in, char* at) {
  if (minus_in != 0 && Below(random, minus_in) == 0) *at++ = '-';
  const uint32_t whole = places.least_whole + Below(random, places.most_whole - places.least_whole + 1);
  const uint32_t fraction = places.least_fraction + Below(random, places.most_fraction - places.least_fraction + 1);
  at = PutDigits(random, whole, at);
  if (fraction > 0) *at++ = '.';
  at = PutDigits(random, fraction, at);
  if (whole + fraction == 0) *at++ = '0';
  return at;
}

// One width, or any up to it.
Places DrawPlaces(Random& random, uint32_t most_whole, uint32_t most_fraction) {
  const uint32_t whole = Below(random, most_whole + 1), fraction = Below(random, most_fraction + 1);
  const bool varies = random() % 2 != 0, fraction_varies = random() % 2 != 0;
  return {varies ? 0 : whole, whole, fraction_varies ? 0 : fraction, fraction};
}

uint32_t DrawMinusIn(Random& random) { return std::array{0U, 0U, 8U, 2U}[random() % 4]; }

template <class T>
T AnyFinite(Random& random) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  for (;;) {
    const T value = std::bit_cast<T>(static_cast<Bits>(random()));
    if (std::isfinite(value)) return value;
  }
}

// An exponent in one form, within a range.
struct Exponents {
  int least;
  uint32_t range;
  bool capital, plus;
  int width;
};

Exponents DrawExponents(Random& random) {
  constexpr std::pair<int, uint32_t> kRanges[] = {{-9, 10},    {0, 23},     {-30, 61}, {-60, 40},
                                                  {-340, 100}, {-320, 641}, {260, 60}};
  const auto [least, range] = kRanges[random() % std::size(kRanges)];
  return {least, range, random() % 2 != 0, random() % 2 != 0, static_cast<int>(random() % 4)};
}

char* PutExponent(Random& random, const Exponents& exponents, char* at) {
  const int value = exponents.least + static_cast<int>(Below(random, exponents.range));
  *at++ = exponents.capital ? 'E' : 'e';
  if (value < 0) *at++ = '-';
  if (value >= 0 && exponents.plus) *at++ = '+';
  char digits[kMost];
  const char* end = Put(std::abs(value), digits);
  for (auto count = static_cast<int>(end - digits); count < exponents.width; count++) *at++ = '0';
  std::memcpy(at, digits, static_cast<size_t>(end - digits));
  return at + (end - digits);
}

template <class T>
Writer DrawScientific(Random& random) {
  const uint32_t minus_in = DrawMinusIn(random);
  const Exponents exponents = DrawExponents(random);
  switch (random() % 6) {
    case 0: {  // a digit, a dot, more of them
      const uint32_t behind = Below(random, 20);
      const Places places = {1, 1, random() % 2 ? 0 : behind, behind};
      return [=](Random& r, char* at) { return PutExponent(r, exponents, PutFixed(r, places, minus_in, at)); };
    }
    case 1: {
      const Places places = DrawPlaces(random, 20, 20);
      return [=](Random& r, char* at) { return PutExponent(r, exponents, PutFixed(r, places, minus_in, at)); };
    }
    case 2:
      return [](Random& r, char* at) {
        return std::to_chars(at, at + kMost, AnyFinite<T>(r), std::chars_format::scientific).ptr;
      };
    case 3: {
      const int precision = static_cast<int>(Below(random, 20));
      const double scale = std::pow(10, static_cast<int>(random() % 60) - 30);
      return [=](Random& r, char* at) {
        const T value = static_cast<T>(Uniform(r) * scale);
        return std::to_chars(at, at + kMost, value, std::chars_format::scientific, precision).ptr;
      };
    }
    case 4:
      return [](Random& r, char* at) {
        const std::string tie = WithExponent(r, Tie(r));
        return at + tie.copy(at, tie.size());
      };
    default: {  // among others, often and seldom: as the shortest texts of small numbers are
      const uint32_t in = 1U << Below(random, 8);
      return [=](Random& r, char* at) {
        if (Below(r, in) == 0) return PutExponent(r, exponents, Put(static_cast<T>(Uniform(r)), at));
        return Put(static_cast<T>(1e-3 + Uniform(r)), at);
      };
    }
  }
}

template <class T>
Writer DrawFloats(Random& random) {
  const uint32_t minus_in = DrawMinusIn(random);
  switch (random() % 24) {
    default: {
      const Places places = DrawPlaces(random, 7, 8);
      return [=](Random& r, char* at) { return PutFixed(r, places, minus_in, at); };
    }
    case 4:
    case 5:
    case 6: {
      const Places places = DrawPlaces(random, 7, 24);
      return [=](Random& r, char* at) { return PutFixed(r, places, minus_in, at); };
    }
    case 7: {
      const Places places = DrawPlaces(random, 24, 40);
      return [=](Random& r, char* at) { return PutFixed(r, places, minus_in, at); };
    }
    case 8:
    case 9:
    case 10: {
      const double scale = std::pow(10, static_cast<int>(random() % 14) - 6);
      return [=](Random& r, char* at) { return Put(static_cast<T>(Uniform(r) * scale), at); };
    }
    case 11:
    case 12:
      return [](Random& r, char* at) { return Put(AnyFinite<T>(r), at); };
    case 13:
      return [](Random& r, char* at) {
        return std::to_chars(at, at + kMost, AnyFinite<T>(r), std::chars_format::scientific, 16).ptr;
      };
    case 14: {  // all 24 digits of numbers between 2^-24 and 2^24
      const int exponent = static_cast<int>(random() % 48) - 24;
      return [=](Random& r, char* at) {
        const T value = std::ldexp(static_cast<T>(1 + Uniform(r)), exponent);
        return std::to_chars(at, at + 2 * kMost, value, std::chars_format::fixed, 24).ptr;
      };
    }
    case 15:
      return [](Random& r, char* at) {
        const std::string tie = Tie(r);
        return at + tie.copy(at, tie.size());
      };
    case 16: {  // more digits before the dot than kernels for fixed notation have room for
      const Places places = {8, 8 + Below(random, 13), 0, Below(random, 4)};
      return [=](Random& r, char* at) { return PutFixed(r, places, minus_in, at); };
    }
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
      return DrawScientific<T>(random);
  }
}

// Digits of a 128-bit number.
char* PutWide(unsigned __int128 value, char* at) {
  constexpr uint64_t kSplit = 10000000000000000000U;
  if (value < kSplit) return Put(static_cast<uint64_t>(value), at);
  at = Put(static_cast<uint64_t>(value / kSplit), at);
  char low[kMost];
  const char* end = Put(static_cast<uint64_t>(value % kSplit), low);
  std::memset(at, '0', static_cast<size_t>(19 - (end - low)));
  std::memcpy(at + 19 - (end - low), low, static_cast<size_t>(end - low));
  return at + 19;
}

template <class T>
Writer DrawIntegers(Random& random) {
  using Limits = std::numeric_limits<T>;
  constexpr uint32_t kDigits = Limits::digits10 + 1;
  const uint32_t minus_in = Limits::is_signed ? DrawMinusIn(random) : 0;
  switch (random() % 4) {
    case 0: {  // values of the type
      const int shift = static_cast<int>(random() % (8 * sizeof(T)));
      return [=](Random& r, char* at) { return Put(static_cast<T>(static_cast<T>(r()) >> shift), at); };
    }
    case 1:  // its edges
      return [](Random& r, char* at) {
        const bool low = Limits::is_signed && r() % 2 != 0;
        const auto edge = static_cast<unsigned __int128>(Limits::max()) + (low ? 1 : 0);
        if (low) *at++ = '-';
        return PutWide(edge + 4 - Below(r, 9), at);
      };
    default: {
      const uint32_t most = 1 + Below(random, random() % 4 == 0 ? 21 : kDigits), least = random() % 2 ? 1 : most;
      return [=](Random& r, char* at) { return PutFixed(r, {least, most, 0, 0}, minus_in, at); };
    }
  }
}

Writer DrawDecimals(const DataType& type, Random& random) {
  const uint32_t minus_in = DrawMinusIn(random);
  const auto scale = static_cast<uint32_t>(type.scale), whole = static_cast<uint32_t>(type.precision) - scale;
  const bool beyond = random() % 8 == 0;  // a digit too many, now and then
  const Places places = DrawPlaces(random, whole + (beyond ? 1 : 0), scale + (beyond ? 1 : 0));
  return [=](Random& r, char* at) { return PutFixed(r, places, minus_in, at); };
}

// -------------------------------------------------------------------------------------------------------------- times

struct DateRange {
  uint32_t first_year, years, days;
};

DateRange DrawDates(Random& random) {
  constexpr DateRange kRanges[] = {{2013, 1, 28}, {1970, 100, 28}, {1, 9999, 28}, {1, 9999, 31}, {1890, 211, 31}};
  return kRanges[random() % std::size(kRanges)];
}

char* PutDate(Random& random, const DateRange& range, char* at) {
  at = PutFour(range.first_year + Below(random, range.years), at);
  *at++ = '-';
  at = PutPair(1 + Below(random, 12), at);
  *at++ = '-';
  return PutPair(1 + Below(random, range.days), at);
}

Writer DrawTimestamps(const DataType& type, Random& random) {
  const DateRange range = DrawDates(random);
  const char between = " Tt"[random() % 3];
  const uint32_t most = 3 * static_cast<uint32_t>(type.unit) + (random() % 8 == 0 ? 1 : 0);
  const uint32_t digits = Below(random, most + 1), least = random() % 2 ? 0 : digits;
  const std::string_view end =
      type.zone.empty() ? "" : std::array{"", "", "Z", "Z", "z", "+02:00", "-0330", "+01"}[random() % 8];
  return [=](Random& r, char* at) {
    at = PutDate(r, range, at);
    *at++ = between;
    at = PutPair(Below(r, 24), at);
    *at++ = ':';
    at = PutPair(Below(r, 60), at);
    *at++ = ':';
    at = PutPair(Below(r, 60), at);
    const uint32_t fraction = least + Below(r, digits - least + 1);
    if (fraction > 0) *at++ = '.';
    at = PutDigits(r, fraction, at);
    return at + end.copy(at, end.size());
  };
}

Writer DrawEpochs(const ColumnSpec& spec, Random& random) {
  const bool any = spec.format.time != TimeFormat::kDefault;  // signs and fractions too
  const uint32_t minus_in = any ? DrawMinusIn(random) : 0;
  if (random() % 2) {
    return [](Random& r, char* at) { return Put(int64_t{1383260400000} + Below(r, 2000000000), at); };
  }
  const Places places = DrawPlaces(random, 19, any && random() % 4 == 0 ? 9 : 0);
  return [=](Random& r, char* at) { return PutFixed(r, places, minus_in, at); };
}

// Words, spaces and characters of two to four bytes.
Writer DrawText(Random& random) {
  const uint32_t most = 1 + Below(random, random() % 4 == 0 ? 200 : 12);
  const bool ascii = random() % 2 != 0;
  return [=](Random& r, char* at) {
    constexpr std::array kCharacters = {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x90\xA7", "\xC2\xA0", "\xEF\xBB\xBF"};
    for (uint32_t rest = Below(r, most + 1); rest > 0; rest--) {
      const std::string_view character = !ascii && r() % 8 == 0 ? kCharacters[r() % kCharacters.size()] : "";
      at += character.copy(at, character.size());
      *at++ = "abcdefgh 0123456789.-"[Below(r, 21)];
    }
    return at;
  };
}

bool IsTime(TypeKind kind) { return kind == TypeKind::kDate || kind == TypeKind::kTimestamp; }

char* Copy(const std::string& text, char* at) { return at + text.copy(at, text.size()); }

}  // namespace

Writer DrawWriter(const ColumnSpec& spec, Random& random) {
  TypeKind kind = spec.type.kind;
  if (kind == TypeKind::kBinary) {  // what inference sees: any of these
    kind = std::array{TypeKind::kInt64, TypeKind::kFloat64, TypeKind::kDate, TypeKind::kTimestamp}[random() % 4];
  }
  switch (kind) {
    case TypeKind::kInt8:
      return DrawIntegers<int8_t>(random);
    case TypeKind::kInt16:
      return DrawIntegers<int16_t>(random);
    case TypeKind::kInt32:
      return DrawIntegers<int32_t>(random);
    case TypeKind::kUInt8:
      return DrawIntegers<uint8_t>(random);
    case TypeKind::kUInt16:
      return DrawIntegers<uint16_t>(random);
    case TypeKind::kUInt32:
      return DrawIntegers<uint32_t>(random);
    case TypeKind::kUInt64:
      return DrawIntegers<uint64_t>(random);
    case TypeKind::kFloat32:
      return DrawFloats<float>(random);
    case TypeKind::kFloat64:
      return DrawFloats<double>(random);
    case TypeKind::kDecimal:
      return DrawDecimals(spec.type, random);
    case TypeKind::kDate: {
      const DateRange range = DrawDates(random);
      return [=](Random& r, char* at) { return PutDate(r, range, at); };
    }
    case TypeKind::kTimestamp: {
      const bool iso = spec.format.time < TimeFormat::kEpochS;
      const bool may_be_epoch = spec.format.time == TimeFormat::kDefault && spec.type.unit == TimeUnit::kMilli;
      const bool epochs = !iso || (may_be_epoch && random() % 4 == 0);
      return epochs ? DrawEpochs(spec, random) : DrawTimestamps(spec.type, random);
    }
    case TypeKind::kString:
      return DrawText(random);
    default:
      return DrawIntegers<int64_t>(random);
  }
}

char* WriteDamaged(const ColumnSpec& spec, const Writer& usual, Random& random, char* at) {
  const bool is_time = IsTime(spec.type.kind);
  switch (random() % 4) {
    case 0: {  // short: one long text makes its block a long one
      const std::string text = is_time ? MutatedTime(random) : MutatedNumber(random);
      return Copy(text.substr(0, 1 + random() % 12), at);
    }
    case 1:
      return Copy(is_time && random() % 8 ? MutatedTime(random) : MutatedNumber(random), at);
    default:
      break;
  }
  char* end = usual(random, at);
  constexpr std::string_view kUsual = "0123456789.-+eE \t:,/;TZz\x7F";
  for (uint64_t times = 1 + random() % 3; times > 0; times--) {
    const char byte = random() % 4 ? kUsual[random() % kUsual.size()] : static_cast<char>(random());
    char* place = at + random() % static_cast<uint64_t>(end - at + 1);
    const uint64_t what = random() % 3;
    if (what == 0) {
      std::memmove(place + 1, place, static_cast<size_t>(end - place));
      *place = byte;
      end++;
    } else if (place < end && what == 1) {
      *place = byte;
    } else if (place < end) {
      std::memmove(place, place + 1, static_cast<size_t>(end - place - 1));
      end--;
    }
  }
  return end;
}

}  // namespace v0
}  // namespace headrace
