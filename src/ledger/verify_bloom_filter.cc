#include "ledger/verify_bloom_filter.h"

#include <arrow/buffer.h>

namespace headrace {
inline namespace v0 {

void VerifyBloomFilter(const ChunkBloomFilter& filter, const parquet::BlockSplitBloomFilter& again,
                       const std::string& place, VerifyFindings* findings) {
  PARQUET_ASSIGN_OR_THROW(auto stream, arrow::io::BufferOutputStream::Create());
  again.WriteTo(stream.get());
  PARQUET_ASSIGN_OR_THROW(const auto bytes, stream->Finish());
  const std::string_view made(*bytes);
  if (filter.is_own) {
    findings->Check("bloom filters", filter.stored == made, place, "the bloom filter is not that of the values");
    return;
  }
  // The bits stand last. Other programs may have put other things in front of them.
  const std::string_view wanted = made.substr(made.size() - filter.bytes);
  const std::string_view told = std::string_view(filter.stored).substr(filter.stored.size() - filter.bytes);
  bool has_all = true;
  for (size_t i = 0; i < wanted.size(); ++i) has_all = has_all && (wanted[i] & ~told[i]) == 0;
  findings->Check("bloom filters", has_all, place, "the bloom filter lacks a value");
}

}  // namespace v0
}  // namespace headrace
