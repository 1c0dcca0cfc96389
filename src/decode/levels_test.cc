// Every level gives what the plain twin gives, bit for bit, on values and on what is none: mutated numbers, ties, too
// many digits, random bytes. And the twin's floats are what strtod and strtof give.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>

#include "decode/test_column.h"
#include "decode/test_numbers.h"
#include "decode/values.h"
#include "simd/test_rounds.h"

namespace headrace {
inline namespace v0 {
namespace {

const uint32_t kFieldsPerRound = TestsAreShort() ? 500 : 5000;

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
void ReportDifference(const ColumnSpec& spec, SimdLevel level, const std::vector<TestField>& fields) {
  for (const TestField& field : fields) {
    const std::vector<TestField> several(8, field);  // enough of them for kernels that leave one or two to their twin
    const TestText text(several.data(), 8, {});
    if (DecodeText(spec, SimdLevel::kPlain, text, 0) == DecodeText(spec, level, text, 0)) continue;
    ADD_FAILURE() << SimdLevelName(level) << ": '" << field.text << "' differs by itself";
    return;
  }
  ADD_FAILURE() << SimdLevelName(level) << ": differs only as a column";
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
    const Decoded plain = DecodeText(spec, SimdLevel::kPlain, text, rows_before);
    for (const SimdLevel level : SimdLevels()) {
      if (DecodeText(spec, level, text, rows_before) != plain) return ReportDifference(spec, level, fields);
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

TEST(LevelsTest, FloatsWithExponents) {
  for (const TypeKind kind : {TypeKind::kFloat64, TypeKind::kFloat32}) {
    CompareLevels(Spec(kind), Rounds(100), [](Random& random, bool mutate) {
      return mutate ? Mutated(random, Scientific(random)) : Scientific(random);
    });
    CompareLevels(Spec(kind), Rounds(50), [](Random& random, bool mutate) {  // some among others, whatever their length
      if (mutate) return random() % 8 == 0 ? Mutated(random, Scientific(random)) : Scientific(random);
      return Print("%.*f", static_cast<int>(random() % 18), Uniform(random));
    });
    CompareLevels(Spec(kind), Rounds(50), [](Random& random, bool mutate) {
      if (mutate) return Scientific(random).substr(0, 8);
      return Print("%d", static_cast<int>(random() % 100000));
    });
    CompareLevels(Spec(kind), Rounds(50), [](Random& random, bool mutate) {  // long before the dot
      if (mutate) return MutatedNumber(random);
      return (random() % 8 ? "" : "-") + Digits(random, 1 + random() % 24) + (random() % 2 ? "" : ".") +
             Digits(random, random() % 4);
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

TEST(LevelsTest, IntegersOfSeventeenDigitsAndMore) {
  constexpr uint64_t kTenTo16 = 10'000'000'000'000'000;
  for (const TypeKind kind : {TypeKind::kInt64, TypeKind::kUInt64, TypeKind::kDuration, TypeKind::kInt32}) {
    CompareLevels(Spec(kind), Rounds(10), [](Random& random, bool mutate) {
      const uint64_t near[] = {kTenTo16,
                               10 * kTenTo16,
                               100 * kTenTo16,
                               921 * kTenTo16,
                               922 * kTenTo16,
                               uint64_t{1} << 63,
                               1000 * kTenTo16,
                               1843 * kTenTo16,
                               1844 * kTenTo16,
                               ~uint64_t{0} - 50,
                               random() % kTenTo16 * 900,
                               random()};
      const std::string text = std::to_string(near[random() % std::size(near)] - 50 + random() % 100);
      const std::string zeros(random() % 8 ? 0 : random() % 4, '0');
      return (random() % 2 ? "" : "-") + zeros + (mutate ? Mutated(random, text) : text);
    });
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

template <class T, class Parse, class Reference>
void CompareWithC(int rounds, Parse parse, Reference reference) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  Random random(sizeof(T));
  for (int64_t i = 0; i < int64_t{rounds} * 5000; i++) {
    const std::string number = random() % 2 ? MutatedNumber(random) : Mutated(random, Scientific(random));
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
