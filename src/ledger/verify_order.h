#pragma once
// The order that a row group tells of its first column (sorting_columns), checked while the values are read.
// Takes: the order, and values. Gives: findings. Owns: the last value. Threads: one at a time. Fails: throws what the
// Parquet library throws.
#include <parquet/schema.h>
#include <parquet/statistics.h>
#include <parquet/types.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "ledger/verify_file.h"

namespace headrace {
inline namespace v0 {

/// Of row groups which this program wrote: where one says that it is sorted, it has no nulls and no NaN, and -0.0 is
/// less than 0.0. Equal values ascend.
template <class DType>
class OrderChecker {
 public:
  using T = typename DType::c_type;

  /// `descends`: nothing where no order is told.
  OrderChecker(std::optional<bool> descends, const parquet::ColumnDescriptor* column)
      : descends_(descends.value_or(false)), column_(column) {
    if (descends.has_value()) order_ = parquet::MakeComparator<DType>(column);
  }

  void Add(const T* values, int64_t num_values, int64_t nulls) {
    if (order_ == nullptr) return;
    are_values_ = are_values_ && nulls == 0;
    for (int64_t i = 0; i < num_values; ++i) {
      if constexpr (std::is_floating_point_v<T>) are_values_ = are_values_ && !std::isnan(values[i]);
      if (i > 0 || has_last_) AddPair(i > 0 ? values[i - 1] : last_, values[i]);
    }
    if (num_values > 0) Keep(values[num_values - 1]);
  }

  void Check(const std::string& place, VerifyFindings* findings) const {
    if (order_ == nullptr) return;
    findings->Check("order", are_values_ && (descends_ ? !rises_ && falls_ : !falls_), place,
                    "the values are not in the order that the row group tells of");
  }

 private:
  bool IsLess(const T& a, const T& b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (a == b) return std::signbit(a) && !std::signbit(b);
    }
    return order_->Compare(a, b);
  }

  void AddPair(const T& before, const T& value) {
    if (!rises_) rises_ = IsLess(before, value);
    if (!falls_) falls_ = IsLess(value, before);
  }

  void Keep(const T& value) {
    has_last_ = true;
    last_ = value;
    if constexpr (std::is_same_v<DType, parquet::ByteArrayType>) KeepBytes(value.len);
    if constexpr (std::is_same_v<DType, parquet::FLBAType>) KeepBytes(static_cast<size_t>(column_->type_length()));
  }

  // The reader's own are gone when it reads on.
  void KeepBytes(size_t size) {
    bytes_.assign(reinterpret_cast<const char*>(last_.ptr), size);
    last_.ptr = reinterpret_cast<const uint8_t*>(bytes_.data());
  }

  const bool descends_;
  const parquet::ColumnDescriptor* column_;
  std::shared_ptr<parquet::TypedComparator<DType>> order_;
  T last_ = {};
  std::string bytes_;  // of last_
  bool has_last_ = false, are_values_ = true, rises_ = false, falls_ = false;
};

}  // namespace v0
}  // namespace headrace
