#include "sink/string_table.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kFirstSlots = 1024;

uint64_t Load(const char* bytes, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return word;
}

// Fold the 128-bit product, as wyhash does.
uint64_t Mix(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// A seed of the process's own, so that an input cannot be made to collide. Never seen in a result.
uint64_t Seed() {
  static const uint64_t seed = (uint64_t{std::random_device{}()} << 32) | std::random_device{}();
  return seed;
}

}  // namespace

uint64_t StringTable::Hash(std::string_view text) {
  constexpr uint64_t kFirst = 0xa0761d6478bd642f, kSecond = 0xe7037ed1a0b428db;
  const char* p = text.data();
  size_t size = text.size();
  uint64_t state = Seed() ^ Mix(size ^ kFirst, kSecond);
  for (; size > 16; p += 16, size -= 16) state = Mix(Load(p, 8) ^ kSecond, Load(p + 8, 8) ^ state);
  uint64_t a = 0, b = 0;
  if (size >= 8) {  // two words that may overlap
    a = Load(p, 8);
    b = Load(p + size - 8, 8);
  } else if (size >= 4) {
    a = Load(p, 4);
    b = Load(p + size - 4, 4);
  } else if (size > 0) {
    a = static_cast<uint8_t>(p[0]) << 16 | static_cast<uint8_t>(p[size / 2]) << 8 | static_cast<uint8_t>(p[size - 1]);
  }
  return Mix(a ^ kSecond, b ^ state);
}

Result<int32_t> StringTable::Append(std::string_view text, uint64_t hash, uint64_t place) {
  constexpr size_t kMost = std::numeric_limits<int32_t>::max();
  if (text.size() > kMost - bytes_.size() || offsets_.size() == kMost) {
    return Status::CapacityError("the distinct strings of a dictionary exceed 2 GiB; declare the column as string");
  }
  const int32_t index = size();
  slots_[place] = {index, static_cast<uint32_t>(hash >> 32)};
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  offsets_.push_back(static_cast<int32_t>(bytes_.size()));
  if (static_cast<size_t>(size()) * 2 > slots_.size()) Grow();
  return index;
}

void StringTable::Grow() {
  slots_.assign(slots_.size() * 2, Slot{});
  mask_ = slots_.size() - 1;
  for (int32_t index = 0; index < size(); ++index) {
    const uint64_t hash = Hash(at(index));
    uint64_t place = hash & mask_;
    while (slots_[place].index >= 0) place = (place + 1) & mask_;
    slots_[place] = {index, static_cast<uint32_t>(hash >> 32)};
  }
}

void StringTable::Clear() {
  slots_.assign(std::max(slots_.size(), kFirstSlots), Slot{});
  mask_ = slots_.size() - 1;
  offsets_.assign(1, 0);
  bytes_.clear();
}

}  // namespace v0
}  // namespace headrace
