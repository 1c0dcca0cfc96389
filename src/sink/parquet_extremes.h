#pragma once
// Least and greatest values in Parquet's orders, and the big-endian form of decimals.
// Takes: values without nulls. Gives: statistics. Owns: nothing. Threads: free functions. Fails: never.
#include <parquet/statistics.h>

#include <cstdint>
#include <cstring>

#include "sink/parquet_column.h"

namespace headrace {
inline namespace v0 {

/// Set the extremes of `values`, exactly. NaN takes no part; a zero is -0.0 as least value and 0.0 as greatest; texts
/// longer than 4096 bytes are left out. `physical` are the same values in their physical form.
void SetExtremes(const DecodedColumn& values, const PhysicalValues& physical, parquet::EncodedStatistics* statistics);

/// Return the bytes that decimals of `precision` digits take.
int DecimalWidth(int precision);

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
inline constexpr int kBigEndianRoom = 16;

}  // namespace v0
}  // namespace headrace
