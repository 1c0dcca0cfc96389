#include "sink/parquet_bloom_filter.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <parquet/bloom_filter.h>
#include <parquet/exception.h>
#include <parquet/xxhasher.h>

#include <algorithm>
#include <vector>

namespace headrace {
inline namespace v0 {
namespace {

void RemoveDuplicates(std::vector<uint64_t>* hashes) {
  std::sort(hashes->begin(), hashes->end());
  hashes->erase(std::unique(hashes->begin(), hashes->end()), hashes->end());
}

// Duplicates go before they take more memory than the distinct ones do.
std::vector<uint64_t> HashesOf(const PhysicalValues& values) {
  const parquet::XxHasher hasher;
  std::vector<uint64_t> hashes;
  hashes.reserve(static_cast<size_t>(values.count));  // addresses: memory is what is written
  size_t limit = size_t{1} << 16;
  for (int64_t i = 0; i < values.count; i++) {
    if (hashes.size() == limit) {
      RemoveDuplicates(&hashes);
      limit = std::max(limit, 2 * hashes.size());
    }
    const std::string_view value =
        values.width == 0 ? values.text(i)
                          : std::string_view(reinterpret_cast<const char*>(values.fixed) + i * values.width,
                                             static_cast<size_t>(values.width));
    hashes.push_back(hasher.Hash(value));
  }
  return hashes;
}

template <class T>
void AddOtherZero(std::vector<uint64_t>* hashes) {
  const parquet::XxHasher hasher;
  const uint64_t zeros[] = {hasher.Hash(T{0}), hasher.Hash(-T{0})};
  const auto has = [&](uint64_t hash) { return std::find(hashes->begin(), hashes->end(), hash) != hashes->end(); };
  if (has(zeros[0]) || has(zeros[1])) hashes->insert(hashes->end(), zeros, zeros + 2);
}

}  // namespace

Result<std::string> BloomFilterOf(const PhysicalValues& values, bool is_float, double false_positive_rate,
                                  arrow::MemoryPool* pool) {
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  std::vector<uint64_t> hashes = HashesOf(values);
  if (is_float && values.width == 8) AddOtherZero<double>(&hashes);
  if (is_float && values.width == 4) AddOtherZero<float>(&hashes);
  RemoveDuplicates(&hashes);
  parquet::BlockSplitBloomFilter filter(pool);
  filter.Init(parquet::BlockSplitBloomFilter::OptimalNumOfBytes(hashes.size(), false_positive_rate));
  for (const uint64_t hash : hashes) filter.InsertHash(hash);
  ARROW_ASSIGN_OR_RAISE(auto stream, arrow::io::BufferOutputStream::Create(filter.GetBitsetSize() + 64, pool));
  filter.WriteTo(stream.get());
  ARROW_ASSIGN_OR_RAISE(const auto bytes, stream->Finish());
  return bytes->ToString();
  END_PARQUET_CATCH_EXCEPTIONS
}

}  // namespace v0
}  // namespace headrace
