#include "sink/value_dictionary.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kFirstSlotBits = 10;
constexpr int64_t kAhead = 16;  // values whose slots are on their way from memory

// Of 65,536 values in equal shares, eight are expected to repeat among the first 1,024.
constexpr int64_t kFirstSpan = 1024, kMayRepeatInFirstSpan = 1022;

// How the number of distinct values grows from span to span, each as long as all before it.
class Growth {
 public:
  void Add(int64_t values, int64_t distinct) {
    rate_before_ = rate_;
    rate_ = (distinct - distinct_) * kOne / values;
    distinct_ = distinct;
    values_ += values;
  }

  // Return how many distinct values `more` values would make of them. New ones are taken to become rare as fast as
  // where all have equal shares: there the rate of each span is the square of the one before it. Where some values are
  // frequent, it falls more slowly; and where spans are short, nothing is foretold.
  int64_t Expected(int64_t more) const {
    constexpr int64_t kTells = 16'384;
    int64_t distinct = distinct_;
    if (values_ < kTells || rate_before_ == 0) return distinct;
    int64_t rate = rate_, slowing = std::min(rate_ * kOne / rate_before_, kOne);
    for (int64_t span = values_; more > 0; more -= span, span *= 2) {
      slowing = slowing * slowing / kOne;
      rate = rate * slowing / kOne;
      distinct += std::min(more, span) * rate / kOne;
    }
    return distinct;
  }

 private:
  static constexpr int64_t kOne = 1 << 16;
  int64_t values_ = 0, distinct_ = 0, rate_ = 0, rate_before_ = 0;  // rates in new values of kOne
};

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

bool ValueDictionary::Index(const DecodedColumn& column, const Limits& limits) {
  distinct_ = DecodedColumn();
  distinct_.type = column.type;
  distinct_percent_ = 0;
  indices_.resize(static_cast<size_t>(column.num_values));
  if (IsVariableWidth(column.type.kind)) return IndexTexts(column, limits);
  const bool is_float = column.type.kind == TypeKind::kFloat32 || column.type.kind == TypeKind::kFloat64;
  switch (ValueWidth(column.type)) {
    case 1:
      return IndexFixed<uint8_t, 1>(column, is_float, limits);
    case 2:
      return IndexFixed<uint16_t, 2>(column, is_float, limits);
    case 4:
      return IndexFixed<uint32_t, 4>(column, is_float, limits);
    case 8:
      return IndexFixed<uint64_t, 8>(column, is_float, limits);
    default:
      return IndexFixed<uint64_t, 16>(column, is_float, limits);
  }
}

template <class Key, int kStride>
bool ValueDictionary::IndexFixed(const DecodedColumn& column, bool is_float, const Limits& limits) {
  keys_.clear();
  const bool by_range = !is_float && IndexByRange<Key, kStride>(column.values, column.num_values);
  if (!by_range && !IndexByHash<Key, kStride>(column.values, column.num_values, limits)) return false;
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

// Index spans that end at powers of two: `index_span(begin, end, most)` takes values until more than `most` are
// distinct. Between spans it is judged whether going on is of use.
template <class SpanFn>
bool ValueDictionary::IndexInSpans(int64_t num_values, const Limits& limits, SpanFn index_span) {
  const bool judges = limits.of_sample < kSample;
  Growth growth;
  for (int64_t begin = 0, end = 0; begin < num_values; begin = end) {
    end = std::min(num_values, begin == 0 ? kFirstSpan : 2 * begin);
    int64_t most = limits.in_all;
    if (judges && end == kFirstSpan) most = std::min(most, kMayRepeatInFirstSpan);
    if (judges && end <= kSample && num_values >= kSample) most = std::min(most, limits.of_sample);
    const Indexed indexed = index_span(begin, end, most);
    if (begin < kSample) distinct_percent_ = indexed.distinct * 100 / indexed.values;
    if (indexed.distinct > most) return false;
    growth.Add(end - begin, indexed.distinct);
    if (judges && growth.Expected(num_values - end) > limits.in_all) return false;
  }
  return true;
}

template <class Key, int kStride>
bool ValueDictionary::IndexByHash(const uint8_t* values, int64_t num_values, const Limits& limits) {
  shift_ = 64 - kFirstSlotBits;
  slots_.assign(size_t{1} << kFirstSlotBits, 0);
  return IndexInSpans(num_values, limits, [&](int64_t begin, int64_t end, int64_t most) {
    return IndexSpan<Key, kStride>(values, num_values, begin, end, most);
  });
}

template <class Key, int kStride>
ValueDictionary::Indexed ValueDictionary::IndexSpan(const uint8_t* values, int64_t num_values, int64_t begin,
                                                    int64_t end, int64_t most) {
  for (int64_t i = begin; i < end; i++) {
    const int64_t ahead = std::min(i + kAhead, num_values - 1);
    __builtin_prefetch(&slots_[HashOf(LoadKey<Key, kStride>(values, ahead)) >> shift_]);
    const uint64_t key = LoadKey<Key, kStride>(values, i);
    uint64_t place = HashOf(key) >> shift_;
    while (slots_[place] != 0 && keys_[slots_[place] - 1] != key) place = (place + 1) & (slots_.size() - 1);
    uint32_t number = slots_[place];
    if (number == 0) {
      if (static_cast<int64_t>(keys_.size()) == most) return {i + 1, most + 1};
      number = AddKey(key, place);
    }
    indices_[static_cast<size_t>(i)] = static_cast<uint16_t>(number - 1);
  }
  return {end, static_cast<int64_t>(keys_.size())};
}

uint32_t ValueDictionary::AddKey(uint64_t key, uint64_t place) {
  keys_.push_back(key);
  const auto number = static_cast<uint32_t>(keys_.size());
  slots_[place] = number;
  if (4 * keys_.size() > slots_.size()) GrowSlots();
  return number;
}

void ValueDictionary::GrowSlots() {
  shift_ -= 2;
  slots_.assign(slots_.size() * 4, 0);
  for (size_t i = 0; i < keys_.size(); i++) {
    uint64_t place = HashOf(keys_[i]) >> shift_;
    while (slots_[place] != 0) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = static_cast<uint32_t>(i + 1);
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

bool ValueDictionary::IndexTexts(const DecodedColumn& column, const Limits& limits) {
  texts_ = StringTable();
  const bool is_indexed = IndexInSpans(column.num_values, limits, [&](int64_t begin, int64_t end, int64_t most) {
    return IndexTextSpan(column, begin, end, most, limits.text_bytes);
  });
  if (!is_indexed) return false;
  distinct_.rows = distinct_.num_values = texts_.size();
  distinct_.values = reinterpret_cast<const uint8_t*>(texts_.offsets().data());
  distinct_.bytes = texts_.bytes().data();
  return true;
}

ValueDictionary::Indexed ValueDictionary::IndexTextSpan(const DecodedColumn& column, int64_t begin, int64_t end,
                                                        int64_t most, int64_t most_bytes) {
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
  for (int64_t i = begin; i < end; i++) {
    const auto size = static_cast<size_t>(offsets[i + 1] - offsets[i]);
    const int32_t index = texts_.Insert({column.bytes + offsets[i], size});
    const bool is_full = index < 0 || static_cast<int64_t>(texts_.bytes().size()) > most_bytes;
    if (index >= most || is_full) return {i + 1, most + 1};
    indices_[static_cast<size_t>(i)] = static_cast<uint16_t>(index);
  }
  return {end, texts_.size()};
}

}  // namespace v0
}  // namespace headrace
