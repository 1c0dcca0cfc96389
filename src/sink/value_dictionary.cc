#include "sink/value_dictionary.h"

#include <cstring>
#include <functional>

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kSlots = 4 * ValueDictionary::kMaxValues;
constexpr int kSlotBits = 18;
static_assert(kSlots == size_t{1} << kSlotBits);

size_t HashBits(uint64_t bits) { return bits * 0x9E3779B97F4A7C15U >> (64 - kSlotBits); }

}  // namespace

void ValueDictionary::Clear(int64_t num_values) {
  slots_.assign(kSlots, 0);
  fixed_.clear();
  texts_.clear();
  indices_.resize(static_cast<size_t>(num_values));
}

template <int kWidth>
bool ValueDictionary::IndexFixedOf(const uint8_t* values, int64_t num_values, int64_t max_of_sample) {
  Clear(num_values);
  uint64_t last = 0;
  uint16_t last_index = 0;
  for (int64_t i = 0; i < num_values; i++) {
    uint64_t bits = 0;
    std::memcpy(&bits, values + i * kWidth, kWidth);
    if (bits != last || fixed_.empty()) {
      size_t slot = HashBits(bits);
      while (slots_[slot] != 0 && fixed_[slots_[slot] - 1] != bits) slot = (slot + 1) & (kSlots - 1);
      if (slots_[slot] == 0) {
        if (fixed_.size() == kMaxValues) return false;
        fixed_.push_back(bits);
        slots_[slot] = static_cast<uint32_t>(fixed_.size());
      }
      last = bits;
      last_index = static_cast<uint16_t>(slots_[slot] - 1);
    }
    indices_[static_cast<size_t>(i)] = last_index;
    if (i + 1 == kSample && static_cast<int64_t>(fixed_.size()) > max_of_sample) return false;
  }
  return true;
}

bool ValueDictionary::IndexFixed(const uint8_t* values, int64_t num_values, int width, int64_t max_of_sample) {
  return width == 4 ? IndexFixedOf<4>(values, num_values, max_of_sample) : IndexFixedOf<8>(values, num_values, max_of_sample);
}

bool ValueDictionary::IndexTexts(const char* bytes, const int32_t* offsets, int64_t num_values, int64_t max_of_sample) {
  Clear(num_values);
  for (int64_t i = 0; i < num_values; i++) {
    const std::string_view text(bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i]));
    size_t slot = HashBits(std::hash<std::string_view>()(text));
    while (slots_[slot] != 0 && texts_[slots_[slot] - 1] != text) slot = (slot + 1) & (kSlots - 1);
    if (slots_[slot] == 0) {
      if (texts_.size() == kMaxValues) return false;
      texts_.push_back(text);
      slots_[slot] = static_cast<uint32_t>(texts_.size());
    }
    indices_[static_cast<size_t>(i)] = static_cast<uint16_t>(slots_[slot] - 1);
    if (i + 1 == kSample && static_cast<int64_t>(texts_.size()) > max_of_sample) return false;
  }
  return true;
}

}  // namespace v0
}  // namespace headrace
