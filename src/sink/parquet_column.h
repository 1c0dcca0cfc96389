#pragma once
// A decoded column as Parquet stores it: physical values, and the encoding that its own values ask for.
// Takes: DecodedColumn. Gives: PhysicalColumn. Owns: scratch, reused from unit to unit. Threads: one an encoder.
// Fails: Status where a codec does.
#include <parquet/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "decode/batch.h"
#include "headrace/status.h"
#include "sink/parquet_encoding.h"
#include "sink/physical_values.h"
#include "sink/value_order.h"

namespace headrace {
inline namespace v0 {

/// A column, ready to be cut into pages.
struct PhysicalColumn {
  int64_t rows = 0;
  int64_t num_values = 0;
  const uint64_t* validity = nullptr;
  parquet::Encoding::type encoding = parquet::Encoding::PLAIN;
  RepeatSearch repeats = RepeatSearch::kOfBytes;  ///< of PLAIN pages
  PhysicalValues values;              ///< every value; the distinct ones where the encoding is RLE_DICTIONARY
  const uint16_t* indices = nullptr;  ///< with a dictionary: of every value into `values`
  int index_bits = 0;                 ///< of each of them in a page
  const DecodedColumn* decoded = nullptr;
  const DecodedColumn* distinct = nullptr;  ///< with a dictionary: its values
  ValueOrder distinct_order = ValueOrder::kNone;

  bool distinct_ascends() const { return distinct_order == ValueOrder::kAscending; }
};

/// Return the order of all values; none where there are nulls.
ValueOrder OrderOf(const PhysicalColumn& column);

/// Return how many distinct values there are, nulls apart, where a dictionary tells. Nothing of floats that readers may
/// count in other ways: with NaN, or zeros of both signs.
std::optional<int64_t> DistinctValues(const PhysicalColumn& column);

/// Makes PhysicalColumns.
class ColumnPreparer {
 public:
  /// `codec` compresses the pages; nullptr: nothing does.
  ColumnPreparer(ParquetCompat compat, PageCodec* codec) : chooser_(compat, codec) {}

  /// Return the column's physical form. It points into `column` and into this preparer until the next call.
  Result<PhysicalColumn> Prepare(const DecodedColumn& column, ColumnEncoding wanted);

 private:
  EncodingChooser chooser_;
  std::vector<uint64_t> converted_;
};

}  // namespace v0
}  // namespace headrace
