#pragma once
// A decoded column as Parquet stores it: physical values, and the encoding that its own values ask for.
// Takes: DecodedColumn. Gives: PhysicalColumn. Owns: scratch, reused from unit to unit. Threads: one an encoder.
// Fails: Status where a value does not fit its physical type.
#include <arrow/util/compression.h>
#include <parquet/types.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "decode/batch.h"
#include "headrace/options.h"
#include "headrace/status.h"
#include "sink/value_dictionary.h"
#include "sink/value_order.h"

namespace headrace {
inline namespace v0 {

/// Non-null values in their physical form, as PLAIN has them (but for byte arrays, whose lengths are offsets here, and
/// bools, which have a byte each).
struct PhysicalValues {
  int64_t count = 0;
  int width = 0;  ///< bytes of a value; 0: byte arrays
  bool is_bool = false;
  const uint8_t* fixed = nullptr;
  const int32_t* offsets = nullptr;  ///< count + 1
  const char* bytes = nullptr;

  std::string_view text(int64_t i) const {
    return {bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])};
  }
};

/// A column, ready to be cut into pages.
struct PhysicalColumn {
  int64_t rows = 0;
  int64_t num_values = 0;
  const uint64_t* validity = nullptr;
  parquet::Encoding::type encoding = parquet::Encoding::PLAIN;
  PhysicalValues values;              ///< every value; the distinct ones where the encoding is RLE_DICTIONARY
  const uint16_t* indices = nullptr;  ///< with a dictionary: of every value into `values`
  const DecodedColumn* decoded = nullptr;
  const DecodedColumn* distinct = nullptr;  ///< with a dictionary: its values
  ValueOrder distinct_order = ValueOrder::kNone;

  bool distinct_ascends() const { return distinct_order == ValueOrder::kAscending; }
};

/// Return the order of all values; none where there are nulls.
ValueOrder OrderOf(const PhysicalColumn& column);

/// Makes PhysicalColumns.
class ColumnPreparer {
 public:
  /// `codec` compresses the pages; nullptr: nothing does.
  ColumnPreparer(ParquetCompat compat, arrow::util::Codec* codec) : compat_(compat), codec_(codec) {}

  /// Return the column's physical form. It points into `column` and into this preparer until the next call.
  Result<PhysicalColumn> Prepare(const DecodedColumn& column);

 private:
  Result<bool> UsesDictionary(const DecodedColumn& column);
  Result<bool> UsesByteStreamSplit(const DecodedColumn& column);
  Result<PhysicalValues> MakePhysical(const DecodedColumn& column);
  Result<int64_t> EncodedBytes(const std::vector<uint8_t>& sample);

  const ParquetCompat compat_;
  arrow::util::Codec* const codec_;
  ValueDictionary dictionary_;
  std::vector<uint64_t> converted_;
  std::vector<uint8_t> sample_, other_sample_, compressed_;
};

}  // namespace v0
}  // namespace headrace
