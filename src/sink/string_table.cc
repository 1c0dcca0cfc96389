#include "sink/string_table.h"

#include <limits>
#include <random>

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kFirstSlots = 2048;

// The process's own, so that an input cannot be made to collide. Never seen in a result: order is of appearance.
uint64_t Seed() {
  static const uint64_t seed = (uint64_t{std::random_device{}()} << 32) | std::random_device{}();
  return seed;
}

}  // namespace

StringTable::StringTable() : seed_(Seed()), slots_(kFirstSlots), mask_(kFirstSlots - 1), offsets_(1, 0) {}

Status StringTable::FullError() {
  return Status::CapacityError("the distinct strings of a dictionary exceed 2 GiB; declare the column as string");
}

int32_t StringTable::Append(std::string_view text, uint64_t hash, uint64_t place) {
  constexpr size_t kMost = std::numeric_limits<int32_t>::max();
  if (text.size() > kMost - bytes_.size() || offsets_.size() == kMost) return -1;
  const int32_t index = size();
  slots_[place] = {index, static_cast<uint32_t>(hash >> 32)};
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  offsets_.push_back(static_cast<int32_t>(bytes_.size()));
  if (static_cast<size_t>(size()) * 4 > slots_.size()) Grow();
  return index;
}

void StringTable::Grow() {
  const size_t count = slots_.size() * 2;
  // The old slots are given back first. Where the system refuses the new ones, a free one is left: nothing is found.
  std::vector<Slot>(1).swap(slots_);
  mask_ = 0;
  slots_.resize(count);
  mask_ = count - 1;
  for (int32_t index = 0; index < size(); ++index) {
    const uint64_t hash = Hash(at(index));
    uint64_t place = hash & mask_;
    while (slots_[place].index >= 0) place = (place + 1) & mask_;
    slots_[place] = {index, static_cast<uint32_t>(hash >> 32)};
  }
}

}  // namespace v0
}  // namespace headrace
