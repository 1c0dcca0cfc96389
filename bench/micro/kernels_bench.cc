// The kernels of simd/kernels.h, each at every level that has one of its own: ticks a field. They work on what a
// window has (16 KiB of text, 250 fields) or a page of a column (values in L1 or L2), sixteen of them in turn.
#include "simd/kernels.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "bench/micro/fields.h"
#include "bench/micro/levels.h"
#include "bench/micro/texts.h"
#include "bench/micro/ticks.h"

namespace {

using namespace headrace;

constexpr size_t kTurns = 16;  // different inputs

void IndexStructurals(benchmark::State& state, IndexStructuralsFn kernel, const TextShape& shape, bool quoting) {
  WindowTexts texts([&](size_t size, uint64_t seed) { return shape.Make(size, seed); });
  std::vector<uint32_t> positions(WindowTexts::kBytes + 64);
  std::vector<uint64_t> double_quotes(WindowTexts::kBytes / 64 + 1);
  const StructuralRoom room{positions.data(), WindowTexts::kBytes, double_quotes.data()};
  StructuralBytes bytes;
  bytes.delimiter = shape.delimiter;
  bytes.quoting = quoting;
  uint64_t num_fields = 0, num_bytes = 0, looked_at = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const PaddedText& text = texts.Next();
    const StructuralResult found = kernel(text.data(), 0, text.size(), bytes, room);
    num_fields += found.num_positions;
    looked_at += found.stopped_at;
    num_bytes += text.size();
    benchmark::ClobberMemory();
  }
  ticks.Report("field", num_fields, num_bytes);
  if (looked_at != num_bytes) state.SkipWithError("the index stopped inside the text");
}

// Bytes are those of the matrix of ends.
void TurnColumns(benchmark::State& state, TurnColumnsFn kernel, uint32_t columns, uint32_t count) {
  constexpr uint32_t kRows = ColumnText::kRows, kStride = 320;
  std::vector<std::vector<uint32_t>> matrices(kTurns);
  for (size_t i = 0; i < kTurns; i++) {
    Random random(i);
    uint32_t end = 0;
    while (matrices[i].size() < size_t{kRows} * columns) matrices[i].push_back(end += 1 + random() % 16);
    matrices[i].resize(matrices[i].size() + 64);
  }
  std::vector<uint32_t> lists(kStride * (2 * kTileColumns + 1));
  const ColumnTile tile{lists.data(), lists.data() + kStride * (kTileColumns + 1), kStride};
  size_t turn = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(kernel(matrices[turn++ % kTurns].data(), columns, kRows, count, 0, tile));
    benchmark::ClobberMemory();
  }
  const uint64_t fields = state.iterations() * uint64_t{kRows} * count;
  ticks.Report("field", fields, fields * sizeof(uint32_t));
}

void CopyTexts(benchmark::State& state, CopyTextsFn kernel, const MakeField& make) {
  ColumnTexts texts(make);
  std::vector<char> bytes(ColumnText::kRows * 200 + kCopyTextsSlack);
  std::vector<int32_t> offsets(ColumnText::kRows + 1);
  uint64_t num_bytes = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const FieldList& fields = texts.Next().fields();
    num_bytes += kernel(fields.text, fields.begin, fields.end, fields.size, bytes.data(), 0, offsets.data());
    benchmark::ClobberMemory();
  }
  ticks.Report("field", state.iterations() * ColumnText::kRows, num_bytes);
}

// Text of characters that have 1 to `longest` bytes, or `longest` alone.
std::string Characters(Random& random, size_t size, int longest, bool mixed) {
  static const char* const characters[] = {"a", "\xC3\xA9", "\xE6\x97\xA5", "\xF0\x9D\x84\x9E"};
  std::string text;
  while (text.size() + 4 <= size) {
    text += characters[mixed ? random() % static_cast<uint64_t>(longest) : static_cast<uint64_t>(longest - 1)];
  }
  return text;
}

void IsValid(benchmark::State& state, IsValidUtf8Fn kernel, int longest, bool mixed) {
  WindowTexts texts([&](size_t size, uint64_t seed) {
    Random random(seed);
    return Characters(random, size, longest, mixed);
  });
  bool valid = true;
  uint64_t num_bytes = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const PaddedText& text = texts.Next();
    valid &= kernel(text.data(), text.data() + text.size());
    num_bytes += text.size();
  }
  ticks.Report("byte", num_bytes, num_bytes);
  if (!valid) state.SkipWithError("the text is to be valid");
}

struct Validity {
  Validity(int64_t rows, int percent_null, uint64_t seed) : words(static_cast<size_t>(rows) / 64) {
    Random random(seed);
    for (int64_t row = 0; row < rows; row++) {
      if (static_cast<int>(random() % 100) < percent_null) continue;
      words[static_cast<size_t>(row) / 64] |= uint64_t{1} << row % 64;
      num_values++;
    }
  }
  std::vector<uint64_t> words;
  int64_t num_values = 0;
};

