#pragma once
// For tests: the texts of numbers and times, as they stand in files and as damage leaves them.
// Takes: a generator. Gives: texts; the same ones for the same seed. Owns: nothing. Threads: functions without state.
#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace headrace {
inline namespace v0 {

using Random = std::mt19937_64;

[[gnu::format(printf, 1, 2)]] inline std::string Print(const char* format, ...) {
  char text[200];
  std::va_list args;
  va_start(args, format);
  std::vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  return text;
}

/// From 0 to below 1.
inline double Uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

inline std::string Digits(Random& random, size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('0' + random() % 10);
  return text;
}

/// Halfway between two neighbours, all its digits or some of them, now and then one digit off.
inline std::string Tie(Random& random) {
  std::string text;
  if (random() % 2) {
    const double low = std::ldexp(Uniform(random), static_cast<int>(random() % 24));
    text = Print(random() % 2 ? "%.60Lf" : "%.24Lf", (static_cast<long double>(low) + std::nextafter(low, 1e9)) / 2);
  } else {
    const float low = std::ldexp(static_cast<float>(Uniform(random)), static_cast<int>(random() % 24));
    text = Print("%.*f", static_cast<int>(20 + random() % 30), (double{low} + std::nextafter(low, 1e9f)) / 2);
  }
  while (random() % 4 != 0 && text.back() == '0') text.pop_back();
  if (random() % 4 == 0) text.back() = static_cast<char>('0' + random() % 10);
  return text;
}

/// Texts at the edges of types and shapes.
inline std::string Special(Random& random) {
  static const char* const texts[] = {"-1.5",
                                      "+2.5",
                                      "1e5",
                                      "1.5E-7",
                                      "5",
                                      "-7",
                                      ".5",
                                      "5.",
                                      "-.5",
                                      "-5.",
                                      "-",
                                      "+",
                                      ".",
                                      "-.",
                                      "+-1",
                                      "1..2",
                                      "1.2.3",
                                      "nan",
                                      "inf",
                                      "-inf",
                                      "NaN",
                                      "123456789012345678",
                                      "99999999999999999999",
                                      "-2147483648",
                                      "2147483648",
                                      "4294967295",
                                      "4294967296",
                                      "-0",
                                      "-0.0",
                                      "0.0",
                                      "0",
                                      "00012",
                                      "12345678",
                                      "123456789",
                                      "-1234567",
                                      "-12345678",
                                      "1234567.25",
                                      "12345678.25",
                                      "9007199254740993.0",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "9223372036854775808",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "1e400",
                                      "1e-400",
                                      "a.b.c",
                                      "1:5",
                                      ";",
                                      "1-2",
                                      "--1",
                                      "-1-",
                                      "1.-5",
                                      "-128",
                                      "128",
                                      "255",
                                      "256",
                                      "-32769",
                                      "65536",
                                      "1383260400000",
                                      "-1383260400000",
                                      "0000000000000001",
                                      "00000000000000001",
                                      "9999999999999999",
                                      "-9999999999999999",
                                      "0000000.000000000000000000000000",
                                      "9999999.99999999999999999",
                                      "2013-11-01 00:00:00",
                                      "2013-11-01",
                                      "2024-02-29 23:59:59.999",
                                      "2023-02-29",
                                      "2013-11-01T12:34:56.789Z",
                                      "12:34:56.7"};
  return texts[random() % std::size(texts)];
}

/// An exponent: of any sign, size and number of zeros; now and then without digits.
inline std::string Exponent(Random& random) {
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<uint64_t>(below)); };
  const std::string start = std::string(1, "eE"[random() % 2]) + std::array{"", "+", "-"}[random() % 3];
  switch (random() % 8) {
    case 0:
      return start + std::array{"", "0", "00", "000", "0000", "400", "999", "99999999999"}[random() % 8];
    case 1:
      return start + Print("%d", 20 + number(5));  // where powers of ten are no doubles any more
    case 2:
      return start + Print("%d", 240 + number(110));  // where doubles end
    case 3:
      return start + Print("%02d", 30 + number(20));  // where floats end
    case 4:
      return start + Print("%0*d", number(8), number(400));
    default:
      return start + Print("%0*d", 1 + number(3), number(31));
  }
}

