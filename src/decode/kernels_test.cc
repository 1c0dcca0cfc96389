// The level in use is the one that was asked for (HEADRACE_EXPECT_SIMD names it, as under an emulator), and what runs
// beneath the parser and the decoders are its kernels: each of them is called, and takes ordinary values itself.
#include "simd/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "decode/test_column.h"
#include "parse/column_fields.h"
#include "parse/parser.h"
#include "simd/summarize.h"

namespace headrace {
inline namespace v0 {
namespace {

const SimdLevel kLevelAtStart = ActiveSimdLevel();

TEST(KernelsTest, LevelIsTheExpectedOne) {
  const char* expected = std::getenv("HEADRACE_EXPECT_SIMD");
  const char* forced = std::getenv("HEADRACE_SIMD");
  if (expected != nullptr) {
    EXPECT_EQ(SimdLevelName(kLevelAtStart), std::string_view(expected));
  } else if (forced == nullptr) {
    EXPECT_EQ(kLevelAtStart, SimdLevels().back());
  }
  for (const SimdLevel level : SimdLevels()) {
    EXPECT_EQ(KernelsOf(level).level, level);
    ForceSimdLevelForTesting(level);
    EXPECT_EQ(ActiveSimdLevel(), level);
  }
  RecordProperty("simd", std::string(SimdLevelName(kLevelAtStart)));
}

struct Calls {
  std::string name;
  int64_t calls = 0, not_taken = 0;  // not_taken: fields that are left to the plain twin
};

constexpr int kFindPresent = 4;  // its mask is not of fields to read again

// Kernel number kNumber of a table, counted.
template <int kNumber, class Function>
struct Counted;
template <int kNumber, class Result, class... Arguments>
struct Counted<kNumber, Result (*)(Arguments...)> {
  static inline Result (*kernel)(Arguments...) = nullptr;
  static inline Calls* counts = nullptr;
  static Result Call(Arguments... arguments) {
    counts->calls++;
    if constexpr (kNumber != kFindPresent && std::is_same_v<Result, uint64_t>) {
      const uint64_t again = kernel(arguments...);
      counts->not_taken += std::popcount(again);
      return again;
    } else {
      return kernel(arguments...);
    }
  }
};

// The best level's table, every kernel of it counted.
class CountedKernels {
 public:
  CountedKernels() {
    Count<0>("index_structurals", &kernels_.index_structurals);
    Count<1>("turn_columns", &kernels_.turn_columns);
    Count<2>("is_valid_utf8", &kernels_.is_valid_utf8);
    Count<3>("expand_values", &kernels_.expand_values);
    Count<kFindPresent>("find_present", &kernels_.find_present);
    Count<5>("find_telling_numbers", &kernels_.find_telling_numbers);
    Count<9>("read_checked_doubles", &kernels_.read_checked_doubles);
    Count<6>("read_decimals", &kernels_.read_decimals);
    Count<7>("read_dates", &kernels_.read_dates);
    Count<8>("read_timestamps", &kernels_.read_timestamps);
    CountNumbers(std::make_index_sequence<std::tuple_size_v<NumberKernels>>());
    Count<30>("summarize float64", &summarize_.float64);
    Count<31>("summarize float32", &summarize_.float32);
    Count<32>("summarize int8", &summarize_.int8);
    Count<33>("summarize int16", &summarize_.int16);
    Count<34>("summarize int32", &summarize_.int32);
    Count<35>("summarize int64", &summarize_.int64);
    Count<36>("summarize uint8", &summarize_.uint8);
    Count<37>("summarize uint16", &summarize_.uint16);
    Count<38>("summarize uint32", &summarize_.uint32);
    Count<39>("summarize uint64", &summarize_.uint64);
    Count<40>("key_texts", &kernels_.key_texts);
    Count<41>("keep_texts", &kernels_.keep_texts);
    Count<42>("copy_texts", &kernels_.copy_texts);
    kernels_.summarize = &summarize_;
    ForceKernelsForTesting(kernels_);
  }
  ~CountedKernels() { ForceSimdLevelForTesting(SimdLevels().back()); }
  CountedKernels(const CountedKernels&) = delete;
  CountedKernels& operator=(const CountedKernels&) = delete;

  const std::vector<std::unique_ptr<Calls>>& calls() const { return calls_; }

 private:
  template <int kNumber, class Function>
  void Count(const std::string& name, Function* kernel) {
    if (*kernel == nullptr) return;
    calls_.push_back(std::make_unique<Calls>(Calls{name}));
    Counted<kNumber, Function>::kernel = *kernel;
    Counted<kNumber, Function>::counts = calls_.back().get();
    *kernel = Counted<kNumber, Function>::Call;
  }
  template <size_t... kNumbers>
  void CountNumbers(std::index_sequence<kNumbers...>) {
    (Count<10 + int{kNumbers}>("numbers " + std::to_string(kNumbers), &std::get<kNumbers>(kernels_.numbers)), ...);
  }

  Kernels kernels_ = KernelsOf(SimdLevels().back());
  SummarizeKernels summarize_ = *kernels_.summarize;
  std::vector<std::unique_ptr<Calls>> calls_;
};

constexpr uint32_t kRows = 200;

// Decode a column of ordinary values, and one null.
template <class Make>
void Decode(const ColumnSpec& spec, Make make) {
  std::vector<TestField> fields(kRows);
  for (TestField& field : fields) field.text = make();
  fields.back().text.clear();
  for (const TestRow& row : DecodeFields(ColumnDecoder(spec), fields)) ASSERT_FALSE(row.bad);
}

ColumnSpec Spec(TypeKind kind, TimeUnit unit = TimeUnit::kMilli) {
  ColumnSpec spec;
  spec.type.kind = kind;
  spec.type.unit = unit;
  spec.type.precision = 15;
  spec.type.scale = 2;
  return spec;
}

void DecodeNumbers() {
  std::mt19937 random(3);
  for (const TypeKind kind : {TypeKind::kInt8, TypeKind::kInt16, TypeKind::kInt32, TypeKind::kInt64, TypeKind::kUInt8,
                              TypeKind::kUInt16, TypeKind::kUInt32, TypeKind::kUInt64}) {
    Decode(Spec(kind), [&] { return std::to_string(random() % 100); });
  }
  for (const TypeKind kind : {TypeKind::kInt64, TypeKind::kUInt64, TypeKind::kDuration}) {
    Decode(Spec(kind), [&] { return std::to_string(uint64_t{random()} * 1000000); });
  }
  Decode(Spec(TypeKind::kInt64), [&] { return "-" + std::to_string(random()); });
  for (const TypeKind kind : {TypeKind::kFloat32, TypeKind::kFloat64}) {
    Decode(Spec(kind), [&] { return "-" + std::to_string(random() % 10000) + "." + std::to_string(random() % 100); });
  }
  Decode(Spec(TypeKind::kFloat64),
         [&] { return std::to_string(random() % 1000) + ".12345678" + std::to_string(random()); });
  ColumnSpec strict = Spec(TypeKind::kFloat64);
  strict.strict = true;
  Decode(strict, [&] { return std::to_string(random() % 1000) + ".12345678" + std::to_string(random() % 10000); });
  Decode(Spec(TypeKind::kDecimal), [&] { return "-" + std::to_string(random()) + ".25"; });
  ColumnSpec telling = Spec(TypeKind::kBinary);
  telling.telling_only = true;
  Decode(telling, [&] { return std::to_string(random() % 1000) + ".5"; });
}

void DecodeTimes() {
  std::mt19937 random(4);
  const auto day = [&] {
    return "20" + std::to_string(10 + random() % 90) + "-02-" + std::to_string(10 + random() % 19);
  };
  Decode(Spec(TypeKind::kDate), day);
  for (const TimeUnit unit : {TimeUnit::kSecond, TimeUnit::kMilli, TimeUnit::kMicro, TimeUnit::kNano}) {
    ColumnSpec spec = Spec(TypeKind::kTimestamp, unit);
    Decode(spec, [&] { return day() + " 12:34:56"; });
    spec.type.zone = "UTC";
    if (unit != TimeUnit::kSecond)
      Decode(spec, [&] { return day() + "T12:34:56." + std::to_string(random() % 1000) + "Z"; });
  }
}

void ParseAndGather() {
  std::string text(kTextPadding, '9');
  for (uint32_t i = 0; i < kRows; i++) text += std::to_string(i) + ",\"a,\"\"b\"\n";
  const auto end = static_cast<uint32_t>(text.size());
  text.append(kTextPadding, '9');
  ParserOptions options;
  options.columns = 2;
  options.max_record_bytes = 1000;
  FieldIndex index(options.columns);
  ASSERT_TRUE(Parser(options).ParseWindow(text.data(), kTextPadding, end, end, true, &index));
  ColumnFields columns(options.dialect);
  const FieldList fields = columns.Gather(index, text.data(), 1);
  ASSERT_EQ(fields.size, kRows);
  EXPECT_EQ(std::string_view(text.data() + fields.begin[77], 5), "a,\"\"b");
  EXPECT_TRUE(fields.is_escaped(77));
}

template <class T>
void SummarizeOnes() {
  const std::vector<T> values(kRows, T{1});
  EXPECT_EQ(Summarize(values.data(), kRows).sum, kRows);
}

template <class T>
void ExpandAndSummarizeFloats() {
  std::vector<T> dense(kRows, T{1}), spread(kRows);
  const std::vector<uint64_t> validity = {0x5555555555555555, 0x5555555555555555, 0x5555555555555555,
                                          0x55};  // 200 bits
  ExpandValues(sizeof(T), reinterpret_cast<const uint8_t*>(dense.data()), kRows, validity.data(), kRows,
               reinterpret_cast<uint8_t*>(spread.data()));
  EXPECT_EQ(spread[2], T{1});
  EXPECT_EQ(spread[3], T{0});
  const auto summary = Summarize(dense.data(), kRows, validity.data(), kRows);
  EXPECT_EQ(summary.sums[0], kRows / 8);
}

void KeyTexts() {
  const std::string bytes = "Strasse1Strasse2" + std::string(8, '9');
  const int32_t begin[] = {0, 8}, end[] = {8, 16};
  uint64_t keys[2];
  int32_t kept_begin[2], kept_end[2];
  const TextKeyRange range = ActiveKernels().key_texts(bytes.data(), begin, end, 2, keys);
  EXPECT_EQ(ActiveKernels().keep_texts(keys, range.least, begin, end, 2, kept_begin, kept_end), 2);
  EXPECT_EQ(bytes[static_cast<size_t>(kept_begin[1])], '2');
}

TEST(KernelsTest, EachIsCalledAndTakesOrdinaryValues) {
  const CountedKernels counted;
  ParseAndGather();
  DecodeNumbers();
  DecodeTimes();
  Decode(Spec(TypeKind::kBinary), [] { return std::string("text"); });
  KeyTexts();
  const std::string utf8 = "Straße" + std::string(64, '9');
  EXPECT_TRUE(ActiveKernels().is_valid_utf8(utf8.data(), utf8.data() + 7));
  ExpandAndSummarizeFloats<float>();
  ExpandAndSummarizeFloats<double>();
  SummarizeOnes<int8_t>();
  SummarizeOnes<int16_t>();
  SummarizeOnes<int32_t>();
  SummarizeOnes<int64_t>();
  SummarizeOnes<uint8_t>();
  SummarizeOnes<uint16_t>();
  SummarizeOnes<uint32_t>();
  SummarizeOnes<uint64_t>();
  const bool has_vectors = SimdLevels().size() > 1;
  const bool has_checked = KernelsOf(SimdLevels().back()).read_checked_doubles != nullptr;  // not for NEON
  EXPECT_EQ(counted.calls().size(), has_vectors ? 32U + (has_checked ? 1 : 0) : 17U);
  for (const auto& kernel : counted.calls()) {
    EXPECT_GT(kernel->calls, 0) << kernel->name;
    EXPECT_EQ(kernel->not_taken, 0) << kernel->name;
  }
}

// What a level's kernel leaves to its twin of a block of texts.
template <class T>
uint64_t NotTaken(SimdLevel level, const std::vector<TestField>& fields) {
  const auto count = static_cast<uint32_t>(fields.size());
  const TestText text(fields.data(), count, {});
  T values[FieldBlock::kMaxFields];
  return KernelsOf(level).read_numbers<T>()({text.list.text, text.list.begin, text.list.end, count}, values);
}

TEST(KernelsTest, ExponentsAndLongIntegerPartsAreTaken) {
  const std::string_view scientific[] = {
      "1.5e-7", "2E+10",    "-3e5", "+1e5",       "1.2345678901234567e-5", "0.0e+00", "-0e0", "1e-009", "5.e5",
      ".5e5",   "12345678", "1e30", "1234567890", "12345678901234567890",  "+1.5"};
  const std::string_view longer = "12345678901.25";
  for (const SimdLevel level : SimdLevels()) {
    if (level == SimdLevel::kPlain || level == SimdLevel::kNeon) continue;  // NEON has no lanes for them
    for (const std::string_view text : scientific) {
      const TestField field{std::string(text)}, fixed{"0.25"}, long_field{std::string(longer)};
      for (const TestField& other : {field, fixed, long_field}) {
        for (const uint32_t count : {3, 8, 9, 61}) {
          std::vector<TestField> fields(FieldBlock::kMaxFields, other);
          for (uint32_t i = 0; i < count; i++) fields[(i * 7 + count) % 64] = field;
          EXPECT_EQ(NotTaken<double>(level, fields), 0U) << text << ", " << count << " of them beside " << other.text;
          EXPECT_EQ(NotTaken<float>(level, fields), 0U) << text << ", " << count << " of them beside " << other.text;
        }
      }
    }
    // Outside: the twin has to see them.
    for (const char* text : {"1e-300", "1e309", "179769313486231581e291", "1e", "e5", ".e5", "1e0005",
                             "9007199254740993e0", "1e5e5", "123456789012345678901234e0", "1.2.3e4", "1-2e5"}) {
      EXPECT_EQ(NotTaken<double>(level, std::vector<TestField>(64, TestField{text})), ~uint64_t{0}) << text;
    }
    for (const char* text : {"1e39", "-3.4028236e38", "1e-46", "16777217e0"}) {
      EXPECT_EQ(NotTaken<float>(level, std::vector<TestField>(64, TestField{text})), ~uint64_t{0}) << text;
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
