#pragma once
// Count, nulls, extremes and sum of one column: of a unit, and of units joined in source order.
// Takes: DecodedColumn. Gives: ColumnReport. Owns: its extremes. Threads: one at a time. Fails: never.
#include <cstdint>
#include <string>

#include "decode/batch.h"
#include "headrace/report.h"
#include "headrace/types.h"
#include "sink/value_text.h"

namespace headrace {
inline namespace v0 {

/// Sums are exact for bool, integers, decimals and durations. Sums of floats (float32 too) are doubles in a fixed
/// order: within a unit eight partial sums, chosen by the row's number in the unit modulo 8, added as
/// ((0+1)+(2+3))+((4+5)+(6+7)); then the units in source order. Extremes of floats leave NaN out and know -0.0 < 0.0;
/// those of strings go by bytes.
class ColumnStatistics {
 public:
  ColumnStatistics() = default;
  explicit ColumnStatistics(const DecodedColumn& unit);

  /// Add the statistics of the next unit of the same column.
  void Append(const ColumnStatistics& next);

  /// Return the report of a column of `type`. Without values there are neither extremes nor a sum. Binary extremes are
  /// hexadecimal digits.
  ColumnReport Report(const std::string& name, const DataType& type) const;

  int64_t rows() const { return count_ + nulls_; }

 private:
  void TakeUnit(const DecodedColumn& unit);

  int64_t count_ = 0, nulls_ = 0;
  bool has_extremes_ = false;
  __int128 min_ = 0, max_ = 0;            // all but floats and strings
  double float_min_ = 0, float_max_ = 0;  // floats
  std::string text_min_, text_max_;       // string, binary, dictionary
  WideInteger sum_;
  double float_sum_ = 0;
};

}  // namespace v0
}  // namespace headrace