/// The same number, if `text` is one with a dot and without a minus: the dot elsewhere, and an exponent.
inline std::string WithExponent(Random& random, const std::string& text) {
  const size_t dot = text.find('.');
  if (dot == std::string::npos) return text + "e0";
  std::string digits = text.substr(0, dot) + text.substr(dot + 1);
  const size_t to = random() % (digits.size() + 1);
  const int exponent = static_cast<int>(dot) - static_cast<int>(to);
  if (to < digits.size() || random() % 2) digits.insert(to, 1, '.');
  // Zeros in front cost digits that the kernels have no room for.
  if (random() % 4) digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 2));
  return digits + Print(random() % 2 ? "e%d" : "E%+03d", exponent);
}

/// Nearer to the middle of two doubles than 2^-123 of it, on either side: found by continued fractions of 10^q / 2^s.
/// Sums of two doubles cannot tell on which side.
inline std::string NearTie(Random& random) {
  static const char* const texts[] = {
      "1.381075197059858094394e-227", "4.484576885801896136953e-199",  "6.468180432984394032561e-176",
      "2.947454580030763370425e-173", "1.237877305007532476941e-152",  "6.88969862895593246455e-142",
      "8.465296947624983545908e-128", "1.6927882680726575571002e-121", "7.042258922038441552051e-105",
      "8.83773043521626653938e-83",   "8.22525018675084728349e-80",    "1.7243989710281757633078e-49",
      "6.0610911910385475461106e-44", "3.709553499534025193053e53",    "8.13916437134343852502e134",
      "4.247920755636507916531e138",  "6.7966732090184126664496e139",  "3.535901703875211946231e140",
      "2.4929152523509097315906e171", "8.541661310195579024231e176",   "6.150754989541277756963e184",
      "2.313752470462696443367e189",  "8.58890777151439069607e203",    "4.065228240820086020938e205",
      "3.6233514650400960630275e251", "1.556559134319667226331e255",   "7.85114733701705094188e289",
      "1.574479035035076430647e300"};
  return texts[random() % std::size(texts)];
}

/// A number with an exponent, as programs print it or at the edges of types and shapes; a few are no numbers.
inline std::string Scientific(Random& random) {
  static const char* const texts[] = {"1e22",
                                      "1e23",
                                      "8.5e22",
                                      "9007199254740993e0",
                                      "9007199254740993e1",
                                      "9007199254740992.5e0",
                                      "0e0",
                                      "0.0e+00",
                                      "-0e-5",
                                      "0e999",
                                      "0e-999",
                                      "1e5e5",
                                      "1e",
                                      "1e+",
                                      "1E-",
                                      "1e+-5",
                                      "e5",
                                      ".e5",
                                      "-e5",
                                      "-.e5",
                                      "5.e5",
                                      ".5e5",
                                      "+1e5",
                                      "1e0000005",
                                      "1e5.",
                                      "1e.5",
                                      "1.e",
                                      "1.5e-7",
                                      "2E+10",
                                      "-3e5",
                                      "1.7976931348623157e308",
                                      "1.7976931348623158e308",
                                      "1.7976931348623159e308",
                                      "1.79769313486231581e308",
                                      "179769313486231580794e288",
                                      "2.2250738585072014e-308",
                                      "2.2250738585072011e-308",
                                      "4.9406564584124654e-324",
                                      "2.4703282292062327e-324",
                                      "2.4703282292062328e-324",
                                      "3.4028235e38",
                                      "3.4028236e38",
                                      "3.40282357e+38",
                                      "1.17549435e-38",
                                      "1.17549421e-38",
                                      "1.401298464e-45",
                                      "7.006492321624085e-46",
                                      "7.006492321624086e-46",
                                      "7e-46",
                                      "1e-270",
                                      "1e-271",
                                      "123456789012345678e-288",
                                      "1e308",
                                      "1e309",
                                      "12345678901234567890123e0",
                                      "123456789012345678901234e0",
                                      "1e-1e",
                                      "1e 5",
                                      "infe5",
                                      "1_0e5"};
  switch (random() % 8) {
    case 0:
      return texts[random() % std::size(texts)];
    case 1:
      return random() % 4 ? WithExponent(random, Tie(random)) : NearTie(random);
    case 2: {  // doubles of any size, denormal ones among them
      const uint64_t bits = random() >> 1;
      const double value = std::bit_cast<double>(random() % 8 == 0 ? bits >> 11 : bits);
      return std::isfinite(value) ? Print("%.*e", static_cast<int>(random() % 19), value) : "1e309";
    }
    case 3:
      return Print("%.*e", static_cast<int>(14 + random() % 6),
                   std::ldexp(1 + Uniform(random), static_cast<int>(random() % 200) - 100));
    default: {
      std::string digits = Digits(random, 1 + random() % (random() % 2 ? 6 : 25));
      if (random() % 4) digits.insert(random() % 4 ? 1 : random() % (digits.size() + 1), 1, '.');
      return digits + Exponent(random);
    }
  }
}