std::vector<Validity> MakeValidity(int64_t rows, int percent_null) {
  std::vector<Validity> turns;
  for (size_t i = 0; i < kTurns; i++) turns.emplace_back(rows, percent_null, i);
  return turns;
}

// Fields are rows; bytes are those of their slots.
void ExpandTo(benchmark::State& state, ExpandValuesFn kernel, int width, int percent_null) {
  constexpr int64_t kRows = 2048;
  const std::vector<Validity> turns = MakeValidity(kRows, percent_null);
  std::vector<uint8_t> dense(kRows * 16, 7), out(kRows * 16);
  size_t turn = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const Validity& validity = turns[turn++ % kTurns];
    kernel(width, dense.data(), validity.num_values, validity.words.data(), kRows, out.data());
    benchmark::ClobberMemory();
  }
  const uint64_t rows = state.iterations() * uint64_t{kRows};
  ticks.Report("field", rows, rows * static_cast<uint64_t>(width));
}

// Numbers small enough for every type, in both signs where it has them.
template <class T>
std::vector<std::vector<T>> MakeNumbers(size_t size) {
  std::vector<std::vector<T>> turns(kTurns);
  for (size_t i = 0; i < kTurns; i++) {
    Random random(i);
    while (turns[i].size() < size)
      turns[i].push_back(static_cast<T>(Uniform(random) * 200 - (std::is_signed_v<T> ? 100 : 0)));
  }
  return turns;
}

template <class Float, class Kernel>
void SummarizeFloats(benchmark::State& state, Kernel kernel, int percent_null) {
  constexpr int64_t kRows = 2048;
  const std::vector<Validity> validity = MakeValidity(kRows, percent_null);
  const std::vector<std::vector<Float>> dense = MakeNumbers<Float>(kRows);
  FloatSummary<Float> summary;
  size_t turn = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const size_t i = turn++ % kTurns;
    kernel(dense[i].data(), validity[i].num_values, validity[i].words.data(), kRows, &summary);
    benchmark::DoNotOptimize(summary);
  }
  const uint64_t rows = state.iterations() * uint64_t{kRows};
  ticks.Report("field", rows, rows * sizeof(Float));
}

template <class T, class Kernel>
void SummarizeIntegers(benchmark::State& state, Kernel kernel) {
  constexpr int64_t kValues = 2048;
  const std::vector<std::vector<T>> dense = MakeNumbers<T>(kValues);
  IntegerSummary<T> summary;
  size_t turn = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    kernel(dense[turn++ % kTurns].data(), kValues, &summary);
    benchmark::DoNotOptimize(summary);
  }
  const uint64_t values = state.iterations() * uint64_t{kValues};
  ticks.Report("field", values, values * sizeof(T));
}

// A block of texts of up to 12 letters, as the search for extremes has it.
struct KeyedTexts {
  static constexpr int64_t kTexts = 256;
  explicit KeyedTexts(uint64_t seed) {
    Random random(seed);
    for (int64_t i = 0; i < kTexts; i++) {
      for (uint64_t size = random() % 13; size > 0; size--) bytes += static_cast<char>('a' + random() % 26);
      offsets.push_back(static_cast<int32_t>(bytes.size()));
    }
    bytes += "padding.";
  }
  std::string bytes;
  std::vector<int32_t> offsets = {0};
};

std::vector<KeyedTexts> MakeKeyedTexts() {
  std::vector<KeyedTexts> turns;
  for (size_t i = 0; i < kTurns; i++) turns.emplace_back(i);
  return turns;
}

void KeyTexts(benchmark::State& state, KeyTextsFn kernel) {
  const std::vector<KeyedTexts> turns = MakeKeyedTexts();
  uint64_t keys[KeyedTexts::kTexts], num_bytes = 0;
  size_t turn = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const KeyedTexts& texts = turns[turn++ % kTurns];
    const int32_t* offsets = texts.offsets.data();
    benchmark::DoNotOptimize(kernel(texts.bytes.data(), offsets, offsets + 1, KeyedTexts::kTexts, keys));
    benchmark::DoNotOptimize(keys);
    num_bytes += static_cast<uint64_t>(offsets[KeyedTexts::kTexts]);
  }
  ticks.Report("field", state.iterations() * KeyedTexts::kTexts, num_bytes);
}

// One in so many texts is kept. Bytes are those of the keys.
void KeepTexts(benchmark::State& state, KeepTextsFn kernel, uint64_t one_in) {
  const std::vector<KeyedTexts> texts = MakeKeyedTexts();
  std::vector<std::vector<uint64_t>> keys(kTurns);
  for (size_t i = 0; i < kTurns; i++) {
    Random random(i);
    for (int64_t text = 0; text < KeyedTexts::kTexts; text++) keys[i].push_back(random() % one_in);
  }
  int32_t begin[KeyedTexts::kTexts], end[KeyedTexts::kTexts];
  size_t turn = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const size_t i = turn++ % kTurns;
    const int32_t* offsets = texts[i].offsets.data();
    benchmark::DoNotOptimize(kernel(keys[i].data(), 0, offsets, offsets + 1, KeyedTexts::kTexts, begin, end));
    benchmark::DoNotOptimize(begin);
    benchmark::DoNotOptimize(end);
  }
  const uint64_t fields = state.iterations() * KeyedTexts::kTexts;
  ticks.Report("field", fields, fields * sizeof(uint64_t));
}

