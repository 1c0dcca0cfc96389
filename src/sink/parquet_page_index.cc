#include "sink/parquet_page_index.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <parquet/exception.h>
#include <parquet/size_statistics.h>

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

// Of either builder, once it is finished.
template <class Builder>
Result<std::string> Serialized(const Builder& builder) {
  ARROW_ASSIGN_OR_RAISE(auto stream, arrow::io::BufferOutputStream::Create());
  builder.WriteTo(stream.get());
  ARROW_ASSIGN_OR_RAISE(const auto bytes, stream->Finish());
  return bytes->ToString();
}

}  // namespace

ChunkIndexBuilder::ChunkIndexBuilder(const parquet::ColumnDescriptor* column, const DataType& type)
    : type_(type), builder_(parquet::ColumnIndexBuilder::Make(column)) {}

Status ChunkIndexBuilder::AddPage(const Extremes& extremes, int64_t rows, int64_t nulls,
                                  const parquet::PageLocation& location) {
  parquet::EncodedStatistics page;
  SetPageBounds(type_, extremes, &page);
  page.set_null_count(nulls);
  page.all_null_value = rows == nulls;
  index_.pages.push_back(location);
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  builder_->AddPage(page, parquet::SizeStatistics());
  END_PARQUET_CATCH_EXCEPTIONS
  return Status::OK();
}

Result<ChunkIndex> ChunkIndexBuilder::Finish() {
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  builder_->Finish();
  ARROW_ASSIGN_OR_RAISE(index_.column_index, Serialized(*builder_));
  END_PARQUET_CATCH_EXCEPTIONS
  return std::move(index_);
}

void PageIndex::Part::Append(std::string_view chunk, const parquet::ColumnChunkId& id) {
  if (chunk.empty()) return;
  locations.emplace_back(id, parquet::IndexLocation{static_cast<int64_t>(bytes.size()),  //
                                                    static_cast<int32_t>(chunk.size())});
  bytes += chunk;
}

parquet::IndexLocations LocationsOf(const parquet::IndexLocations& locations, int64_t first_group, int64_t end_group,
                                    int64_t offset) {
  const auto from = [&](int64_t group) {
    return std::partition_point(locations.begin(), locations.end(),
                                [=](const auto& location) { return location.first.row_group_index < group; });
  };
  parquet::IndexLocations found(from(first_group), from(end_group));
  for (auto& [id, location] : found) {
    id.row_group_index -= static_cast<int32_t>(first_group);
    location.offset += offset;
  }
  return found;
}

Status PageIndex::Append(const ChunkIndex& chunk, const parquet::ColumnChunkId& id, int64_t group_offset) {
  column_indexes_.Append(chunk.column_index, id);
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  const auto builder = parquet::OffsetIndexBuilder::Make();
  for (const parquet::PageLocation& page : chunk.pages) {
    builder->AddPage(page.offset, page.compressed_page_size, page.first_row_index);
  }
  builder->Finish(group_offset);
  ARROW_ASSIGN_OR_RAISE(const std::string offset_index, Serialized(*builder));
  offset_indexes_.Append(offset_index, id);
  END_PARQUET_CATCH_EXCEPTIONS
  return Status::OK();
}

Status PageIndex::Write(int64_t offset, const WriteFn& write) {
  for (Part* part : {&column_indexes_, &offset_indexes_}) {
    const auto bytes = static_cast<int64_t>(part->bytes.size());
    part->offset = offset;
    offset += bytes;
    ARROW_RETURN_NOT_OK(write(part->bytes.data(), bytes));
  }
  return Status::OK();
}

void PageIndex::Tell(int64_t first_group, int64_t end_group, parquet::FileMetaDataBuilder* footer) const {
  const auto of = [&](const Part& part) { return LocationsOf(part.locations, first_group, end_group, part.offset); };
  footer->SetIndexLocations(parquet::IndexKind::kColumnIndex, of(column_indexes_));
  footer->SetIndexLocations(parquet::IndexKind::kOffsetIndex, of(offset_indexes_));
}

}  // namespace v0
}  // namespace headrace
