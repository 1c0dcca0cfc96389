#pragma once
// The header before every page, in Thrift's compact protocol (parquet-format, parquet.thrift). parquet-cpp writes it
// only inside its PageWriter, which copies each page once more and knows no dictionary compressed by another thread.
#include <parquet/types.h>

#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Of a dictionary page, or of a V1 data page whose levels are RLE.
struct PageHeader {
  bool is_dictionary = false;
  int32_t uncompressed_bytes = 0;
  int32_t compressed_bytes = 0;
  uint32_t crc32 = 0;      ///< of the page's bytes as they lie in the file
  int32_t num_values = 0;  ///< nulls included
  parquet::Encoding::type encoding = parquet::Encoding::PLAIN;
};

inline constexpr int kMaxPageHeaderBytes = 48;

/// Write the header to `to`, which has room for kMaxPageHeaderBytes; return its length.
int StorePageHeader(const PageHeader& header, uint8_t* to);

/// Read back what StorePageHeader wrote at the beginning of `size` bytes; return its length, 0 where they are not that.
int LoadPageHeader(const uint8_t* from, int64_t size, PageHeader* header);

/// Write `value` in base 128, the lowest seven bits first; return the end.
uint8_t* StoreVarint(uint64_t value, uint8_t* to);

}  // namespace v0
}  // namespace headrace
