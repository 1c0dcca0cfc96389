#include "sink/text_extremes.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kBlockTexts = 256;
constexpr int64_t kWordBytes = sizeof(uint64_t);
constexpr size_t kDeepest = 8 * kTextKeyBytes;  // bytes that are looked at by keys; texts that are the same so far are
                                                // compared whole
constexpr int64_t kFew = 2;                     // so are so few

// The key of a text beside which nothing may be readable.
uint64_t KeyOf(std::string_view text) {
  const size_t size = std::min<size_t>(text.size(), kTextKeyBytes);
  uint64_t word = 0;
  if (size > 0) std::memcpy(&word, text.data(), size);
  return __builtin_bswap64(word) | std::min<uint64_t>(text.size(), kTextKeyBytes + 1);
}

// Texts from some byte of theirs on, and their keys there.
struct Texts {
  const int32_t* begin;
  const int32_t* end;
  int64_t count;
  const uint64_t* keys;
  size_t depth;  // the bytes before, in which they are all the same
};

struct Room {
  int32_t begin[kBlockTexts], end[kBlockTexts];
  uint64_t keys[kBlockTexts];
};

// Blocks are passed over by their keys; of those that may have an extreme, texts whose keys are an extreme and go on
// are looked at seven bytes further on, as long as there are such.
class Search {
 public:
  Search(const char* bytes, std::string_view first) : bytes_(bytes), kernels_(ActiveKernels()) {
    found_.least = found_.greatest = first;
  }

  void Take(std::string_view text) {
    if (text < found_.least) found_.least = text;
    if (text > found_.greatest) found_.greatest = text;
  }

  // Take at most kBlockTexts texts, at each byte of which, and at its end, eight bytes can be read.
  void TakeBlock(const int32_t* offsets, int64_t count) {
    Room room;
    Texts texts{offsets, offsets + 1, count, room.keys, 0};
    TextKeyRange range = kernels_.key_texts(bytes_, texts.begin, texts.end, count, room.keys);
    // Where all begin alike, the extremes too, this is known for both at once.
    while (range.least == range.greatest && IsLongTextKey(range.least) && texts.depth < kDeepest &&
           KeyOf(found_.least.substr(texts.depth)) == range.least &&
           KeyOf(found_.greatest.substr(texts.depth)) == range.least) {
      for (int64_t i = 0; i < count; i++) room.begin[i] = texts.begin[i] + static_cast<int32_t>(kTextKeyBytes);
      texts.begin = room.begin;
      texts.depth += kTextKeyBytes;
      range = kernels_.key_texts(bytes_, texts.begin, texts.end, count, room.keys);
    }
    Narrow(texts, range.least, std::less<>(), &found_.least);
    Narrow(texts, range.greatest, std::greater<>(), &found_.greatest);
  }

  const TextExtremes& found() const { return found_; }

 private:
  // Look among those of `texts` that have the key `best`, which is the best one, for a text better than `*found`.
  template <class IsBetter>
  void Narrow(Texts texts, uint64_t best, IsBetter is_better, std::string_view* found) const {
    Room room;
    while (true) {
      const uint64_t known = KeyOf(found->substr(texts.depth));
      if (is_better(known, best) || (known == best && !IsLongTextKey(best))) return;
      KeepThose(best, &texts, &room);
      if (known != best) *found = TextOf(texts, 0);
      if (!IsLongTextKey(best)) return;  // all that are left are the same
      if (texts.count <= kFew || texts.depth >= kDeepest) break;
      const TextKeyRange range = kernels_.key_texts(bytes_, texts.begin, texts.end, texts.count, room.keys);
      best = is_better(range.least, range.greatest) ? range.least : range.greatest;
    }
    for (int64_t i = 0; i < texts.count; i++) {
      const std::string_view text = TextOf(texts, i);
      if (is_better(text, *found)) *found = text;
    }
  }

  // Keep the texts with this key, from behind it on.
  void KeepThose(uint64_t key, Texts* texts, Room* room) const {
    const int64_t kept =
        kernels_.keep_texts(texts->keys, key, texts->begin, texts->end, texts->count, room->begin, room->end);
    *texts = {room->begin, room->end, kept, room->keys, texts->depth + kTextKeyBytes};
  }

  std::string_view TextOf(const Texts& texts, int64_t i) const {
    const char* const begin = bytes_ + texts.begin[i] - texts.depth;
    return {begin, static_cast<size_t>(bytes_ + texts.end[i] - begin)};
  }

  const char* const bytes_;
  const Kernels& kernels_;
  TextExtremes found_;
};

}  // namespace

TextExtremes FindTextExtremes(const char* bytes, const int32_t* offsets, int64_t count) {
  const auto text = [&](int64_t i) {
    return std::string_view(bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i]));
  };
  Search search(bytes, text(0));
  int64_t readable = count;  // texts with eight bytes behind them
  while (readable > 0 && offsets[count] - offsets[readable] < kWordBytes) readable--;
  for (int64_t i = 0; i < readable; i += kBlockTexts) {
    search.TakeBlock(offsets + i, std::min(kBlockTexts, readable - i));
  }
  for (int64_t i = readable; i < count; i++) search.Take(text(i));
  return search.found();
}

}  // namespace v0
}  // namespace headrace
