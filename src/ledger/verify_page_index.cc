#include "ledger/verify_page_index.h"

#include "sink/parquet_extremes.h"

namespace headrace {
inline namespace v0 {

bool AreOwnBounds(const parquet::ColumnDescriptor& column, std::string_view least, std::string_view greatest,
                  const std::string& low, const std::string& high) {
  DataType type;
  type.kind = column.logical_type()->is_string() ? TypeKind::kString : TypeKind::kBinary;
  Extremes extremes;
  extremes.has_any = true;
  extremes.text_low = least;
  extremes.text_high = greatest;
  parquet::EncodedStatistics bounds;
  SetPageBounds(type, extremes, &bounds);
  return bounds.min() == low && bounds.max() == high;
}

void VerifyPageLocations(const parquet::OffsetIndex& offsets, const parquet::ColumnChunkMetaData& chunk, int64_t rows,
                         const std::string& place, VerifyFindings* findings) {
  const auto& pages = offsets.page_locations();
  const int64_t begin = chunk.has_dictionary_page() ? chunk.dictionary_page_offset() : chunk.data_page_offset();
  bool lie_close = true, ascend = true;
  int64_t at = chunk.data_page_offset(), row = -1;
  for (const parquet::PageLocation& page : pages) {
    lie_close = lie_close && page.offset == at;
    ascend = ascend && page.first_row_index > row && page.first_row_index < rows;
    at = page.offset + page.compressed_page_size;
    row = page.first_row_index;
  }
  findings->Check("page index", lie_close && at == begin + chunk.total_compressed_size(), place,
                  "the pages of the offset index do not fill the column chunk");
  findings->Check("page index", ascend && (pages.empty() ? rows == 0 : pages[0].first_row_index == 0), place,
                  "the rows of the offset index do not ascend from 0");
}

}  // namespace v0
}  // namespace headrace
