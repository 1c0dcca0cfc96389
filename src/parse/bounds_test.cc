// Windows at every offset, and at both ends of readable memory: the parser, the index and the lists of fields give what
// the plain reader gives, and touch no byte beyond the padding.
#include <gtest/gtest.h>

#include "parse/test_guarded.h"
#include "parse/test_records.h"
#include "simd/kernels.h"
#include "simd/test_rounds.h"

namespace headrace {
inline namespace v0 {
namespace {

class WindowBounds : public testing::TestWithParam<SimdLevel> {
 protected:
  void SetUp() override { ForceSimdLevelForTesting(GetParam()); }
  void TearDown() override { ForceSimdLevelForTesting(SimdLevels().back()); }

  static constexpr uint32_t kOffsets = 64;
  static constexpr size_t kMostBytes = 3000;
};

ParserOptions DrawOptions(std::mt19937* random) {
  ParserOptions options;
  options.columns = 1 + (*random)() % 9;
  options.dialect.bytes.quoting = (*random)() % 4 != 0;
  options.dialect.bytes.terminator = (*random)() % 5 == 0 ? '\r' : '\n';
  options.dialect.has_comment = (*random)() % 3 == 0;
  options.max_record_bytes = 1 << 20;
  options.window_bytes = 64 + (*random)() % 4096;
  return options;
}

std::string DrawText(std::mt19937* random, uint32_t columns, size_t most) {
  const size_t size = 1 + (*random)() % (most - 1);
  std::string text =
      (*random)() % 3 == 0 ? RandomText(random, "ab,,\n\n\"\"\r#\xC3", size) : RenderText(random, columns, size);
  if (text.size() > most) text.resize(most);
  return text;
}

// `from` is where the text begins, `offset` how far behind the position 0 of its window.
void ExpectRecords(const ParserOptions& options, const char* from, uint32_t offset, const std::string& text,
                   const std::vector<Line>& expected) {
  for (const size_t chunk : {size_t{64}, text.size()}) {
    const auto end = offset + static_cast<uint32_t>(text.size());
    ASSERT_EQ(ReadInWindows(options, from - offset, offset, end, chunk), expected)
        << "offset " << offset << ", chunk " << chunk << "\n"
        << text;
  }
}

TEST_P(WindowBounds, EveryOffsetBetweenUnmappedPages) {
  std::mt19937 random(17);
  for (const char fill : {'"', ',', '\n', '\r', '9'}) {
    for (uint32_t offset = 0; offset < kOffsets; offset += PlaceStep()) {
      for (int round = 0; round < 2; round++) {
        const ParserOptions options = DrawOptions(&random);
        const std::string text = DrawText(&random, options.columns, kMostBytes);
        const std::vector<Line> expected = Sorted(ReadPlainly(options, text));
        GuardedMemory memory(kMostBytes + 2 * kTextPadding, fill);
        char* last = memory.end() - kTextPadding - text.size();
        text.copy(last, text.size());
        ExpectRecords(options, last, offset, text, expected);
        std::memset(memory.begin(), fill, kMostBytes + kTextPadding);
        char* first = memory.begin() + kTextPadding;
        text.copy(first, text.size());
        ExpectRecords(options, first, offset, text, expected);
        if (HasFatalFailure()) return;
      }
    }
  }
}

// The same text at every distance from a cache line's begin: the blocks of the index fall elsewhere each time.
TEST_P(WindowBounds, EveryAlignment) {
  std::mt19937 random(19);
  for (int round = TestsAreShort() ? 2 : 20; round > 0; round--) {
    const ParserOptions options = DrawOptions(&random);
    const std::string text = DrawText(&random, options.columns, 700);
    const std::vector<Line> expected = Sorted(ReadPlainly(options, text));
    GuardedMemory memory(text.size() + 2 * kTextPadding + kOffsets, '"');
    for (uint32_t offset = 0; offset < kOffsets; offset++) {
      char* from = memory.begin() + kTextPadding + offset;
      std::memset(memory.begin(), '"', kTextPadding + offset);
      text.copy(from, text.size());
      ExpectRecords(options, from, kOffsets - 1 - offset, text, expected);
      if (HasFatalFailure()) return;
    }
  }
}

// Text arrives where a window was cut before: one that begins at each of 64 bytes of a record.
TEST_P(WindowBounds, EveryCut) {
  std::mt19937 random(23);
  for (int round = TestsAreShort() ? 2 : 20; round > 0; round--) {
    ParserOptions options = DrawOptions(&random);
    const std::string text = DrawText(&random, options.columns, 400);
    const std::vector<Line> expected = Sorted(ReadPlainly(options, text));
    GuardedMemory memory(text.size() + 2 * kTextPadding, ',');
    char* from = memory.end() - kTextPadding - text.size();
    text.copy(from, text.size());
    for (uint32_t bytes = 1; bytes <= kOffsets; bytes++) {
      options.window_bytes = bytes;
      ASSERT_EQ(ReadInWindows(options, from, 0, static_cast<uint32_t>(text.size()), bytes), expected)
          << bytes << " bytes a window\n"
          << text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, WindowBounds, testing::ValuesIn(SimdLevels().begin(), SimdLevels().end()),
                         [](const auto& info) { return std::string(SimdLevelName(info.param)); });

}  // namespace
}  // namespace v0
}  // namespace headrace