/// A number as it stands in some file.
inline std::string Number(Random& random) {
  switch (random() % 10) {
    case 0:
      return Print("%.17g", Uniform(random) * 1000);
    case 1:
      return Print("%.*f", static_cast<int>(random() % 25), Uniform(random) * std::pow(10, random() % 9));
    case 2:
      return Digits(random, 1 + random() % 21);
    case 3:
      return Digits(random, random() % 9) + "." + Digits(random, random() % 26);
    case 4:
      return Print("%.16e", Uniform(random) * std::pow(10, static_cast<int>(random() % 600) - 300));
    case 5:
      return Tie(random);
    case 6:
      return Digits(random, random() % 40) + "." + Digits(random, random() % 40);
    case 7:
      return Print("%.16g", Uniform(random));
    case 8:
      return Scientific(random);
    default:
      return Special(random);
  }
}

/// A number, or what a slip or a damaged byte makes of it.
inline std::string Mutated(Random& random, std::string text) {
  if (random() % 4 == 0) text.insert(text.begin(), random() % 4 ? '-' : '+');
  for (uint64_t dice = random() % 8; dice > 5; dice = random() % 8) {
    static constexpr std::string_view kUsual = "0123456789.-+eE \t:,/;\x7F";
    const char byte = random() % 4 ? kUsual[random() % kUsual.size()] : static_cast<char>(random());
    const size_t place = random() % (text.size() + 1);
    const uint64_t what = random() % 3;
    if (what == 0)
      text.insert(place, 1, byte);
    else if (place < text.size() && what == 1)
      text[place] = byte;
    else if (place < text.size())
      text.erase(place, 1);
  }
  return text;
}

inline std::string MutatedNumber(Random& random) { return Mutated(random, Number(random)); }

/// A date or timestamp, valid or nearly so, with its usual and unusual endings.
inline std::string MutatedTime(Random& random) {
  static constexpr const char* kEnds[] = {"", "", "", "Z", "z", "+01:00", "-0130", "+01", " ", "x"};
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<uint64_t>(below)); };
  std::string text = Print("%04d-%02d-%02d", number(random() % 2 ? 10000 : 2300), number(14), number(33));
  if (random() % 8 != 0) {
    const char between = " Tt"[random() % 3];
    text += Print("%c%02d:%02d:%02d", between, number(25), number(61), number(61));
    if (random() % 2) text += "." + Digits(random, random() % 11);
    text += kEnds[random() % std::size(kEnds)];
  }
  for (uint64_t dice = random() % 4; dice == 0; dice = random() % 4) {
    static constexpr std::string_view kUsual = "0123456789-:.TtZz +\0/;";
    const char byte = random() % 4 ? kUsual[random() % kUsual.size()] : static_cast<char>(random());
    const size_t place = random() % (text.size() + 1);
    const uint64_t what = random() % 8;
    if (what == 0) text.insert(place, 1, byte);
    if (what == 1) text.erase(std::min(place, text.size() - 1), 1);
    if (what > 1 && place < text.size()) text[place] = byte;
    if (text.empty()) break;
  }
  return text;
}

/// A timestamp that exists, with up to `fraction_digits` digits behind the dot.
inline std::string UsualTime(Random& random, int fraction_digits) {
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<uint64_t>(below)); };
  std::string text = Print("%04d-%02d-%02d %02d:%02d:%02d", 1 + number(3000), 1 + number(12), 1 + number(28),
                           number(24), number(60), number(60));
  if (fraction_digits > 0) text += "." + Digits(random, 1 + random() % static_cast<uint64_t>(fraction_digits));
  return text;
}

/// An independent reading of the grammar of numbers, integers and decimals among them.
inline bool IsNumber(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) at++;
    return at - from;
  };
  const auto sign = [&] { at += at < text.size() && (text[at] == '-' || text[at] == '+'); };
  sign();
  size_t count = digits();
  if (at < text.size() && text[at] == '.') at++, count += digits();
  if (count == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    at++;
    sign();
    if (digits() == 0) return false;
  }
  return at == text.size();
}

}  // namespace v0
}  // namespace headrace
