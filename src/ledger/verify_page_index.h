#pragma once
// The page index of one column chunk, checked page by page while the chunk's values are read.
// Takes: an index as parquet-cpp reads it, and values. Gives: findings. Owns: statistics of a page that owe nothing to
// the writer's. Threads: one at a time. Fails: throws what the Parquet library throws.
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ledger/verify_file.h"

namespace headrace {
inline namespace v0 {

/// The index of a column chunk without repeated values; either part may be missing.
struct ChunkPageIndex {
  std::shared_ptr<parquet::ColumnIndex> columns;
  std::shared_ptr<parquet::OffsetIndex> offsets;
  bool is_own = false;  ///< written by this program: bounds are cut as it cuts them
};

/// Return whether bounds of a page are those that this program stores for these extremes of byte arrays.
bool AreOwnBounds(const parquet::ColumnDescriptor& column, std::string_view least, std::string_view greatest,
                  const std::string& low, const std::string& high);

/// Check that the pages of an offset index lie one behind the other and fill the chunk, and that rows ascend.
void VerifyPageLocations(const parquet::OffsetIndex& offsets, const parquet::ColumnChunkMetaData& chunk, int64_t rows,
                         const std::string& place, VerifyFindings* findings);

template <class DType>
class PageBoundsChecker {
 public:
  using T = typename DType::c_type;

  /// `has_order`: the column's values have extremes.
  PageBoundsChecker(const ChunkPageIndex& index, const parquet::ColumnDescriptor* column, bool has_order, int64_t rows)
      : index_(index), column_(column), has_order_(has_order), rows_(rows) {
    if (index_.offsets == nullptr || index_.columns == nullptr) return;
    const auto& pages = index_.offsets->page_locations();
    const auto num_pages = pages.size();
    is_whole_ = index_.columns->null_pages().size() == num_pages &&
                (!index_.columns->has_null_counts() || index_.columns->null_counts().size() == num_pages);
    if (is_whole_ && num_pages > 0) Begin();
  }

  /// Return the rows up to the end of the page that is read: a batch is not to go beyond. At least one, whatever a
  /// damaged index or footer tells.
  int64_t RowsLeft() const {
    return fresh_ == nullptr ? std::numeric_limits<int64_t>::max() : std::max<int64_t>(PageEnd() - row_, 1);
  }

  /// Add the next rows, of one page.
  void Add(const T* values, int64_t num_values, int64_t rows) {
    if (fresh_ == nullptr) return;
    fresh_->Update(values, num_values, rows - num_values);
    row_ += rows;
    if (row_ < PageEnd()) return;
    EndPage();
    page_++;
    fresh_.reset();
    if (page_ < index_.offsets->page_locations().size()) Begin();
  }

  void Check(const std::string& place, VerifyFindings* findings) const {
    if (index_.columns == nullptr) return;
    findings->Check("page index", is_whole_, place, "the column index and the offset index differ in their pages");
    findings->Check("page index", nulls_ok_, place, "the column index is wrong about the nulls of a page");
    findings->Check("page index", bounds_ok_, place, "a page's values lie outside the bounds of the column index");
    findings->Check("page index", order_ok_, place,
                    "the bounds of the column index are not in the order that it tells");
  }

 private:
  void Begin() {
    if (has_order_) fresh_ = parquet::MakeStatistics<DType>(column_);
  }

  int64_t PageEnd() const {
    const auto& pages = index_.offsets->page_locations();
    return page_ + 1 < pages.size() ? pages[page_ + 1].first_row_index : rows_;
  }

  void EndPage() {
    const parquet::ColumnIndex& index = *index_.columns;
    if (index.has_null_counts()) nulls_ok_ = nulls_ok_ && index.null_counts()[page_] == fresh_->null_count();
    const bool is_null = index.null_pages()[page_];
    nulls_ok_ = nulls_ok_ && is_null == (fresh_->num_values() == 0);
    if (is_null || fresh_->num_values() == 0) return;
    const auto& typed = static_cast<const parquet::TypedColumnIndex<DType>&>(index);
    const T& low = typed.min_values()[page_];
    const T& high = typed.max_values()[page_];
    const auto order = parquet::MakeComparator<DType>(column_);
    // Bounds of byte arrays may be cut short, outwards.
    constexpr bool kMayDiffer = std::is_same_v<DType, parquet::ByteArrayType>;
    bounds_ok_ = bounds_ok_ && fresh_->HasMinMax() && !order->Compare(fresh_->min(), low) &&
                 !order->Compare(high, fresh_->max()) &&
                 (kMayDiffer || (!order->Compare(low, fresh_->min()) && !order->Compare(fresh_->max(), high)));
    if constexpr (kMayDiffer) {
      const auto text = [](const T& value) {
        return std::string_view(reinterpret_cast<const char*>(value.ptr), value.len);
      };
      bounds_ok_ = bounds_ok_ && (!index_.is_own ||
                                  AreOwnBounds(*column_, text(fresh_->min()), text(fresh_->max()),
                                               index.encoded_min_values()[page_], index.encoded_max_values()[page_]));
    } else if (index_.is_own) {  // as bytes, too: a bool has eight bits
      bounds_ok_ = bounds_ok_ && index.encoded_min_values()[page_] == fresh_->EncodeMin() &&
                   index.encoded_max_values()[page_] == fresh_->EncodeMax();
    }
    if (previous_ >= 0) CheckOrder(*order, typed, low, high);
    previous_ = static_cast<int64_t>(page_);
  }

  void CheckOrder(parquet::TypedComparator<DType>& order, const parquet::TypedColumnIndex<DType>& typed, const T& low,
                  const T& high) {
    const T& last_low = typed.min_values()[static_cast<size_t>(previous_)];
    const T& last_high = typed.max_values()[static_cast<size_t>(previous_)];
    const auto told = typed.boundary_order();
    if (told == parquet::BoundaryOrder::Ascending) {
      order_ok_ = order_ok_ && !order.Compare(low, last_low) && !order.Compare(high, last_high);
    } else if (told == parquet::BoundaryOrder::Descending) {
      order_ok_ = order_ok_ && !order.Compare(last_low, low) && !order.Compare(last_high, high);
    }
  }

  const ChunkPageIndex index_;
  const parquet::ColumnDescriptor* column_;
  const bool has_order_;
  const int64_t rows_;
  std::shared_ptr<parquet::TypedStatistics<DType>> fresh_;  // of the page that is read
  size_t page_ = 0;
  int64_t row_ = 0, previous_ = -1;  // page with bounds
  bool is_whole_ = true, nulls_ok_ = true, bounds_ok_ = true, order_ok_ = true;
};

}  // namespace v0
}  // namespace headrace
