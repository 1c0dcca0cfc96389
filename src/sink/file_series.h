#pragma once
// Files that follow one another, each up to a size: which of them the next row group goes to.
// Takes: row groups, in the order of the output. Gives: a number. Owns: nothing. Threads: one at a time. Fails: never.
#include <cstdint>
#include <limits>

#include "headrace/options.h"
#include "sink/parquet_file.h"

namespace headrace {
inline namespace v0 {

/// A file ends before the row group with which it would have more rows or bytes than the options say; one row group
/// alone may have more. Row groups and their order decide, so that every run gives the same files.
class FileSeries {
 public:
  explicit FileSeries(const Options& options)
      : max_rows_(LimitOf(options.rows_per_file)), max_bytes_(LimitOf(options.bytes_per_file)) {}

  /// Take a row group; return whether a file ended before it.
  bool Add(const RowGroup& group) {
    const int64_t bytes = group.bytes->size();
    const bool ends = rows_ > 0 && (group.rows > max_rows_ - rows_ || bytes > max_bytes_ - bytes_);
    if (ends) number_++, rows_ = bytes_ = 0;
    rows_ += group.rows;
    bytes_ += bytes;
    return ends;
  }

  int64_t number() const { return number_; }  ///< of the file that the last row group went to, from 0

 private:
  static int64_t LimitOf(int64_t option) { return option > 0 ? option : std::numeric_limits<int64_t>::max(); }

  const int64_t max_rows_, max_bytes_;
  int64_t number_ = 0, rows_ = 0, bytes_ = 0;
};

}  // namespace v0
}  // namespace headrace