using State = benchmark::State;

void RegisterTexts() {
  for (const TextShape& shape : {kMilanShape, kQuotedShape, kDoubledShape, kShortShape, kLongShape}) {
    RegisterKernel(std::string("IndexStructurals/") + shape.name, &Kernels::index_structurals,
                   [=](State& state, auto kernel) { IndexStructurals(state, kernel, shape, true); });
  }
  RegisterKernel("IndexStructurals/milan_no_quoting", &Kernels::index_structurals,
                 [](State& state, auto kernel) { IndexStructurals(state, kernel, kMilanShape, false); });
  for (const uint32_t columns : {8, 100, 3}) {
    const uint32_t count = std::min(columns, kTileColumns);
    RegisterKernel("TurnColumns/" + std::to_string(count) + "_of_" + std::to_string(columns), &Kernels::turn_columns,
                   [=](State& state, auto kernel) { TurnColumns(state, kernel, columns, count); });
  }
  RegisterKernel("CopyTexts/0_to_19_bytes", &Kernels::copy_texts, [](State& state, auto kernel) {
    CopyTexts(state, kernel, [](Random& random) { return Words(random, true); });
  });
  RegisterKernel("CopyTexts/50_to_150_bytes", &Kernels::copy_texts, [](State& state, auto kernel) {
    CopyTexts(state, kernel, [](Random& random) { return std::string(50 + random() % 101, 'x'); });
  });
  RegisterKernel("IsValidUtf8/ascii", &Kernels::is_valid_utf8,
                 [](State& state, auto kernel) { IsValid(state, kernel, 1, false); });
  RegisterKernel("IsValidUtf8/1_or_2_bytes", &Kernels::is_valid_utf8,
                 [](State& state, auto kernel) { IsValid(state, kernel, 2, true); });
  RegisterKernel("IsValidUtf8/3_bytes", &Kernels::is_valid_utf8,
                 [](State& state, auto kernel) { IsValid(state, kernel, 3, false); });
  RegisterKernel("IsValidUtf8/1_to_4_bytes", &Kernels::is_valid_utf8,
                 [](State& state, auto kernel) { IsValid(state, kernel, 4, true); });
  RegisterKernel("KeyTexts", &Kernels::key_texts, KeyTexts);
  for (const uint64_t one_in : {2, 20}) {
    RegisterKernel("KeepTexts/1_in_" + std::to_string(one_in), &Kernels::keep_texts,
                   [=](State& state, auto kernel) { KeepTexts(state, kernel, one_in); });
  }
}

template <class T>
void RegisterSummary(const std::string& name,
                     void (*SummarizeKernels::*const member)(const T*, int64_t, IntegerSummary<T>*)) {
  RegisterKernel(
      "Summarize/" + name, [=](const Kernels& kernels) { return kernels.summarize->*member; },
      [](State& state, auto kernel) { SummarizeIntegers<T>(state, kernel); });
}

template <class Float, class Member>
void RegisterFloatSummary(const std::string& name, Member member, int percent_null) {
  RegisterKernel(
      "Summarize/" + name, [=](const Kernels& kernels) { return kernels.summarize->*member; },
      [=](State& state, auto kernel) { SummarizeFloats<Float>(state, kernel, percent_null); });
}

void RegisterValues() {
  for (const int width : {1, 2, 4, 8, 16}) {
    for (const int percent_null : {5, 50}) {
      RegisterKernel("ExpandValues/" + std::to_string(width) + "_bytes/null_percent_" + std::to_string(percent_null),
                     &Kernels::expand_values,
                     [=](State& state, auto kernel) { ExpandTo(state, kernel, width, percent_null); });
    }
  }
  RegisterFloatSummary<double>("float64", &SummarizeKernels::float64, 0);
  RegisterFloatSummary<double>("float64_half_null", &SummarizeKernels::float64, 50);
  RegisterFloatSummary<float>("float32_half_null", &SummarizeKernels::float32, 50);
  RegisterSummary("int8", &SummarizeKernels::int8);
  RegisterSummary("int16", &SummarizeKernels::int16);
  RegisterSummary("int32", &SummarizeKernels::int32);
  RegisterSummary("int64", &SummarizeKernels::int64);
  RegisterSummary("uint8", &SummarizeKernels::uint8);
  RegisterSummary("uint16", &SummarizeKernels::uint16);
  RegisterSummary("uint32", &SummarizeKernels::uint32);
  RegisterSummary("uint64", &SummarizeKernels::uint64);
}

[[maybe_unused]] const bool kRegistered = [] {
  RegisterTexts();
  RegisterValues();
  return true;
}();

}  // namespace
