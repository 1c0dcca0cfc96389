#pragma once
// Parquet's BYTE_STREAM_SPLIT: the first bytes of all values, then all second bytes, and so on.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Split `count` values of `width` bytes (4 or 8) into `width` planes of `count` bytes at `to`.
void ByteStreamSplit(const uint8_t* values, int64_t count, int width, uint8_t* to);

}  // namespace v0
}  // namespace headrace
