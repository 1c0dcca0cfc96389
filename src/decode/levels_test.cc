// Every level gives what the plain twin gives, bit for bit, on values and on what is none: mutated numbers, ties, too
// many digits, random bytes. And the twin's floats are what strtod and strtof give.
// HEADRACE_LONG_TESTS=1 runs a hundred times as many.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "decode/test_column.h"
#include "decode/values.h"

namespace headrace {
inline namespace v0 {
namespace {

using Random = std::mt19937_64;

constexpr size_t kFieldsPerRound = 5000;

int Rounds(int short_rounds) {
  return std::getenv("HEADRACE_LONG_TESTS") != nullptr ? short_rounds * 100 : short_rounds;
}

[[gnu::format(printf, 1, 2)]] std::string Print(const char* format, ...) {
  char text[200];
  std::va_list args;
  va_start(args, format);
  std::vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  return text;
}

double Uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

std::string Digits(Random& random, size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('0' + random() % 10);
  return text;
}

// Halfway between two neighbours, all its digits or some of them, now and then one digit off.
std::string Tie(Random& random) {
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

std::string Special(Random& random) {
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

std::string Number(Random& random) {
  switch (random() % 9) {
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
    default:
      return Special(random);
  }
}

std::string MutatedNumber(Random& random) {
  std::string text = Number(random);
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

struct Decoded {
  std::vector<uint8_t> values;
  std::vector<uint64_t> validity;
  std::vector<std::pair<uint32_t, RejectKind>> bad;
  bool operator==(const Decoded&) const = default;
};

Decoded DecodeText(const ColumnSpec& spec, SimdLevel level, const TestText& text, int64_t rows_before) {
  ForceSimdLevelForTesting(level);
  const ColumnDecoder decoder(spec);
  TestColumnMemory memory(spec.type, text.list.size + static_cast<size_t>(rows_before), text.text.size());
  std::fill(memory.validity.begin(), memory.validity.end(), 0);
  memory.out.rows = rows_before;
  TestScratch scratch(text.list.size);
  std::vector<BadValue> bad(text.list.size);
  BadValueList list{bad.data(), 0};
  decoder.Decode(text.list, scratch.lists(), &memory.out, &list);
  Decoded decoded;
  decoded.values.assign(memory.out.values, memory.out.values + memory.out.num_values * ValueWidth(spec.type));
  decoded.validity.assign(memory.validity.begin(), memory.validity.end() - 8);
  for (uint32_t i = 0; i < list.size; i++) decoded.bad.emplace_back(bad[i].row, bad[i].kind);
  return decoded;
}

// Say which field it was.
void ReportDifference(const ColumnSpec& spec, const std::vector<TestField>& fields) {
  for (const TestField& field : fields) {
    const TestText text(&field, 1, {});
    if (DecodeText(spec, SimdLevel::kPlain, text, 0) == DecodeText(spec, SimdLevels().back(), text, 0)) continue;
    ADD_FAILURE() << "'" << field.text << "' differs by itself";
    return;
  }
  ADD_FAILURE() << "differs only as a column";
}

template <class Make>
void CompareLevels(const ColumnSpec& spec, int rounds, Make make) {
  Random random(static_cast<uint64_t>(spec.type.kind) * 1000 + static_cast<uint64_t>(spec.type.unit));
  std::vector<TestField> fields(kFieldsPerRound);
  for (int round = 0; round < rounds; round++) {
    const uint64_t one_in = uint64_t{1} << random() % 8;  // how often a field is mutated: never is a case of its own
    for (TestField& field : fields) field.text = random() % 16 == 0 ? "" : make(random, random() % one_in == 0);
    const TestWindow window{.rows = kFieldsPerRound, .between = ",7.-0\t"[random() % 6], .around = ".9-"[random() % 3]};
    const TestText text(fields.data(), static_cast<uint32_t>(1 + random() % kFieldsPerRound), window);
    const int64_t rows_before = static_cast<int64_t>(random() % 64);
    if (DecodeText(spec, SimdLevel::kPlain, text, rows_before) !=
        DecodeText(spec, SimdLevels().back(), text, rows_before)) {
      return ReportDifference(spec, fields);
    }
  }
}

ColumnSpec Spec(TypeKind kind, TimeUnit unit = TimeUnit::kMilli) {
  ColumnSpec spec;
  spec.type.kind = kind;
  spec.type.unit = unit;
  return spec;
}

TEST(LevelsTest, Floats) {
  for (const TypeKind kind : {TypeKind::kFloat64, TypeKind::kFloat32}) {
    CompareLevels(Spec(kind), Rounds(50), [](Random& random, bool mutate) {
      if (mutate) return MutatedNumber(random);
      return Print("%.17g", std::ldexp(Uniform(random), static_cast<int>(random() % 10)));
    });
    CompareLevels(Spec(kind), Rounds(50), [](Random& random, bool mutate) {
      if (mutate) return MutatedNumber(random).substr(0, 9);  // one long number makes its block a long one
      return Print("%.*f", static_cast<int>(random() % 9), Uniform(random) * 1e7 - 1e6);
    });
    CompareLevels(Spec(kind), Rounds(50), [](Random& random, bool mutate) {
      if (mutate) return MutatedNumber(random).substr(0, 8);
      return Print("%.*f", static_cast<int>(random() % 6), Uniform(random) * 1e5 - 1e4).substr(0, 8);
    });
  }
}

TEST(LevelsTest, Integers) {
  for (const TypeKind kind : {TypeKind::kInt8, TypeKind::kInt16, TypeKind::kInt32, TypeKind::kInt64, TypeKind::kUInt8,
                              TypeKind::kUInt16, TypeKind::kUInt32, TypeKind::kUInt64}) {
    for (const size_t digits : {2, 4, 8, 9, 16, 20}) {
      CompareLevels(Spec(kind), Rounds(4), [=](Random& random, bool mutate) {
        if (mutate) return MutatedNumber(random).substr(0, digits <= 8 ? 8 : 40);
        return (random() % 8 ? "" : "-") + Digits(random, 1 + random() % digits);
      });
    }
  }
}

TEST(LevelsTest, Timestamps) {
  for (const TimeUnit unit : {TimeUnit::kMilli, TimeUnit::kSecond}) {
    ColumnSpec spec = Spec(TypeKind::kTimestamp, unit);
    if (unit == TimeUnit::kSecond) spec.format = TimeFormat::kEpochS;
    CompareLevels(spec, Rounds(20), [](Random& random, bool mutate) {
      return mutate ? MutatedNumber(random) : std::to_string(1383260400000 + random() % 1000000000);
    });
  }
}

// A date or timestamp, valid or nearly so, with its usual and unusual endings.
std::string MutatedTime(Random& random) {
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

std::string UsualTime(Random& random, int fraction_digits) {
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<uint64_t>(below)); };
  std::string text = Print("%04d-%02d-%02d %02d:%02d:%02d", 1 + number(3000), 1 + number(12), 1 + number(28),
                           number(24), number(60), number(60));
  if (fraction_digits > 0) text += "." + Digits(random, 1 + random() % static_cast<uint64_t>(fraction_digits));
  return text;
}

TEST(LevelsTest, Iso8601) {
  for (const TimeUnit unit : {TimeUnit::kSecond, TimeUnit::kMilli, TimeUnit::kMicro, TimeUnit::kNano}) {
    for (const char* zone : {"", "UTC", "Europe/Rome", "+01:00"}) {
      for (const TimeFormat format : {TimeFormat::kDefault, TimeFormat::kIso8601}) {
        ColumnSpec spec = Spec(TypeKind::kTimestamp, unit);
        spec.type.zone = zone;
        spec.format = format;
        const char* end = *zone == 'E' ? "Z" : "";
        CompareLevels(spec, Rounds(4), [=](Random& random, bool mutate) {
          if (mutate) return random() % 16 ? MutatedTime(random) : MutatedNumber(random);
          return UsualTime(random, 3 * static_cast<int>(unit)) + end;
        });
      }
    }
  }
  CompareLevels(Spec(TypeKind::kDate), Rounds(20), [](Random& random, bool mutate) {
    if (mutate) return random() % 2 ? MutatedTime(random) : MutatedTime(random).substr(0, 10);
    return UsualTime(random, 0).substr(0, 10);
  });
}

TEST(LevelsTest, Decimals) {
  for (const auto& [precision, scale] :
       {std::pair{5, 2}, {9, 0}, {15, 2}, {18, 6}, {38, 14}, {38, 15}, {7, 7}, {15, 14}}) {
    ColumnSpec spec = Spec(TypeKind::kDecimal);
    spec.type.precision = precision;
    spec.type.scale = scale;
    const auto places = static_cast<uint64_t>(scale), whole = static_cast<uint64_t>(precision - scale);
    CompareLevels(spec, Rounds(8), [=](Random& random, bool mutate) {
      if (mutate) return MutatedNumber(random).substr(0, random() % 2 ? 10 : 40);
      std::string text = (random() % 4 ? "" : "-") + Digits(random, 1 + random() % (whole + 1));
      if (places > 0) text += "." + Digits(random, random() % (places + 1));
      return text;
    });
  }
}

// An independent reading of the grammar.
bool IsNumber(const std::string& text) {
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

template <class T, class Parse, class Reference>
void CompareWithC(int rounds, Parse parse, Reference reference) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  Random random(sizeof(T));
  for (int64_t i = 0; i < int64_t{rounds} * 5000; i++) {
    const std::string number = MutatedNumber(random);
    const std::string text = std::string(kTextPadding, '9') + number + std::string(kTextPadding, '9');
    T value;
    const char* begin = text.data() + kTextPadding;
    const ParseStatus status = parse(begin, begin + number.size(), &value);
    if (!IsNumber(number)) {
      const bool is_word =
          number.find_first_of("nN") != std::string::npos && status.ok() && !(std::fabs(value) < 1e300);
      ASSERT_TRUE(is_word || (!status.ok() && status.kind() == RejectKind::kBadFloat)) << number;
      continue;
    }
    const T expected = reference(number.c_str(), nullptr);
    const bool zero =
        expected == 0 && number.substr(0, number.find_first_of("eE")).find_first_of("123456789") != std::string::npos;
    if (zero || std::isinf(expected)) {
      ASSERT_TRUE(!status.ok() && status.kind() == RejectKind::kFloatRange) << number;
    } else {
      ASSERT_TRUE(status.ok() && std::bit_cast<Bits>(value) == std::bit_cast<Bits>(expected)) << number;
    }
  }
}

TEST(LevelsTest, PlainFloatsAreThoseOfTheCLibrary) {
  CompareWithC<double>(Rounds(20), ParseFloat64, strtod);
  CompareWithC<float>(Rounds(20), ParseFloat32, strtof);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
