#include "sink/value_repeats.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kWidth = 8, kLowerBytes = 6;
constexpr int kTableBits = 14;  // a page has some 16,000 to 32,000 values; both tables fit the caches of a core
constexpr int64_t kLeastValues = 64;
constexpr int64_t kMaxValues = std::numeric_limits<uint16_t>::max() - 1;  // searched together: some 512 KiB
constexpr int64_t kBlockBytes = 128 << 10;                                // of a zstd block, at most
constexpr int64_t kMaxBefore = 64 << 10;                                  // bytes in front of the values
constexpr int64_t kMaxBytes = 4 << 20;                                    // a sequence takes 16 bytes
// After so many values without a repeat one more is passed over behind each, up to kMaxStep - 1.
constexpr int64_t kMissesAStep = 256, kMaxStep = 8;
// zstd's windows are as large as 512 KiB, or as the page.
static_assert(kMaxValues * kWidth <= 512 << 10);

uint64_t Load(const uint8_t* values, int64_t i) {
  uint64_t value;
  std::memcpy(&value, values + i * kWidth, sizeof value);
  return value;
}

size_t PlaceOf(uint64_t value) { return value * 0x9E3779B97F4A7C15U >> (64 - kTableBits); }
uint64_t LowerOf(uint64_t value) { return value << (kWidth - kLowerBytes) * 8; }

}  // namespace

bool ValueRepeats::Takes(const PageBytes& page) {
  const int64_t bytes = page.size - page.values_at;
  return bytes >= kLeastValues * kWidth && bytes % kWidth == 0 && page.values_at <= kMaxBefore &&
         page.size <= kMaxBytes;
}

ValueRepeats::Repeat ValueRepeats::Look(const uint8_t* values, int64_t i) {
  const uint64_t value = Load(values, i);
  uint16_t& whole = wholes_[PlaceOf(value)];
  uint16_t& lower = lowers_[PlaceOf(LowerOf(value))];
  const int64_t same = whole - 1, near = lower - 1;
  whole = lower = static_cast<uint16_t>(i + 1);
  if (same >= 0 && Load(values, same) == value) return {same, kWidth};
  if (near < 0) return {};
  const int equal = std::countr_zero(Load(values, near) ^ value) / 8;  // whole bytes, from the lowest
  return equal >= kLowerBytes ? Repeat{near, equal} : Repeat{};
}

// Of `count` values from `first` on, whose sequences follow on those of the first `*taken` bytes of the page.
void ValueRepeats::FindAmong(const PageBytes& page, int64_t first, int64_t count, int64_t* taken) {
  wholes_.assign(size_t{1} << kTableBits, 0);
  lowers_.assign(size_t{1} << kTableBits, 0);
  const int64_t values_at = page.values_at + first * kWidth;
  const uint8_t* values = page.data + values_at;
  const auto add = [&](int64_t distance, int64_t begin, int64_t bytes) {
    found_.push_back(
        {static_cast<unsigned>(distance), static_cast<unsigned>(begin - *taken), static_cast<unsigned>(bytes), 0});
    *taken = begin + bytes;
  };
  int64_t misses = 0;  // since the last repeat: the longer there was none, the fewer values are looked at
  for (int64_t i = 0; i < count;) {
    const int64_t block_values = (kBlockBytes - (values_at + i * kWidth - *taken)) / kWidth;
    const int64_t end = std::min(count, i + block_values);
    while (i < end) {
      const int64_t begin = i;
      Repeat repeat = Look(values, i++);
      if (repeat.from < 0) {
        i = std::min(end, i + std::min(misses++ / kMissesAStep, kMaxStep - 1));
        continue;
      }
      misses = 0;
      const int64_t distance = begin - repeat.from;
      if (repeat.bytes == kWidth) {
        for (; i < end && Load(values, i) == Load(values, i - distance); i++) {
          Look(values, i);
          repeat.bytes += kWidth;
        }
      }
      add(distance * kWidth, values_at + begin * kWidth, repeat.bytes);
    }
    add(0, values_at + end * kWidth, 0);  // the rest of the block, as it is
  }
}

const std::vector<ZSTD_Sequence>& ValueRepeats::Find(const PageBytes& page) {
  found_.clear();
  const int64_t count = (page.size - page.values_at) / kWidth;
  int64_t taken = 0;  // bytes of the page that the sequences hold
  for (int64_t first = 0; first < count; first += kMaxValues) {
    FindAmong(page, first, std::min(kMaxValues, count - first), &taken);
  }
  return found_;
}

}  // namespace v0
}  // namespace headrace
