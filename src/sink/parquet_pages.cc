#include "sink/parquet_pages.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "os/crc32.h"
#include "sink/byte_stream_split.h"
#include "sink/parquet_values.h"

namespace headrace {
inline namespace v0 {
namespace {

int64_t CountSet(const uint64_t* words, int64_t first, int64_t count) {  // `first` is a multiple of 64
  int64_t set = 0;
  words += first / 64;
  for (int64_t i = 0; i < count / 64; i++) set += std::popcount(words[i]);
  if (count % 64 != 0) set += std::popcount(words[count / 64] & ((uint64_t{1} << (count % 64)) - 1));
  return set;
}

}  // namespace

// The next page's rows. Starts are multiples of 64 rows, so that levels begin at a word.
PageEncoder::Span PageEncoder::NextSpan(const PhysicalColumn& column, int64_t first_row, int64_t first_value) {
  const int64_t most = column.encoding == parquet::Encoding::BYTE_STREAM_SPLIT ? kSplitPageRows : kPageRows;
  Span span{first_row, std::min(most, column.rows - first_row), first_value, 0};
  span.values = CountSet(column.validity, first_row, span.rows);
  if (column.values.width != 0 || column.indices != nullptr) return span;
  const int32_t* offsets = column.values.offsets + first_value;
  while (offsets[span.values] - offsets[0] > kPageBytes && span.rows > 64) {
    span.rows = (span.rows / 2 + 63) / 64 * 64;
    span.values = CountSet(column.validity, first_row, span.rows);
  }
  return span;
}

// A page is written where it will lie in the file: uncompressed in place, compressed out of the scratch. The header
// before it has the page's size and checksum, so its own length is a guess that rarely needs to be mended.
template <class FillFn>
Status PageEncoder::AppendPage(PageHeader header, int64_t max_bytes, FillFn fill, RepeatSearch* repeats,
                               arrow::BufferBuilder* to, ColumnChunk* chunk) {
  constexpr int64_t kLimit = std::numeric_limits<int32_t>::max();
  const int64_t max_compressed = codec_ == nullptr ? max_bytes : codec_->MaxBytes(max_bytes);
  if (max_compressed > kLimit) {
    return Status::CapacityError("a Parquet page would exceed 2 GiB. Choose smaller units with --unit-bytes.");
  }
  ARROW_RETURN_NOT_OK(to->Reserve(kMaxPageHeaderBytes + max_compressed));
  uint8_t* const begin = to->mutable_data() + to->length();
  uint8_t* body = begin + header_bytes_;
  int64_t bytes = 0, compressed = 0;
  if (codec_ == nullptr) {
    bytes = compressed = fill(body).end - body;
  } else {
    if (scratch_ == nullptr || scratch_->size() < max_bytes) {
      ARROW_ASSIGN_OR_RAISE(scratch_, arrow::AllocateResizableBuffer(max_bytes, pool_));
    }
    const uint8_t* const page = scratch_->data();
    const Filled filled = fill(scratch_->mutable_data());
    bytes = filled.end - page;
    ARROW_ASSIGN_OR_RAISE(compressed,
                          codec_->Compress({page, bytes, filled.values - page, filled.plane_bytes}, repeats, body));
  }
  header.uncompressed_bytes = static_cast<int32_t>(bytes);
  header.compressed_bytes = static_cast<int32_t>(compressed);
  header.crc32 = Crc32(0, body, static_cast<size_t>(compressed));
  uint8_t stored[kMaxPageHeaderBytes];
  const int header_bytes = StorePageHeader(header, stored);
  if (header_bytes != header_bytes_) std::memmove(begin + header_bytes, body, static_cast<size_t>(compressed));
  std::memcpy(begin, stored, static_cast<size_t>(header_bytes));
  header_bytes_ = header_bytes;
  to->UnsafeAdvance(header_bytes + compressed);
  chunk->uncompressed_bytes += header_bytes + bytes;
  return Status::OK();
}

Status PageEncoder::AppendDictionary(const PhysicalColumn& column, arrow::BufferBuilder* to, ColumnChunk* chunk) {
  PageHeader header;
  header.is_dictionary = true;
  header.num_values = static_cast<int32_t>(column.values.count);
  chunk->dictionary_offset = to->length();
  chunk->dictionary_pages[parquet::Encoding::PLAIN] = 1;
  RepeatSearch repeats = RepeatSearch::kOfBytes;
  return AppendPage(
      header, PlainBytes(column.values, 0, column.values.count),
      [&](uint8_t* at) {
        return Filled{StorePlain(column.values, 0, column.values.count, at), at, 0};
      },
      &repeats, to, chunk);
}

int64_t PageEncoder::MaxValueBytes(const PhysicalColumn& column, int64_t first, int64_t count) const {
  switch (column.encoding) {
    case parquet::Encoding::RLE_DICTIONARY:
      return MaxIndexBytes(count, column.index_bits);
    case parquet::Encoding::DELTA_BINARY_PACKED:
    case parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY:
      return MaxDeltaBytes(column.values, first, count);
    default:
      return PlainBytes(column.values, first, count);
  }
}

uint8_t* PageEncoder::StoreValues(const PhysicalColumn& column, int64_t first, int64_t count, uint8_t* to) const {
  const PhysicalValues& values = column.values;
  switch (column.encoding) {
    case parquet::Encoding::RLE_DICTIONARY:
      return StoreIndices(column.indices + first, count, column.index_bits, to);
    case parquet::Encoding::DELTA_BINARY_PACKED:
    case parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY:
      return StoreDelta(values, first, count, to);
    case parquet::Encoding::BYTE_STREAM_SPLIT:
      ByteStreamSplit(values.fixed + first * values.width, count, values.width, to);
      return to + count * values.width;
    default:
      return StorePlain(values, first, count, to);
  }
}

Status PageEncoder::AppendData(const PhysicalColumn& column, const Span& span, RepeatSearch* repeats,
                               arrow::BufferBuilder* to, ColumnChunk* chunk) {
  PageHeader header;
  header.num_values = static_cast<int32_t>(span.rows);
  header.encoding = column.encoding;
  chunk->data_pages[column.encoding]++;
  const uint64_t* validity = column.validity + span.first_row / 64;
  const auto fill = [&](uint8_t* at) {
    uint8_t* const values = StoreLevels(validity, span.rows, span.values, at);
    const bool has_planes = column.encoding == parquet::Encoding::BYTE_STREAM_SPLIT;
    return Filled{StoreValues(column, span.first_value, span.values, values), values, has_planes ? span.values : 0};
  };
  const int64_t max_bytes = MaxLevelBytes(span.rows) + MaxValueBytes(column, span.first_value, span.values);
  return AppendPage(header, max_bytes, fill, repeats, to, chunk);
}

Extremes PageEncoder::ExtremesOf(const PhysicalColumn& column, const Span& span) {
  // Numbers are read faster than the dictionary's, unless those ascend.
  if (column.indices == nullptr || (column.values.width != 0 && !column.distinct_ascends())) {
    return FindExtremes(*column.decoded, span.first_value, span.values);
  }
  return FindNamedExtremes(*column.distinct, column.distinct_ascends(), column.indices + span.first_value, span.values,
                           &named_);
}

Result<ColumnChunk> PageEncoder::Encode(const PhysicalColumn& column, const parquet::ColumnDescriptor* descriptor,
                                        arrow::BufferBuilder* to) {
  const DataType& type = column.decoded->type;
  ColumnChunk chunk;
  chunk.num_values = column.rows;
  const int64_t begin = to->length();
  if (column.indices != nullptr) ARROW_RETURN_NOT_OK(AppendDictionary(column, to, &chunk));
  chunk.data_offset = to->length();
  ChunkIndexBuilder index(descriptor, type);
  Extremes all;
  RepeatSearch repeats = column.repeats;  // kTryBoth: the first page decides for the others
  for (Span span; span.first_row < column.rows;) {
    span = NextSpan(column, span.first_row, span.first_value);
    const int64_t page_begin = to->length();
    const Extremes extremes = ExtremesOf(column, span);
    JoinExtremes(type, extremes, &all);
    ARROW_RETURN_NOT_OK(AppendData(column, span, &repeats, to, &chunk));
    const auto page_bytes = static_cast<int32_t>(to->length() - page_begin);
    ARROW_RETURN_NOT_OK(
        index.AddPage(extremes, span.rows, span.rows - span.values, {page_begin, page_bytes, span.first_row}));
    span.first_row += span.rows;
    span.first_value += span.values;
  }
  chunk.compressed_bytes = to->length() - begin;
  SetExtremes(type, all, &chunk.statistics);
  chunk.statistics.set_null_count(column.decoded->null_count());
  if (const auto distinct = DistinctValues(column)) chunk.statistics.set_distinct_count(*distinct);
  ARROW_ASSIGN_OR_RAISE(chunk.index, index.Finish());
  return chunk;
}

}  // namespace v0
}  // namespace headrace
