#include "sink/parquet_footer.h"

#include <arrow/io/memory.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>

#include <limits>
#include <utility>

#include "sink/parquet_file.h"

namespace headrace {
inline namespace v0 {

ParquetFooter::Section ParquetFooter::MakeSection(ValueOrder order) const {
  auto properties = layout_->properties;
  if (order != ValueOrder::kNone) {
    parquet::SortingColumn column;
    column.column_idx = 0;
    column.descending = order == ValueOrder::kDescending;
    column.nulls_first = false;  // there are none
    properties = parquet::WriterProperties::Builder(*properties).set_sorting_columns({column})->build();
  }
  return {order, num_groups_, parquet::FileMetaDataBuilder::Make(layout_->schema.get(), properties)};
}

Status ParquetFooter::Append(const RowGroup& group, int64_t offset) {
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  if (sections_.empty() || sections_.back().order != group.order) sections_.push_back(MakeSection(group.order));
  parquet::RowGroupMetaDataBuilder* metadata = sections_.back().builder->AppendRowGroup();
  metadata->set_num_rows(group.rows);
  int64_t uncompressed = 0;
  for (const ColumnChunk& chunk : group.chunks) {
    parquet::ColumnChunkMetaDataBuilder* column = metadata->NextColumnChunk();
    const bool has_dictionary = chunk.dictionary_offset >= 0;
    column->SetStatistics(chunk.statistics);
    column->Finish(chunk.num_values, has_dictionary ? offset + chunk.dictionary_offset : 0, -1,
                   offset + chunk.data_offset, chunk.compressed_bytes, chunk.uncompressed_bytes, has_dictionary,
                   /*dictionary_fallback=*/false, chunk.dictionary_pages, chunk.data_pages);
    uncompressed += chunk.uncompressed_bytes;
  }
  // The ordinal is optional and has 16 bits.
  const bool has_ordinal = num_groups_ <= std::numeric_limits<int16_t>::max();
  metadata->Finish(uncompressed, static_cast<int16_t>(has_ordinal ? num_groups_ : -1));
  END_PARQUET_CATCH_EXCEPTIONS
  for (int32_t i = 0; i < static_cast<int32_t>(group.chunks.size()); i++) {
    const ColumnChunk& chunk = group.chunks[static_cast<size_t>(i)];
    const parquet::ColumnChunkId id{static_cast<int32_t>(num_groups_), i};
    ARROW_RETURN_NOT_OK(index_.Append(chunk.index, id, offset));
    if (chunk.filter_bytes > 0) filters_.push_back({id, {offset + chunk.filter_offset, chunk.filter_bytes}});
  }
  num_groups_++;
  return Status::OK();
}

std::shared_ptr<parquet::FileMetaData> ParquetFooter::JoinSections() {
  std::shared_ptr<parquet::FileMetaData> all;
  for (size_t i = 0; i < sections_.size(); i++) {
    const int64_t end = i + 1 < sections_.size() ? sections_[i + 1].first_group : num_groups_;
    index_.Tell(sections_[i].first_group, end, sections_[i].builder.get());
    sections_[i].builder->SetIndexLocations(parquet::IndexKind::kBloomFilter,
                                            LocationsOf(filters_, sections_[i].first_group, end, 0));
    std::shared_ptr<parquet::FileMetaData> section = sections_[i].builder->Finish(i == 0 ? layout_->metadata : nullptr);
    sections_[i].builder.reset();
    if (all == nullptr) {
      all = std::move(section);
    } else {
      all->AppendRowGroups(*section);
    }
  }
  return all;
}

Status ParquetFooter::Finish(int64_t offset, const PageIndex::WriteFn& write) {
  ARROW_RETURN_NOT_OK(index_.Write(offset, write));
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  if (sections_.empty()) sections_.push_back(MakeSection(ValueOrder::kNone));
  const auto metadata = JoinSections();
  ARROW_ASSIGN_OR_RAISE(auto footer, arrow::io::BufferOutputStream::Create(4096, layout_->pool));
  parquet::WriteFileMetaData(*metadata, footer.get());
  ARROW_ASSIGN_OR_RAISE(auto bytes, footer->Finish());
  return write(bytes->data(), bytes->size());
  END_PARQUET_CATCH_EXCEPTIONS
}

}  // namespace v0
}  // namespace headrace
