#pragma once
// The distinct values of a column chunk, counted again.
// Takes: the values that a reader gives. Gives: findings. Owns: what tells the values apart, of one chunk. Threads:
// one. Fails: never.
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>
#include <parquet/types.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "ledger/verify_file.h"

namespace headrace {
inline namespace v0 {

/// Of chunks with a dictionary which this program wrote: it tells of them how many values are distinct, but not of
/// floats with NaN or zeros of both signs. Others may estimate.
template <class DType>
class DistinctCounter {
 public:
  using T = typename DType::c_type;

  DistinctCounter(const parquet::ColumnChunkMetaData& chunk, const parquet::ColumnDescriptor* column, bool is_own)
      : column_(column), counts_(is_own && chunk.has_dictionary_page()) {
    if (!counts_) return;
    recent_.resize(size_t{1} << kRecentBits);
    recent_[PlaceOf(0)] = 1;  // which has another place: else 0, that all begin with, would pass as one that was seen
  }

  void Add(const T* values, int64_t num_values) {
    if (!counts_) return;
    for (int64_t i = 0; i < num_values; ++i) AddOne(values[i]);
  }

  void Check(const parquet::EncodedStatistics& told, const std::string& place, VerifyFindings* findings) const {
    if (!counts_) return;
    const bool tells = !has_nan_ && zeros_ != kBothZeros;
    const auto there = static_cast<int64_t>(std::is_same_v<Key, std::string> ? texts_.size() : words_.size());
    findings->Check("statistics", told.has_distinct_count == tells && (!tells || told.distinct_count == there), place,
                    "the statistics do not tell of the ", there, " distinct values that there are");
  }

 private:
  static constexpr bool kIsText =
      std::is_same_v<DType, parquet::ByteArrayType> || std::is_same_v<DType, parquet::FLBAType>;
  using Key = std::conditional_t<kIsText, std::string, uint64_t>;
  static constexpr int kBothZeros = 3, kRecentBits = 15;

  struct HashOfText {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  static size_t PlaceOf(uint64_t word) { return word * 0x9E3779B97F4A7C15 >> (64 - kRecentBits); }

  void AddWord(uint64_t word) {
    uint64_t& recent = recent_[PlaceOf(word)];
    if (recent == word) return;
    recent = word;
    words_.insert(word);
  }

  void AddText(std::string_view text) {
    if (texts_.find(text) == texts_.end()) texts_.emplace(text);
  }

  void AddOne(const T& value) {
    if constexpr (std::is_same_v<DType, parquet::FLBAType>) {
      AddText({reinterpret_cast<const char*>(value.ptr), static_cast<size_t>(column_->type_length())});
    } else if constexpr (kIsText) {
      AddText({reinterpret_cast<const char*>(value.ptr), value.len});
    } else if constexpr (std::is_floating_point_v<T>) {
      has_nan_ |= std::isnan(value);
      if (value == 0) zeros_ |= std::signbit(value) ? 1 : 2;
      using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
      AddWord(std::bit_cast<Bits>(value));
    } else if constexpr (std::is_integral_v<T>) {
      AddWord(static_cast<uint64_t>(value));
    }  // of 96 bits this program writes none
  }

  const parquet::ColumnDescriptor* column_;
  const bool counts_;
  std::unordered_set<uint64_t> words_;
  std::vector<uint64_t> recent_;  // words that are in the set, by their hash, or ones of another place: most repeat
  std::unordered_set<std::string, HashOfText, std::equal_to<>> texts_;
  bool has_nan_ = false;
  int zeros_ = 0;  // a bit for each sign
};

}  // namespace v0
}  // namespace headrace
