#pragma once
// The distinct values of a column, in order of first appearance; given up where values hardly repeat.
// Takes: DecodedColumn. Gives: indices, and the distinct values as a column. Owns: its tables, reused. Threads: one.
// Fails: never.
#include <cstdint>
#include <vector>

#include "decode/batch.h"
#include "sink/string_table.h"

namespace headrace {
inline namespace v0 {

class ValueDictionary {
 public:
  static constexpr int64_t kMaxValues = 1 << 16;     ///< distinct values, at most
  static constexpr int64_t kMaxTextBytes = 8 << 20;  ///< of the distinct texts, unless the limits say otherwise
  static constexpr int64_t kSample = 8192;           ///< values after which the share of distinct ones is judged

  /// Return whether Index takes columns of this type.
  static bool Takes(const DataType& type);

  /// When to give up.
  struct Limits {
    int64_t of_sample = kSample;         ///< distinct values among the first kSample; kSample: however many they are
    int64_t in_all = kMaxValues;         ///< distinct values in the column; no more than kMaxValues
    int64_t text_bytes = kMaxTextBytes;  ///< of the distinct texts
  };

  /// Index every value of `column`. Return false, and hold no indices, where more values are distinct than the limits
  /// allow, or, with one of the sample, where it shows early that they will be. Values of equal bits are equal.
  bool Index(const DecodedColumn& column, const Limits& limits);

  const uint16_t* indices() const { return indices_.data(); }  ///< one a value
  /// Return the distinct values: the column's type, no nulls, no validity words.
  const DecodedColumn& distinct() const { return distinct_; }
  /// Return how many percent of the first values (kSample, or as many as it took to give up) were distinct; not known
  /// of integers.
  int64_t distinct_percent() const { return distinct_percent_; }

 private:
  struct Indexed {
    int64_t values, distinct;  // from the column's first one on, with the one that was too many
  };

  template <class Key, int kStride>
  bool IndexFixed(const DecodedColumn& column, bool is_float, const Limits& limits);
  template <class Key, int kStride>
  bool IndexByRange(const uint8_t* values, int64_t num_values);
  template <class Key, int kStride>
  bool IndexByHash(const uint8_t* values, int64_t num_values, const Limits& limits);
  bool IndexTexts(const DecodedColumn& column, const Limits& limits);
  template <class SpanFn>
  bool IndexInSpans(int64_t num_values, const Limits& limits, SpanFn index_span);
  template <class Key, int kStride>
  Indexed IndexSpan(const uint8_t* values, int64_t num_values, int64_t begin, int64_t end, int64_t most);
  Indexed IndexTextSpan(const DecodedColumn& column, int64_t begin, int64_t end, int64_t most, int64_t most_bytes);
  uint32_t AddKey(uint64_t key, uint64_t place);
  void GrowSlots();
  void StoreFixed(int width);

  std::vector<uint16_t> indices_;
  std::vector<uint64_t> keys_;
  std::vector<uint32_t> range_;  // number of a key, by its distance from the least
  std::vector<uint32_t> slots_;  // index of a key + 1; 0 is free. A power of two of them, at most a quarter full, so
                                 // that the first one is nearly always right, which the processor foresees
  int shift_ = 0;  // of a hash, to the place
  StringTable texts_;
  std::vector<uint64_t> storage_;  // of distinct_
  DecodedColumn distinct_;
  int64_t distinct_percent_ = 0;
};

}  // namespace v0
}  // namespace headrace
