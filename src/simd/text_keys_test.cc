// Keys order as texts do, at every level, and nothing is read beyond what may be.
#include "simd/text_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
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

// Byte by byte, as the contract has it.
uint64_t KeyOf(std::string_view text) {
  uint64_t key = 0;
  for (uint32_t i = 0; i < kTextKeyBytes; i++) {
    key = key << 8 | (i < text.size() ? static_cast<uint8_t>(text[i]) : 0);
  }
  return key << 8 | std::min<uint64_t>(text.size(), 8);
}

// Eight bytes can be read from the begin of the last text on, or all of it; lists and bytes end before a page that
// cannot be touched.
class Texts {
 public:
  Texts(const std::vector<std::string>& texts, std::mt19937* random)
      : count_(static_cast<int64_t>(texts.size())), lists_{List(texts.size()), List(texts.size())} {
    std::string all;
    std::vector<int32_t> begins;
    for (const std::string& text : texts) {
      begins.push_back(static_cast<int32_t>(all.size()));
      all += text;
    }
    const size_t last = texts.empty() ? 0 : texts.back().size();
    const size_t behind = last < 8 ? 8 - last : 0;
    for (size_t i = 0; i < behind; i++) all += static_cast<char>((*random)());
    memory_ = std::make_unique<GuardedMemory>(all.size());
    bytes_ = memory_->Last<char>(all.size());
    std::memcpy(bytes_, all.data(), all.size());
    for (size_t i = 0; i < texts.size(); i++) {
      begin()[i] = begins[i];
      end()[i] = begins[i] + static_cast<int32_t>(texts[i].size());
    }
  }

  int64_t count() const { return count_; }
  const char* bytes() const { return bytes_; }
  int32_t* begin() const { return lists_[0]->Last<int32_t>(static_cast<size_t>(count_)); }
  int32_t* end() const { return lists_[1]->Last<int32_t>(static_cast<size_t>(count_)); }

 private:
  static std::unique_ptr<GuardedMemory> List(size_t count) {
    return std::make_unique<GuardedMemory>(std::max<size_t>(1, count) * sizeof(int32_t));
  }

  int64_t count_;
  std::unique_ptr<GuardedMemory> lists_[2], memory_;
  char* bytes_ = nullptr;
};

constexpr std::string_view kBytes("\0\x01 a\x7F\x80\xC3\xFF", 8);

// Often with a beginning of seven bytes in common, and often of a length near it.
std::vector<std::string> RandomTexts(std::mt19937* random, size_t count) {
  const std::string common = (*random)() % 2 != 0 ? std::string("caf\xC3\xA9-\x80") : std::string();
  const size_t longest = (*random)() % 2 != 0 ? 9 : 70;
  std::vector<std::string> texts(count);
  for (std::string& text : texts) {
    if ((*random)() % 4 != 0) text = common;
    for (size_t length = (*random)() % (longest + 1); length > 0; length--) text += kBytes[(*random)() % kBytes.size()];
  }
  return texts;
}

TEST(TextKeys, AreThoseOfTheContract) {
  std::mt19937 random(11);
  for (int round = Rounds(400); round > 0; round--) {
    const std::vector<std::string> texts = RandomTexts(&random, round % 8 == 0 ? 256 : random() % 40);
    const Texts guarded(texts, &random);
    uint64_t least = ~uint64_t{0}, greatest = 0;
    for (const std::string& text : texts) {
      least = std::min(least, KeyOf(text));
      greatest = std::max(greatest, KeyOf(text));
    }
    GuardedMemory key_memory(std::max<size_t>(1, texts.size()) * sizeof(uint64_t));
    auto* const keys = key_memory.Last<uint64_t>(texts.size());
    for (const SimdLevel level : SimdLevels()) {
      std::fill(keys, keys + texts.size(), 0x5555);
      const TextKeyRange range =
          KernelsOf(level).key_texts(guarded.bytes(), guarded.begin(), guarded.end(), guarded.count(), keys);
      ASSERT_EQ(range.least, least) << SimdLevelName(level);
      ASSERT_EQ(range.greatest, greatest) << SimdLevelName(level);
      for (size_t i = 0; i < texts.size(); i++) ASSERT_EQ(keys[i], KeyOf(texts[i])) << SimdLevelName(level);
    }
  }
}

TEST(TextKeys, OrderAsTextsDo) {
  std::mt19937 random(12);
  const std::vector<std::string> texts = RandomTexts(&random, 300);
  for (const std::string& one : texts) {
    for (const std::string& other : texts) {
      const uint64_t key = KeyOf(one), other_key = KeyOf(other);
      if (key != other_key) {
        ASSERT_EQ(key < other_key, std::string_view(one) < std::string_view(other));
      } else if (!IsLongTextKey(key)) {
        ASSERT_EQ(one, other);
      }
    }
  }
}

TEST(TextKeys, ThoseOfAKeyAreKept) {
  std::mt19937 random(13);
  for (int round = Rounds(400); round > 0; round--) {
    const size_t count = round % 8 == 0 ? 256 : random() % 40;
    const Texts guarded(std::vector<std::string>(count), &random);
    std::vector<uint64_t> keys(count);
    std::vector<int32_t> begin, end;
    const uint64_t wanted = 7, kinds = 1 + random() % 20;
    for (size_t i = 0; i < count; i++) {
      keys[i] = random() % kinds == 0 ? wanted : wanted | uint64_t{1} << (8 + random() % 56);
      guarded.begin()[i] = static_cast<int32_t>(random() % 1000000);
      guarded.end()[i] = static_cast<int32_t>(random() % 1000000);
      if (keys[i] == wanted) begin.push_back(guarded.begin()[i] + 7);
      if (keys[i] == wanted) end.push_back(guarded.end()[i]);
    }
    for (const SimdLevel level : SimdLevels()) {
      const KeepTextsFn keep = KernelsOf(level).keep_texts;
      // Into other lists, and into those that are read.
      const Texts apart(std::vector<std::string>(count), &random), same(std::vector<std::string>(count), &random);
      std::copy_n(guarded.begin(), count, same.begin());
      std::copy_n(guarded.end(), count, same.end());
      const int64_t kept =
          keep(keys.data(), wanted, guarded.begin(), guarded.end(), guarded.count(), apart.begin(), apart.end());
      ASSERT_EQ(keep(keys.data(), wanted, same.begin(), same.end(), same.count(), same.begin(), same.end()), kept);
      for (const Texts* lists : {&apart, &same}) {
        ASSERT_EQ(std::vector<int32_t>(lists->begin(), lists->begin() + kept), begin) << SimdLevelName(level);
        ASSERT_EQ(std::vector<int32_t>(lists->end(), lists->end() + kept), end) << SimdLevelName(level);
      }
    }
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
