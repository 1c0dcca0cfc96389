#pragma once
// Numbers distinct strings in order of first appearance.
// Takes: strings. Gives: int32 indices, and the strings as offsets and bytes. Owns: their bytes.
// Threads: Find from any while nothing is inserted; else one at a time. Fails: Insert says when it is full.
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class StringTable {
 public:
  StringTable();

  /// Return the index of `text`, which becomes the next one where it is new; -1 where the bytes or the count of the
  /// distinct strings would exceed int32.
  int32_t Insert(std::string_view text) {
    const uint64_t hash = Hash(text);
    uint64_t place = 0;
    const int32_t index = Look(text, hash, &place);
    return index >= 0 ? index : Append(text, hash, place);
  }

  /// Return the index of `text`, or -1.
  int32_t Find(std::string_view text) const {
    uint64_t place = 0;
    return Look(text, Hash(text), &place);
  }

  /// Return what to tell where Insert gave -1.
  static Status FullError();

  int32_t size() const { return static_cast<int32_t>(offsets_.size()) - 1; }
  std::string_view at(int32_t index) const {
    const auto i = static_cast<size_t>(index);
    return {bytes_.data() + offsets_[i], static_cast<size_t>(offsets_[i + 1] - offsets_[i])};
  }
  const std::vector<int32_t>& offsets() const { return offsets_; }  ///< size() + 1, from 0
  const std::vector<char>& bytes() const { return bytes_; }
  int64_t memory_bytes() const {
    return static_cast<int64_t>(slots_.capacity() * sizeof(Slot) + offsets_.capacity() * sizeof(int32_t) +
                                bytes_.capacity());
  }

 private:
  struct Slot {
    int32_t index = -1;
    uint32_t hash = 0;  // the high half; the low one chose the place
  };

  static uint64_t Load8(const char* bytes) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  static uint64_t Load4(const char* bytes) {
    uint32_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  // Fold the 128-bit product, as wyhash does.
  static uint64_t Mix(uint64_t a, uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  uint64_t Hash(std::string_view text) const {
    const char* p = text.data();
    size_t size = text.size();
    uint64_t state = seed_ ^ size;
    for (; size > 16; p += 16, size -= 16) state = Mix(Load8(p) ^ kFirst, Load8(p + 8) ^ state);
    uint64_t a = 0, b = 0;
    if (size >= 8) {  // two words that may overlap
      a = Load8(p);
      b = Load8(p + size - 8);
    } else if (size >= 4) {
      a = Load4(p);
      b = Load4(p + size - 4);
    } else if (size > 0) {
      a = uint64_t{static_cast<uint8_t>(p[0])} << 16 | uint64_t{static_cast<uint8_t>(p[size / 2])} << 8 |
          static_cast<uint8_t>(p[size - 1]);
    }
    return Mix(a ^ kFirst, b ^ state);
  }

  // Strings of a dictionary are short: compare those of up to 16 bytes without a call.
  static bool Equal(std::string_view a, std::string_view b) {
    const size_t size = a.size();
    if (size != b.size()) return false;
    if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
    if (size >= 8) {
      return Load8(a.data()) == Load8(b.data()) && Load8(a.data() + size - 8) == Load8(b.data() + size - 8);
    }
    if (size >= 4) {
      return Load4(a.data()) == Load4(b.data()) && Load4(a.data() + size - 4) == Load4(b.data() + size - 4);
    }
    return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
  }

  // Return the index of `text`, or -1 and the free place that is its own.
  int32_t Look(std::string_view text, uint64_t hash, uint64_t* place) const {
    for (*place = hash & mask_;; *place = (*place + 1) & mask_) {
      const Slot& slot = slots_[*place];
      if (slot.index < 0) return -1;
      if (slot.hash == static_cast<uint32_t>(hash >> 32) && Equal(at(slot.index), text)) return slot.index;
    }
  }

  int32_t Append(std::string_view text, uint64_t hash, uint64_t place);
  void Grow();

  static constexpr uint64_t kFirst = 0xa0761d6478bd642f;

  uint64_t seed_;
  std::vector<Slot> slots_;  // a power of two of them, at most a quarter full
  uint64_t mask_ = 0;
  std::vector<int32_t> offsets_;
  std::vector<char> bytes_;
};

}  // namespace v0
}  // namespace headrace
