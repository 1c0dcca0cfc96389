#pragma once
// Least and greatest values in Parquet's orders, and the big-endian form of decimals.
// Takes: values without nulls. Gives: statistics. Owns: nothing. Threads: free functions. Fails: never.
#include <parquet/statistics.h>

#include <cstdint>

#include "sink/parquet_column.h"

namespace headrace {
inline namespace v0 {

/// Set the extremes of `values`, exactly. NaN takes no part; a zero is -0.0 as least value and 0.0 as greatest; texts
/// longer than 4096 bytes are left out. `physical` are the same values in their physical form.
void SetExtremes(const DecodedColumn& values, const PhysicalValues& physical, parquet::EncodedStatistics* statistics);

/// Return the bytes that decimals of `precision` digits take.
int DecimalWidth(int precision);

/// Store the lowest `width` bytes of `value`, the highest of them first.
void StoreBigEndian(__int128 value, int width, uint8_t* to);

}  // namespace v0
}  // namespace headrace
