#pragma once
// The bloom filter of one column chunk, made again from the values that are read.
// Takes: a filter's bytes, and values. Gives: findings. Owns: the filter made again. Threads: one at a time. Fails:
// throws what the Parquet library throws.
#include <arrow/io/memory.h>
#include <parquet/bloom_filter.h>
#include <parquet/exception.h>
#include <parquet/schema.h>
#include <parquet/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "ledger/verify_file.h"

namespace headrace {
inline namespace v0 {

/// The filter of a column chunk.
struct ChunkBloomFilter {
  std::string stored;   ///< as it lies in the file; empty: there is none
  uint32_t bytes = 0;   ///< of its bits
  bool is_own = false;  ///< written by this program: it has no other bits than those of the values
};

/// Check that a filter which this program wrote is `again`, or that another program's has all its bits.
void VerifyBloomFilter(const ChunkBloomFilter& filter, const parquet::BlockSplitBloomFilter& again,
                       const std::string& place, VerifyFindings* findings);

template <class DType>
class BloomFilterChecker {
 public:
  using T = typename DType::c_type;

  BloomFilterChecker(const ChunkBloomFilter& filter, const parquet::ColumnDescriptor* column)
      : filter_(filter), column_(column) {
    if (std::is_same_v<DType, parquet::BooleanType> || filter_.stored.empty()) return;
    again_ = std::make_unique<parquet::BlockSplitBloomFilter>();
    again_->Init(filter_.bytes);
  }

  void Add(const T* values, int64_t num_values) {
    if (again_ == nullptr) return;
    for (int64_t i = 0; i < num_values; ++i) AddOne(values[i]);
  }

  void Check(const std::string& place, VerifyFindings* findings) const {
    if (again_ != nullptr) VerifyBloomFilter(filter_, *again_, place, findings);
  }

 private:
  void AddOne(const T& value) {
    if constexpr (std::is_same_v<DType, parquet::BooleanType>) {
      return;
    } else if constexpr (std::is_same_v<DType, parquet::FLBAType>) {
      again_->InsertHash(again_->Hash(&value, static_cast<uint32_t>(column_->type_length())));
    } else if constexpr (std::is_same_v<DType, parquet::ByteArrayType> || std::is_same_v<DType, parquet::Int96Type>) {
      again_->InsertHash(again_->Hash(&value));
    } else {
      again_->InsertHash(again_->Hash(value));
      if constexpr (std::is_floating_point_v<T>) {
        if (filter_.is_own && value == 0) again_->InsertHash(again_->Hash(-value));  // either zero stands for both
      }
    }
  }

  const ChunkBloomFilter& filter_;
  const parquet::ColumnDescriptor* column_;
  std::unique_ptr<parquet::BlockSplitBloomFilter> again_;
};

}  // namespace v0
}  // namespace headrace
