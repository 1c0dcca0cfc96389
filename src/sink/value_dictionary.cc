#include "sink/value_dictionary.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kFirstSlotBits = 10;
constexpr int64_t kAhead = 16;  // values whose slots are on their way from memory

uint64_t HashOf(uint64_t key) { return key * 0x9E3779B97F4A7C15U; }  // the upper bits are the good ones

template <class Key, int kStride>
Key LoadKey(const uint8_t* values, int64_t i) {
  Key key;
  std::memcpy(&key, values + i * kStride, sizeof key);
  return key;
}

}  // namespace

bool ValueDictionary::Takes(const DataType& type) {
  if (type.kind == TypeKind::kDecimal) return type.precision <= 18;  // the lower 64 bits are the value
  return type.kind != TypeKind::kBool &&
         type.kind != TypeKind::kUuid;  // a UUID repeats seldom, and is no key of 64 bits
}

bool ValueDictionary::Index(const DecodedColumn& column, int64_t max_of_sample) {
  distinct_ = DecodedColumn();
  distinct_.type = column.type;
  distinct_percent_ = 0;
  indices_.resize(static_cast<size_t>(column.num_values));
  if (IsVariableWidth(column.type.kind)) return IndexTexts(column, max_of_sample);
  const bool is_float = column.type.kind == TypeKind::kFloat32 || column.type.kind == TypeKind::kFloat64;
  switch (ValueWidth(column.type)) {
    case 1:
      return IndexFixed<uint8_t, 1>(column, is_float, max_of_sample);
    case 2:
      return IndexFixed<uint16_t, 2>(column, is_float, max_of_sample);
    case 4:
      return IndexFixed<uint32_t, 4>(column, is_float, max_of_sample);
    case 8:
      return IndexFixed<uint64_t, 8>(column, is_float, max_of_sample);
    default:
      return IndexFixed<uint64_t, 16>(column, is_float, max_of_sample);
  }
}

template <class Key, int kStride>
bool ValueDictionary::IndexFixed(const DecodedColumn& column, bool is_float, int64_t max_of_sample) {
  keys_.clear();
  const bool by_range = !is_float && IndexByRange<Key, kStride>(column.values, column.num_values);
  if (!by_range && !IndexByHash<Key, kStride>(column.values, column.num_values, max_of_sample)) return false;
  StoreFixed(kStride);
  return true;
}

// Integers that lie close together find their number in a table without hashing.
template <class Key, int kStride>
bool ValueDictionary::IndexByRange(const uint8_t* values, int64_t num_values) {
  using Signed = std::make_signed_t<Key>;
  if (num_values == 0) return true;
  Signed low = LoadKey<Signed, kStride>(values, 0), high = low;
  for (int64_t i = 1; i < num_values; i++) {
    low = std::min(low, LoadKey<Signed, kStride>(values, i));
    high = std::max(high, LoadKey<Signed, kStride>(values, i));
  }
  const auto least = static_cast<uint64_t>(static_cast<int64_t>(low));  // keys are sign-extended
  const uint64_t span = static_cast<uint64_t>(static_cast<int64_t>(high)) - least;
  if (span >= static_cast<uint64_t>(std::min(kMaxValues, 4 * num_values))) return false;
  range_.assign(span + 1, 0);
  for (int64_t i = 0; i < num_values; i++) {
    const auto key = static_cast<uint64_t>(static_cast<int64_t>(LoadKey<Signed, kStride>(values, i)));
    uint32_t& number = range_[key - least];
    if (number == 0) {
      keys_.push_back(key);
      number = static_cast<uint32_t>(keys_.size());
    }
    indices_[static_cast<size_t>(i)] = static_cast<uint16_t>(number - 1);
  }
  return true;
}

