// Copied texts stand one behind the other, at every level, and nothing is touched beyond the slack.
#include "simd/copy_texts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "parse/test_guarded.h"
#include "simd/kernels.h"
#include "simd/test_rounds.h"

namespace headrace {
inline namespace v0 {
namespace {

// Texts apart from each other in a window whose slack ends before a page that cannot be touched.
struct Window {
  std::string text;
  std::vector<uint32_t> begin, end;
  std::string copied;  // behind the bytes that are there already
};

Window RandomWindow(std::mt19937* random, size_t count, size_t longest, size_t before) {
  Window window;
  window.copied = std::string(before, 'x');
  for (size_t i = 0; i < count; i++) {
    if ((*random)() % 3 != 0) window.text += ",,";
    window.begin.push_back(static_cast<uint32_t>(window.text.size()));
    const size_t length = (*random)() % 4 == 0 ? longest : (*random)() % (longest + 1);
    for (size_t byte = 0; byte < length; byte++) window.text += static_cast<char>((*random)());
    window.end.push_back(static_cast<uint32_t>(window.text.size()));
    window.copied += window.text.substr(window.begin.back());
  }
  return window;
}

void Check(CopyTextsFn copy, const Window& window, size_t before) {
  const size_t count = window.begin.size();
  const size_t list_bytes = (count + 1) * sizeof(uint32_t);
  GuardedMemory text_memory(window.text.size() + kCopyTextsSlack), begin_memory(list_bytes), end_memory(list_bytes);
  GuardedMemory bytes_memory(window.copied.size() + kCopyTextsSlack), offsets_memory(list_bytes);
  char* const text = text_memory.Last<char>(window.text.size() + kCopyTextsSlack);
  auto* const begin = begin_memory.Last<uint32_t>(count);
  auto* const end = end_memory.Last<uint32_t>(count);
  char* const bytes = bytes_memory.Last<char>(window.copied.size() + kCopyTextsSlack);
  auto* const offsets = offsets_memory.Last<int32_t>(count + 1);
  std::copy(window.text.begin(), window.text.end(), text);
  std::copy(window.begin.begin(), window.begin.end(), begin);
  std::copy(window.end.begin(), window.end.end(), end);
  std::fill(bytes, bytes + before, 'x');

  const int64_t num_bytes =
      copy(text, begin, end, static_cast<uint32_t>(count), bytes, static_cast<int64_t>(before), offsets);
  ASSERT_EQ(num_bytes, static_cast<int64_t>(window.copied.size()));
  ASSERT_EQ(std::string_view(bytes, window.copied.size()), window.copied);
  auto offset = static_cast<int32_t>(before);
  for (size_t i = 0; i < count; i++) {
    ASSERT_EQ(offsets[i], offset);
    offset += static_cast<int32_t>(window.end[i] - window.begin[i]);
  }
  ASSERT_EQ(offsets[count], offset);
}

TEST(CopyTexts, OneBehindTheOther) {
  std::mt19937 random(21);
  for (const size_t longest : {0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 70, 300}) {
    for (int round = Rounds(20); round > 0; round--) {
      const size_t before = random() % 100;
      const Window window = RandomWindow(&random, random() % (round % 4 == 0 ? 300 : 12), longest, before);
      for (const SimdLevel level : SimdLevels()) {
        SCOPED_TRACE(SimdLevelName(level));
        ASSERT_NO_FATAL_FAILURE(Check(KernelsOf(level).copy_texts, window, before)) << longest;
      }
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
