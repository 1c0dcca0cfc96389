#include "ledger/verify_layout.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/base64.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/schema.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/size_statistics.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "sink/parquet_file.h"
#include "sink/parquet_page_header.h"

namespace headrace {
inline namespace v0 {
namespace {

// What the page headers of a column chunk say.
struct ChunkFacts {
  bool is_whole = true;                                               // all headers are ones of this program
  std::map<std::pair<bool, parquet::Encoding::type>, int32_t> pages;  // by kind and encoding
  std::vector<parquet::PageLocation> data_pages;
  int64_t num_values = 0, uncompressed_bytes = 0;
};

Result<ChunkFacts> ReadHeaders(const OpenFile& file, int64_t begin, int64_t end) {
  ChunkFacts facts;
  for (int64_t at = begin; at < end;) {
    ARROW_ASSIGN_OR_RAISE(const auto bytes, file->ReadAt(at, kMaxPageHeaderBytes));
    PageHeader header;
    const int length = LoadPageHeader(bytes->data(), bytes->size(), &header);
    const int64_t size = length + int64_t{header.compressed_bytes};
    facts.is_whole = length > 0 && header.compressed_bytes >= 0 && size <= end - at;
    if (!facts.is_whole) return facts;
    facts.pages[{header.is_dictionary, header.encoding}]++;
    facts.uncompressed_bytes += length + header.uncompressed_bytes;
    if (!header.is_dictionary) {
      facts.data_pages.push_back({at, static_cast<int32_t>(size), facts.num_values});
      facts.num_values += header.num_values;
    }
    at += size;
  }
  return facts;
}

bool HasPages(const parquet::ColumnChunkMetaData& chunk, const ChunkFacts& facts) {
  std::map<std::pair<bool, parquet::Encoding::type>, int32_t> told;
  std::set<parquet::Encoding::type> encodings = {parquet::Encoding::RLE};  // of levels
  for (const parquet::PageEncodingStats& stats : chunk.encoding_stats()) {
    const bool is_dictionary = stats.page_type == parquet::PageType::DICTIONARY_PAGE;
    if (!is_dictionary && stats.page_type != parquet::PageType::DATA_PAGE) return false;
    told[{is_dictionary, stats.encoding}] += stats.count;
    encodings.insert(stats.encoding);
  }
  const auto& listed = chunk.encodings();
  if (listed.size() != encodings.size() || !std::is_permutation(listed.begin(), listed.end(), encodings.begin())) {
    return false;
  }
  return told == facts.pages && chunk.num_values() == facts.num_values &&
         chunk.total_uncompressed_size() == facts.uncompressed_bytes;
}

// An extreme's bytes: of each type but texts as many as a value has, and a bool is 0 or 1.
bool IsExtremeOf(const parquet::ColumnDescriptor& column, const std::string& bytes) {
  switch (column.physical_type()) {
    case parquet::Type::BYTE_ARRAY:
      return true;
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return bytes.size() == static_cast<size_t>(column.type_length());
    case parquet::Type::BOOLEAN:
      return bytes.size() == 1 && (bytes[0] == 0 || bytes[0] == 1);
    default:
      return bytes.size() == static_cast<size_t>(parquet::GetTypeByteSize(column.physical_type()));
  }
}

// Statistics as this program stores them. One that swallowed its neighbour would be stored again as it was read.
bool HasOwnStatistics(const parquet::ColumnChunkMetaData& chunk, const parquet::ColumnDescriptor& column) {
  const auto told = chunk.encoded_statistics();
  if (told == nullptr || !told->has_null_count) return false;
  if (told->has_distinct_count && !chunk.has_dictionary_page()) return false;
  const bool are_exact = told->is_min_value_exact == (told->has_min ? std::optional(true) : std::nullopt) &&
                         told->is_max_value_exact == (told->has_max ? std::optional(true) : std::nullopt);
  const bool is_text = column.physical_type() == parquet::Type::BYTE_ARRAY;  // a long one is left out, the other is not
  return are_exact && (is_text || told->has_min == told->has_max) &&
         (!told->has_min || IsExtremeOf(column, told->min())) && (!told->has_max || IsExtremeOf(column, told->max()));
}

bool IsIndexOf(const parquet::OffsetIndex* index, const ChunkFacts& facts) {
  if (index == nullptr) return false;
  const auto& told = index->page_locations();
  return std::equal(told.begin(), told.end(), facts.data_pages.begin(), facts.data_pages.end(),
                    [](const parquet::PageLocation& a, const parquet::PageLocation& b) {
                      return a.offset == b.offset && a.compressed_page_size == b.compressed_page_size &&
                             a.first_row_index == b.first_row_index;
                    });
}

template <class Builder>
Result<std::string> Stored(Builder* builder) {
  ARROW_ASSIGN_OR_RAISE(auto stream, arrow::io::BufferOutputStream::Create());
  builder->WriteTo(stream.get());
  ARROW_ASSIGN_OR_RAISE(const auto bytes, stream->Finish());
  return bytes->ToString();
}

// An index as parquet-cpp stores what it read of it: what it did not read is not there.
Result<std::string> StoredAgain(const parquet::OffsetIndex& index) {
  const auto builder = parquet::OffsetIndexBuilder::Make();
  for (const parquet::PageLocation& page : index.page_locations()) {
    builder->AddPage(page.offset, page.compressed_page_size, page.first_row_index);
  }
  builder->Finish(0);
  return Stored(builder.get());
}

Result<std::string> StoredAgain(const parquet::ColumnIndex& index, const parquet::ColumnDescriptor* column) {
  const auto builder = parquet::ColumnIndexBuilder::Make(column);
  const size_t pages = index.null_pages().size();
  if (!index.has_null_counts() || index.null_counts().size() != pages) return std::string();
  for (size_t i = 0; i < pages; ++i) {
    parquet::EncodedStatistics page;
    page.set_min(index.encoded_min_values()[i]).set_max(index.encoded_max_values()[i]);
    page.set_null_count(index.null_counts()[i]);
    page.all_null_value = index.null_pages()[i];
    builder->AddPage(page, parquet::SizeStatistics());
  }
  builder->Finish();
  return Stored(builder.get());
}

Status VerifyStored(const OpenFile& file, const std::optional<parquet::IndexLocation>& place_of_it,
                    const std::string& again, const std::string& place, VerifyFindings* findings) {
  if (!place_of_it.has_value()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto bytes, file->ReadAt(place_of_it->offset, place_of_it->length));
  findings->Check("layout", std::string_view(*bytes) == again, place, "a part of the page index is damaged");
  return Status::OK();
}

Status VerifyIndexForm(const OpenFile& file, parquet::RowGroupPageIndexReader* index, int column,
                       const parquet::ColumnDescriptor* descriptor, const parquet::ColumnChunkMetaData& chunk,
                       const std::string& place, VerifyFindings* findings) {
  const auto offsets = index->GetOffsetIndex(column);
  const auto columns = index->GetColumnIndex(column);
  std::string again_offsets, again_columns;
  if (offsets != nullptr) {
    ARROW_ASSIGN_OR_RAISE(again_offsets, StoredAgain(*offsets));
  }
  if (columns != nullptr) {
    ARROW_ASSIGN_OR_RAISE(again_columns, StoredAgain(*columns, descriptor));
  }
  ARROW_RETURN_NOT_OK(VerifyStored(file, chunk.GetOffsetIndexLocation(), again_offsets, place, findings));
  return VerifyStored(file, chunk.GetColumnIndexLocation(), again_columns, place, findings);
}

// The bloom filters of a row group lie one behind the other, from `at`; return the end of the last one.
int64_t VerifyFilterPlaces(const parquet::RowGroupMetaData& metadata, int64_t at, const std::string& place,
                           VerifyFindings* findings) {
  bool lie_close = true;
  for (int i = 0; i < metadata.num_columns(); ++i) {
    const auto chunk = metadata.ColumnChunk(i);
    if (!chunk->bloom_filter_offset().has_value()) continue;
    lie_close = lie_close && chunk->bloom_filter_offset() == at && chunk->bloom_filter_length().value_or(0) > 0;
    at += chunk->bloom_filter_length().value_or(0);
  }
  findings->Check("layout", lie_close, place, "the bloom filters do not lie behind the column chunks");
  return at;
}

// Column chunks lie one behind the other, from `at`, and bloom filters behind them; return the end of the last one.
Result<int64_t> VerifyChunks(const OpenFile& file, parquet::ParquetFileReader* reader, int group, int64_t at,
                             const std::string& place, VerifyFindings* findings) {
  const auto metadata = reader->metadata()->RowGroup(group);
  const auto file_index = reader->GetPageIndexReader();
  const auto index = file_index == nullptr ? nullptr : file_index->RowGroup(group);
  int64_t uncompressed = 0;
  const int64_t begin = at;
  for (int i = 0; i < metadata->num_columns(); ++i) {
    const auto chunk = metadata->ColumnChunk(i);
    const int64_t first = chunk->has_dictionary_page() ? chunk->dictionary_page_offset() : chunk->data_page_offset();
    if (!findings->Check("layout", first == at, place, "the column chunks do not lie one behind the other")) return at;
    const auto* descriptor = reader->metadata()->schema()->Column(i);
    findings->Check("layout",
                    chunk->path_in_schema()->ToDotVector() == descriptor->path()->ToDotVector() &&
                        chunk->file_offset() == 0 && chunk->file_path().empty(),
                    place, "the metadata of column ", i, " are not those of '", descriptor->name(), "'");
    at += chunk->total_compressed_size();
    ARROW_ASSIGN_OR_RAISE(const ChunkFacts facts, ReadHeaders(file, first, at));
    const std::string column = place + ", column '" + chunk->path_in_schema()->ToDotString() + "'";
    if (!findings->Check("layout", facts.is_whole, column, "a page header is damaged")) continue;
    findings->Check("layout", HasPages(*chunk, facts), column, "the footer and the page headers differ");
    findings->Check("statistics", HasOwnStatistics(*chunk, *descriptor), column, "the statistics are damaged");
    const auto offsets = index == nullptr ? nullptr : index->GetOffsetIndex(i);
    findings->Check("layout", IsIndexOf(offsets.get(), facts), column, "the offset index and the page headers differ");
    if (index != nullptr) {
      ARROW_RETURN_NOT_OK(
          VerifyIndexForm(file, index.get(), i, reader->metadata()->schema()->Column(i), *chunk, column, findings));
    }
    uncompressed += chunk->total_uncompressed_size();
  }
  for (const parquet::SortingColumn& sorted : metadata->sorting_columns()) {
    findings->Check("layout", sorted.column_idx == 0 && !sorted.nulls_first, place,
                    "it is said to be sorted by another column than the first");
  }
  findings->Check("layout",
                  metadata->total_byte_size() == uncompressed && metadata->total_compressed_size() == at - begin &&
                      metadata->file_offset() == begin,
                  place, "the sizes of the row group are not those of its column chunks");
  return VerifyFilterPlaces(*metadata, at, place, findings);
}

// The parts of the page index lie one behind the other, from `at`; return the end of the last one.
int64_t VerifyIndexPlaces(const parquet::FileMetaData& metadata, int64_t at, const std::string& place,
                          VerifyFindings* findings) {
  bool lie_close = true;
  for (const bool is_offsets : {false, true}) {
    for (int group = 0; group < metadata.num_row_groups(); ++group) {
      const auto row_group = metadata.RowGroup(group);
      for (int i = 0; i < row_group->num_columns(); ++i) {
        const auto chunk = row_group->ColumnChunk(i);
        const auto part = is_offsets ? chunk->GetOffsetIndexLocation() : chunk->GetColumnIndexLocation();
        if (!part.has_value()) continue;
        lie_close = lie_close && part->offset == at;
        at += part->length;
      }
    }
  }
  findings->Check("layout", lie_close, place, "the parts of the page index do not lie one behind the other");
  return at;
}

// A varint as it is stored, zigzag.
std::string StoredNumber(int64_t number) {
  uint8_t bytes[10];
  return std::string(bytes, StoreVarint(static_cast<uint64_t>(number) << 1, bytes));
}

// How the struct of a row group ends: its compressed size and its number, which has 16 bits and is left out above them.
std::string EndOfRowGroup(const parquet::FileMetaData& metadata, int group) {
  constexpr char kSizeField = 0x16, kOrdinalField = 0x14, kEndOfStruct = 0;  // the next field, an i64 and an i16
  std::string end = kSizeField + StoredNumber(metadata.RowGroup(group)->total_compressed_size());
  if (group <= std::numeric_limits<int16_t>::max()) end += kOrdinalField + StoredNumber(group);
  return end + kEndOfStruct;
}

// Row groups are numbered, which no reader tells. The struct of a row group stands before what a footer without row
// groups ends with too.
void VerifyOrdinals(const parquet::FileMetaData& metadata, const std::string& place, VerifyFindings* findings) {
  const std::string without = metadata.Subset({})->SerializeToString();
  bool are_right = true;
  for (int i = 0; i < metadata.num_row_groups(); ++i) {
    const std::string with = metadata.Subset({i})->SerializeToString();
    const auto tail = std::mismatch(with.rbegin(), with.rend(), without.rbegin(), without.rend()).first;
    const auto up_to_group = std::string_view(with).substr(0, static_cast<size_t>(with.rend() - tail));
    are_right = are_right && up_to_group.ends_with(EndOfRowGroup(metadata, i));
  }
  findings->Check("layout", are_right, place, "the row groups are not numbered in their order");
}

Result<std::shared_ptr<arrow::Schema>> ArrowSchemaOf(const std::string& text) {
  ARROW_ASSIGN_OR_RAISE(std::string bytes, arrow::util::base64_decode(text));
  arrow::io::BufferReader stream(arrow::Buffer::FromString(std::move(bytes)));
  arrow::ipc::DictionaryMemo memo;
  return arrow::ipc::ReadSchema(&stream, &memo);
}

// A footer without row groups, as this program makes it of Arrow's schema.
Result<std::string> EmptyFooterOf(const arrow::Schema& schema,
                                  const std::shared_ptr<const arrow::KeyValueMetadata>& pairs) {
  const auto properties = parquet::WriterProperties::Builder()
                              .created_by(kParquetCreator)
                              ->version(parquet::ParquetVersion::PARQUET_2_6)
                              ->build();
  std::shared_ptr<parquet::SchemaDescriptor> made;
  ARROW_RETURN_NOT_OK(parquet::arrow::ToParquetSchema(&schema, *properties, &made));
  return parquet::FileMetaDataBuilder::Make(made.get(), properties)->Finish(pairs)->SerializeToString();
}

// All but the row groups is what Arrow's schema, which stands in the metadata, makes.
Status VerifySchema(const parquet::FileMetaData& metadata, const std::string& place, VerifyFindings* findings) {
  const auto& pairs = metadata.key_value_metadata();
  const bool has_one = pairs != nullptr && pairs->size() == 1 && pairs->key(0) == "ARROW:schema";
  if (!findings->Check("schema", has_one, place, "Arrow's schema is not in the footer")) return Status::OK();
  const auto schema = ArrowSchemaOf(pairs->value(0));
  if (!findings->Check("schema", schema.ok(), place, "Arrow's schema cannot be read")) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const std::string made, EmptyFooterOf(**schema, pairs));
  findings->Check("schema", metadata.Subset({})->SerializeToString() == made, place, "the schema differs from Arrow's");
  ARROW_ASSIGN_OR_RAISE(const auto again, arrow::ipc::SerializeSchema(**schema));
  findings->Check("schema", arrow::util::base64_encode(std::string_view(*again)) == pairs->value(0), place,
                  "Arrow's schema is damaged");
  return Status::OK();
}

}  // namespace

Status VerifyLayout(const OpenFile& file, parquet::ParquetFileReader* reader, const std::string& place,
                    VerifyFindings* findings) {
  constexpr int64_t kMagicBytes = 4, kTailBytes = 8;
  const auto metadata = reader->metadata();
  int64_t at = kMagicBytes;
  for (int i = 0; i < metadata->num_row_groups(); ++i) {
    ARROW_ASSIGN_OR_RAISE(at, VerifyChunks(file, reader, i, at, place + ", row group " + std::to_string(i), findings));
  }
  at = VerifyIndexPlaces(*metadata, at, place, findings);
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  if (!findings->Check("layout", at < size - kTailBytes, place, "there is no footer behind the page index")) {
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(const auto footer, file->ReadAt(at, size - kTailBytes - at));
  findings->Check("layout", metadata->SerializeToString() == std::string_view(*footer), place,
                  "the footer holds what does not belong there");
  VerifyOrdinals(*metadata, place, findings);
  return VerifySchema(*metadata, place, findings);
}

}  // namespace v0
}  // namespace headrace