template <class Key, int kStride>
bool ValueDictionary::IndexByHash(const uint8_t* values, int64_t num_values, int64_t max_of_sample) {
  shift_ = 64 - kFirstSlotBits;
  slots_.assign(size_t{1} << kFirstSlotBits, Slot{0, 0});
  const int64_t judged = num_values < kSample ? 0 : kSample;  // a few values are always worth a try
  if (!IndexSpan<Key, kStride>(values, num_values, 0, judged, max_of_sample)) return false;
  if (judged > 0) distinct_percent_ = static_cast<int64_t>(keys_.size()) * 100 / judged;
  if (!IndexSpan<Key, kStride>(values, num_values, judged, num_values, kMaxValues)) return false;
  if (judged == 0 && num_values > 0) distinct_percent_ = static_cast<int64_t>(keys_.size()) * 100 / num_values;
  return true;
}

template <class Key, int kStride>
bool ValueDictionary::IndexSpan(const uint8_t* values, int64_t num_values, int64_t begin, int64_t end,
                                int64_t max_distinct) {
  for (int64_t i = begin; i < end; i++) {
    const int64_t ahead = std::min(i + kAhead, num_values - 1);
    __builtin_prefetch(&slots_[HashOf(LoadKey<Key, kStride>(values, ahead)) >> shift_]);
    const uint64_t key = LoadKey<Key, kStride>(values, i);
    uint64_t place = HashOf(key) >> shift_;
    while (slots_[place].number != 0 && slots_[place].key != key) place = (place + 1) & (slots_.size() - 1);
    uint32_t number = slots_[place].number;
    if (number == 0) {
      if (static_cast<int64_t>(keys_.size()) == max_distinct) {
        if (begin == 0) distinct_percent_ = (max_distinct + 1) * 100 / (i + 1);
        return false;
      }
      number = AddKey(key, place);
    }
    indices_[static_cast<size_t>(i)] = static_cast<uint16_t>(number - 1);
  }
  return true;
}

uint32_t ValueDictionary::AddKey(uint64_t key, uint64_t place) {
  keys_.push_back(key);
  const auto number = static_cast<uint32_t>(keys_.size());
  slots_[place] = {key, number};
  if (2 * keys_.size() > slots_.size()) GrowSlots();
  return number;
}

void ValueDictionary::GrowSlots() {
  shift_ -= 2;
  slots_.assign(slots_.size() * 4, Slot{0, 0});
  for (size_t i = 0; i < keys_.size(); i++) {
    uint64_t place = HashOf(keys_[i]) >> shift_;
    while (slots_[place].number != 0) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {keys_[i], static_cast<uint32_t>(i + 1)};
  }
}

// A key is the value sign-extended; its low bytes are the value.
void ValueDictionary::StoreFixed(int width) {
  const auto bytes = static_cast<size_t>(width);
  storage_.resize((keys_.size() * bytes + 7) / 8);
  auto* to = reinterpret_cast<uint8_t*>(storage_.data());
  for (const uint64_t key : keys_) {
    const __int128 value = static_cast<int64_t>(key);
    std::memcpy(to, &value, bytes);
    to += bytes;
  }
  distinct_.rows = distinct_.num_values = static_cast<int64_t>(keys_.size());
  distinct_.values = reinterpret_cast<const uint8_t*>(storage_.data());
}

bool ValueDictionary::IndexTexts(const DecodedColumn& column, int64_t max_of_sample) {
  texts_ = StringTable();
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
  const int64_t judged = column.num_values < kSample ? 0 : kSample;
  for (int64_t i = 0; i < column.num_values; i++) {
    const auto size = static_cast<size_t>(offsets[i + 1] - offsets[i]);
    const int32_t index = texts_.Insert({column.bytes + offsets[i], size});
    const int64_t most = i < judged ? max_of_sample : kMaxValues;
    if (index < 0 || index >= most || static_cast<int64_t>(texts_.bytes().size()) > kMaxTextBytes) return false;
    indices_[static_cast<size_t>(i)] = static_cast<uint16_t>(index);
  }
  distinct_.rows = distinct_.num_values = texts_.size();
  distinct_.values = reinterpret_cast<const uint8_t*>(texts_.offsets().data());
  distinct_.bytes = texts_.bytes().data();
  return true;
}

}  // namespace v0
}  // namespace headrace
