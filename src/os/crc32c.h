#pragma once
// CRC-32C (Castagnoli), the checksum of pieces and outputs.
#include <cstddef>
#include <cstdint>
#include <string>

namespace headrace {
inline namespace v0 {

/// Return the CRC-32C of the bytes that `crc` stands for (0 for none) followed by data[0, num_bytes).
uint32_t Crc32c(uint32_t crc, const void* data, size_t num_bytes);

/// Return a checksum as reports and manifests spell it: "crc32c:" and eight hexadecimal digits.
std::string Crc32cText(uint32_t crc);

/// The plain twin: a table, one byte at a time.
uint32_t Crc32cPlain(uint32_t crc, const void* data, size_t num_bytes);

}  // namespace v0
}  // namespace headrace
