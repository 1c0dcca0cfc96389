#pragma once
// CRC-32 (zlib's polynomial), the checksum of Parquet pages.
#include <cstddef>
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Return the CRC-32 of the bytes that `crc` stands for (0 for none) followed by data[0, num_bytes).
uint32_t Crc32(uint32_t crc, const void* data, size_t num_bytes);

}  // namespace v0
}  // namespace headrace
