#pragma once
// Numbers distinct strings in order of first appearance.
// Takes: strings. Gives: int32 indices, and the strings as offsets and bytes. Owns: their bytes.
// Threads: one at a time. Fails: Status when the bytes or the count no longer fit int32 offsets.
#include <cstdint>
#include <string_view>
#include <vector>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class StringTable {
 public:
  StringTable() { Clear(); }

  /// Return the index of `text`, which becomes the next one where it is new.
  Result<int32_t> Insert(std::string_view text) {
    const uint64_t hash = Hash(text);
    for (uint64_t place = hash & mask_;; place = (place + 1) & mask_) {
      const Slot& slot = slots_[place];
      if (slot.index < 0) return Append(text, hash, place);
      if (slot.hash == static_cast<uint32_t>(hash >> 32) && at(slot.index) == text) return slot.index;
    }
  }

  /// Return the index of `text`, or -1.
  int32_t Find(std::string_view text) const {
    const uint64_t hash = Hash(text);
    for (uint64_t place = hash & mask_;; place = (place + 1) & mask_) {
      const Slot& slot = slots_[place];
      if (slot.index < 0) return -1;
      if (slot.hash == static_cast<uint32_t>(hash >> 32) && at(slot.index) == text) return slot.index;
    }
  }

  /// Forget all strings; keeps the memory.
  void Clear();

  int32_t size() const { return static_cast<int32_t>(offsets_.size()) - 1; }
  std::string_view at(int32_t index) const {
    const auto i = static_cast<size_t>(index);
    return {bytes_.data() + offsets_[i], static_cast<size_t>(offsets_[i + 1] - offsets_[i])};
  }
  const std::vector<int32_t>& offsets() const { return offsets_; }  ///< size() + 1, from 0
  const std::vector<char>& bytes() const { return bytes_; }

 private:
  struct Slot {
    int32_t index = -1;
    uint32_t hash = 0;  // the high half; the low one chose the place
  };

  static uint64_t Hash(std::string_view text);
  Result<int32_t> Append(std::string_view text, uint64_t hash, uint64_t place);
  void Grow();

  std::vector<Slot> slots_;  // a power of two of them, at most half full
  uint64_t mask_ = 0;
  std::vector<int32_t> offsets_;
  std::vector<char> bytes_;
};

}  // namespace v0
}  // namespace headrace
