#pragma once
// A decoded column as Parquet stores it: physical values, statistics, and a dictionary where it pays.
// Takes: DecodedColumn. Gives: PhysicalColumn. Owns: scratch, reused from unit to unit. Threads: one an encoder.
// Fails: Status where a value does not fit its physical type.
#include <parquet/statistics.h>
#include <parquet/types.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "decode/batch.h"
#include "headrace/options.h"
#include "headrace/status.h"
#include "sink/value_dictionary.h"

namespace headrace {
inline namespace v0 {

/// The non-null values of a column in their physical form.
struct PhysicalColumn {
  int64_t rows = 0;
  int64_t num_values = 0;
  const uint64_t* validity = nullptr;
  int width = 0;                    ///< bytes of a value; 0: byte arrays; bool: 1, packed into bits in the page
  bool is_bool = false;
  const uint8_t* values = nullptr;  ///< of `width` bytes each
  const int32_t* offsets = nullptr; ///< byte arrays: num_values + 1 offsets into `bytes`
  const char* bytes = nullptr;
  parquet::Encoding::type encoding = parquet::Encoding::PLAIN;
  const ValueDictionary* dictionary = nullptr;  ///< where the encoding is RLE_DICTIONARY
  parquet::EncodedStatistics statistics;

  std::string_view text(int64_t i) const {
    return {bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])};
  }
};

/// Makes PhysicalColumns of one column of the output.
class ColumnPreparer {
 public:
  explicit ColumnPreparer(ParquetCompat compat) : compat_(compat) {}

  /// Return the column's physical form, with the encoding that its own values ask for. It points into `column` and
  /// into this preparer until the next call.
  Result<PhysicalColumn> Prepare(const DecodedColumn& column);

 private:
  Status MakePhysical(const DecodedColumn& column, PhysicalColumn* physical);
  void ChooseEncoding(const DecodedColumn& column, PhysicalColumn* physical);

  const ParquetCompat compat_;
  std::vector<uint8_t> converted_;
  ValueDictionary dictionary_;
};

}  // namespace v0
}  // namespace headrace
