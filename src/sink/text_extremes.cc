#include "sink/text_extremes.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

struct Texts {
  const char* bytes;
  const int32_t* offsets;
  const char* end;

  size_t size(int64_t i) const { return static_cast<size_t>(offsets[i + 1] - offsets[i]); }
  std::string_view operator[](int64_t i) const { return {bytes + offsets[i], size(i)}; }
};

using TextKey = unsigned __int128;
constexpr size_t kKeyBytes = sizeof(TextKey) - 1;
constexpr TextKey kLong = 0xFF;  // in the last byte, where others have their size

struct KeyMasks {
  TextKey of[kKeyBytes + 1];
};
constexpr KeyMasks kKeyMasks = [] {
  KeyMasks masks{};
  for (size_t size = 1; size <= kKeyBytes; size++) masks.of[size] = ~TextKey{0} << (128 - 8 * size);
  return masks;
}();

// The first fifteen bytes, zeros behind short texts, then the size: a number that orders as the texts do. Texts of the
// same key are the same, but for long ones.
inline TextKey Key(std::string_view text, const char* end) {
  uint64_t words[2] = {0, 0};
  if (end - text.data() >= static_cast<ptrdiff_t>(sizeof words)) [[likely]] {
    std::memcpy(&words[0], text.data(), sizeof words[0]);
    std::memcpy(&words[1], text.data() + sizeof words[0], sizeof words[1]);
  } else if (!text.empty()) {  // where all are empty, there may be no bytes at all
    std::memcpy(words, text.data(), std::min(text.size(), sizeof words));
  }
  const TextKey key = static_cast<TextKey>(__builtin_bswap64(words[0])) << 64 | __builtin_bswap64(words[1]);
  return text.size() > kKeyBytes ? key | kLong : (key & kKeyMasks.of[text.size()]) | text.size();
}

inline bool IsLess(TextKey key, std::string_view text, TextKey other_key, std::string_view other) {
  if (key != other_key) return key < other_key;
  return (key & kLong) == kLong && text.substr(kKeyBytes) < other.substr(kKeyBytes);
}

// The same in 64 bits: seven bytes, then the size. Eight bytes must be readable.
constexpr uint64_t kShortKeyBytes = sizeof(uint64_t) - 1;
inline uint64_t ShortKey(const Texts& texts, int64_t i) {
  uint64_t word;
  std::memcpy(&word, texts.bytes + texts.offsets[i], sizeof word);
  const uint64_t size = texts.size(i), kept_bits = std::min(size, kShortKeyBytes) * 8;
  const uint64_t behind = ~uint64_t{0} >> kept_bits;
  return (__builtin_bswap64(word) & ~behind) | (size <= kShortKeyBytes ? size : uint64_t{kLong});
}

// Blocks are passed over by their short keys; what may be an extreme is compared whole.
class Search {
 public:
  explicit Search(const Texts& texts) : texts_(texts) {
    found_.least = found_.greatest = texts[0];
    least_ = greatest_ = Key(texts[0], texts.end);
  }

  void Take(int64_t i) {
    const std::string_view text = texts_[i];
    const TextKey key = Key(text, texts_.end);
    if (IsLess(key, text, least_, found_.least)) {
      least_ = key;
      found_.least = text;
    }
    if (IsLess(greatest_, found_.greatest, key, text)) {
      greatest_ = key;
      found_.greatest = text;
    }
  }

  // Take texts [first, first + count); return how many had to be compared whole.
  int64_t TakeBlock(int64_t first, int64_t count) {
    uint64_t keys[kBlockTexts], least = ~uint64_t{0}, greatest = 0;
    for (int64_t i = 0; i < count; i++) {
      const uint64_t key = ShortKey(texts_, first + i);
      keys[i] = key;
      least = std::min(least, key);
      greatest = std::max(greatest, key);
    }
    const uint64_t least_so_far = ShortOf(least_, found_.least), greatest_so_far = ShortOf(greatest_, found_.greatest);
    int64_t compared = 0;
    if (least < least_so_far || (least == least_so_far && IsLong(least)))
      compared += TakeThose(first, keys, count, least);
    if (greatest > greatest_so_far || (greatest == greatest_so_far && IsLong(greatest))) {
      compared += TakeThose(first, keys, count, greatest);
    }
    return compared;
  }

  static constexpr int64_t kBlockTexts = 256;
  const TextExtremes& found() const { return found_; }

 private:
  static bool IsLong(uint64_t key) { return (key & 0xFF) == kLong; }
  static uint64_t ShortOf(TextKey key, std::string_view text) {
    const uint64_t size = text.size();
    return (static_cast<uint64_t>(key >> 64) & ~uint64_t{0xFF}) | (size <= kShortKeyBytes ? size : uint64_t{kLong});
  }

  int64_t TakeThose(int64_t first, const uint64_t* keys, int64_t count, uint64_t key) {
    int64_t taken = 0;
    for (int64_t i = 0; i < count; i++) {
      if (keys[i] != key) continue;
      Take(first + i);
      if (!IsLong(key)) return 1;  // the others are the same
      taken++;
    }
    return taken;
  }

  const Texts texts_;
  TextExtremes found_;
  TextKey least_, greatest_;
};

}  // namespace

TextExtremes FindTextExtremes(const char* bytes, const int32_t* offsets, int64_t count) {
  const Texts texts{bytes, offsets, bytes + offsets[count]};
  Search search(texts);
  int64_t readable = count;  // texts with eight bytes from their begin on
  while (readable > 0 && texts.end - (bytes + offsets[readable - 1]) < 8) readable--;
  int64_t i = 0;
  bool crowded = false;  // so many texts begin alike that short keys are of no use
  while (!crowded && i < readable) {
    const int64_t block = std::min(Search::kBlockTexts, readable - i);
    crowded = search.TakeBlock(i, block) > block / 8;
    i += block;
  }
  for (; i < count; i++) search.Take(i);
  return search.found();
}

}  // namespace v0
}  // namespace headrace
