#pragma once
// Least and greatest values in Parquet's orders, and the big-endian form of decimals.
// Takes: values without nulls, as decoded. Gives: extremes, and their form in statistics and page indexes. Owns:
// nothing: texts point into the column. Threads: free functions. Fails: never.
#include <parquet/statistics.h>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "decode/batch.h"

namespace headrace {
inline namespace v0 {

/// The least and the greatest of some values, NaN apart. The sign of a zero says nothing.
struct Extremes {
  bool has_any = false;                            ///< values that are not NaN
  bool has_nan = false;                            ///< so that nothing bounds them: to some readers NaN is the greatest
  __int128 low = 0, high = 0;                      ///< all but floats, byte arrays and UUIDs
  double float_low = 0, float_high = 0;            ///< floats
  std::string_view text_low = {}, text_high = {};  ///< byte arrays and UUIDs, in the order of their bytes
};

/// Return the extremes of values [first, first + count) of `column`.
Extremes FindExtremes(const DecodedColumn& column, int64_t first, int64_t count);

/// Return the extremes of those values of `distinct` that `count` indices name. The distinct values are in ascending
/// order (`ascends`) or byte arrays.
Extremes FindNamedExtremes(const DecodedColumn& distinct, bool ascends, const uint16_t* indices, int64_t count,
                           std::vector<uint8_t>* named);  // `named` is scratch

/// Make `all` hold the values of `next` too; both are of columns of `type`.
void JoinExtremes(const DataType& type, const Extremes& next, Extremes* all);

/// Set the extremes of a column chunk, none where there is NaN: exact; texts longer than 4096 bytes are left out. A
/// zero is -0.0 as least value and 0.0 as greatest.
void SetExtremes(const DataType& type, const Extremes& extremes, parquet::EncodedStatistics* statistics);

/// The same for a page of an index, but byte arrays of more than 64 bytes are cut short, outwards. None are set, too,
/// where no short text is as great as the greatest one.
void SetPageBounds(const DataType& type, const Extremes& extremes, parquet::EncodedStatistics* statistics);

/// Return the bytes that decimals of `precision` digits take.
int DecimalWidth(int precision);

inline constexpr int kBigEndianRoom = 16;

/// Store the lowest `width` bytes (1 to 16) of `value`, the highest of them first. Writes up to kBigEndianRoom bytes.
inline void StoreBigEndian(__int128 value, int width, uint8_t* to) {
  const auto low = static_cast<uint64_t>(value);
  if (width <= 8) {
    const uint64_t word = __builtin_bswap64(low << (64 - 8 * width));
    std::memcpy(to, &word, sizeof word);
    return;
  }
  const uint64_t high = __builtin_bswap64(static_cast<uint64_t>(value >> 64) << (128 - 8 * width));
  const uint64_t low_word = __builtin_bswap64(low);
  std::memcpy(to, &high, sizeof high);
  std::memcpy(to + width - 8, &low_word, sizeof low_word);
}

}  // namespace v0
}  // namespace headrace
