// Checks of Parquet: every page is read, and what the footer tells is counted again.
#include <arrow/util/utf8.h>
#include <parquet/bloom_filter_reader.h>
#include <parquet/column_reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "ledger/verify_bloom_filter.h"
#include "ledger/verify_distinct.h"
#include "ledger/verify_file.h"
#include "ledger/verify_layout.h"
#include "ledger/verify_order.h"
#include "ledger/verify_page_index.h"
#include "sink/parquet_file.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kBatchLevels = int64_t{16} << 10;

parquet::ReaderProperties ReadEverything() {
  parquet::ReaderProperties properties;
  properties.set_page_checksum_verification(true);
  properties.enable_buffered_stream();  // a column chunk may be larger than memory
  properties.set_buffer_size(int64_t{1} << 20);
  return properties;
}

// Which column chunk a finding is about, and how to read it.
struct ColumnChunk {
  std::string place;  // file, row group, column
  const parquet::ColumnDescriptor* descriptor = nullptr;
  const parquet::ColumnChunkMetaData* metadata = nullptr;
  int64_t rows = 0;              // of its row group
  bool is_own = false;           // written by this program
  std::optional<bool> descends;  // the order that its row group tells of
  ChunkPageIndex index;
  ChunkBloomFilter filter;
};

template <class DType>
bool HasOrder(const parquet::ColumnDescriptor& descriptor) {
  // Values of 96 bits have no order that all writers agree on.
  return !std::is_same_v<DType, parquet::Int96Type> && descriptor.sort_order() != parquet::SortOrder::UNKNOWN;
}

// The values of one column chunk, read to the end, and statistics of them that owe nothing to the writer's.
template <class DType>
class ChunkReader {
 public:
  using T = typename DType::c_type;

  ChunkReader(const ColumnChunk& chunk, parquet::ColumnReader* reader)
      : chunk_(chunk),
        reader_(static_cast<parquet::TypedColumnReader<DType>*>(reader)),
        pages_(chunk.index, chunk.descriptor, HasOrder<DType>(*chunk.descriptor), chunk.rows),
        filter_(chunk.filter, chunk.descriptor),
        distinct_(*chunk.metadata, chunk.descriptor, chunk.is_own),
        order_(chunk.descends, chunk.descriptor) {
    if (HasOrder<DType>(*chunk.descriptor)) fresh_ = parquet::MakeStatistics<DType>(chunk.descriptor);
  }

  /// Read every page. Throws what the Parquet library throws.
  Status Read(VerifyFindings* findings) {
    const auto batch = static_cast<size_t>(kBatchLevels);
    std::vector<int16_t> definitions(batch), repetitions(batch);
    const auto values = std::make_unique<T[]>(batch);
    while (reader_->HasNext()) {
      ARROW_RETURN_NOT_OK(findings->PollStop());
      int64_t num_values = 0;
      const int64_t most = std::min(kBatchLevels, pages_.RowsLeft());
      const int64_t levels =
          reader_->ReadBatch(most, definitions.data(), repetitions.data(), values.get(), &num_values);
      if (levels == 0) throw parquet::ParquetException("a page ends before its values");
      const bool repeated = chunk_.descriptor->max_repetition_level() > 0;
      rows_ += repeated ? std::count(repetitions.begin(), repetitions.begin() + levels, int16_t{0}) : levels;
      levels_ += levels;
      nulls_ += levels - num_values;
      if (fresh_ != nullptr) fresh_->Update(values.get(), num_values, levels - num_values);
      pages_.Add(values.get(), num_values, levels);
      filter_.Add(values.get(), num_values);
      distinct_.Add(values.get(), num_values);
      order_.Add(values.get(), num_values, levels - num_values);
      CheckText(values.get(), num_values);
    }
    return Status::OK();
  }

  void Check(VerifyFindings* findings) const {
    findings->Check("rows", rows_ == chunk_.rows && levels_ == chunk_.metadata->num_values(), chunk_.place, rows_,
                    " rows and ", levels_, " values, and the footer tells of ", chunk_.rows, " and ",
                    chunk_.metadata->num_values());
    if (IsText()) findings->Check("text", is_utf8_, chunk_.place, "a string is not UTF-8");
    pages_.Check(chunk_.place, findings);
    filter_.Check(chunk_.place, findings);
    order_.Check(chunk_.place, findings);
    if (!chunk_.metadata->is_stats_set()) return;
    const auto told = std::static_pointer_cast<parquet::TypedStatistics<DType>>(chunk_.metadata->statistics());
    if (told == nullptr) return;
    if (told->HasNullCount() && chunk_.descriptor->max_repetition_level() == 0) {
      findings->Check("statistics", told->null_count() == nulls_, chunk_.place, "the statistics tell of ",
                      told->null_count(), " nulls, and there are ", nulls_);
    }
    distinct_.Check(*chunk_.metadata->encoded_statistics(), chunk_.place, findings);
    if (told->HasMinMax() && fresh_ != nullptr) CheckExtremes(*told, findings);
  }

 private:
  bool IsText() const {
    const auto& type = chunk_.descriptor->logical_type();
    return std::is_same_v<DType, parquet::ByteArrayType> && type != nullptr && type->is_string();
  }

  void CheckText(const T* values, int64_t num_values) {
    if constexpr (std::is_same_v<DType, parquet::ByteArrayType>) {
      if (!IsText()) return;
      for (int64_t i = 0; i < num_values && is_utf8_; ++i) {
        is_utf8_ = arrow::util::ValidateUTF8(values[i].ptr, static_cast<int64_t>(values[i].len));
      }
    }
  }

  void CheckExtremes(const parquet::TypedStatistics<DType>& told, VerifyFindings* findings) const {
    if (!findings->Check("statistics", fresh_->HasMinMax(), chunk_.place,
                         "the statistics have extremes, and there are no values")) {
      return;
    }
    const auto order = parquet::MakeComparator<DType>(chunk_.descriptor);
    const auto is_right = [&](const T& smaller, const T& larger, std::optional<bool> exact) {
      if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(smaller) || std::isnan(larger)) return false;
      }
      // Extremes of text may be cut short, outwards, unless they say that they are exact; others are what they are.
      const bool may_differ = exact.has_value() ? !*exact : std::is_same_v<DType, parquet::ByteArrayType>;
      return !order->Compare(larger, smaller) && (may_differ || !order->Compare(smaller, larger));
    };
    findings->Check("statistics", is_right(told.min(), fresh_->min(), told.is_min_value_exact()), chunk_.place,
                    "the least value is not the minimum of the statistics");
    findings->Check("statistics", is_right(fresh_->max(), told.max(), told.is_max_value_exact()), chunk_.place,
                    "the greatest value is not the maximum of the statistics");
  }

  const ColumnChunk& chunk_;
  parquet::TypedColumnReader<DType>* reader_;
  std::shared_ptr<parquet::TypedStatistics<DType>> fresh_;
  PageBoundsChecker<DType> pages_;
  BloomFilterChecker<DType> filter_;
  DistinctCounter<DType> distinct_;
  OrderChecker<DType> order_;
  int64_t rows_ = 0, levels_ = 0, nulls_ = 0;
  bool is_utf8_ = true;
};

template <class DType>
Status VerifyChunk(const ColumnChunk& chunk, parquet::ColumnReader* column, VerifyFindings* findings) {
  ChunkReader<DType> reader(chunk, column);
  ARROW_RETURN_NOT_OK(reader.Read(findings));
  reader.Check(findings);
  return Status::OK();
}

Status VerifyChunkOfAnyType(const ColumnChunk& chunk, parquet::ColumnReader* column, VerifyFindings* findings) {
  switch (chunk.descriptor->physical_type()) {
    case parquet::Type::BOOLEAN:
      return VerifyChunk<parquet::BooleanType>(chunk, column, findings);
    case parquet::Type::INT32:
      return VerifyChunk<parquet::Int32Type>(chunk, column, findings);
    case parquet::Type::INT64:
      return VerifyChunk<parquet::Int64Type>(chunk, column, findings);
    case parquet::Type::INT96:
      return VerifyChunk<parquet::Int96Type>(chunk, column, findings);
    case parquet::Type::FLOAT:
      return VerifyChunk<parquet::FloatType>(chunk, column, findings);
    case parquet::Type::DOUBLE:
      return VerifyChunk<parquet::DoubleType>(chunk, column, findings);
    case parquet::Type::BYTE_ARRAY:
      return VerifyChunk<parquet::ByteArrayType>(chunk, column, findings);
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return VerifyChunk<parquet::FLBAType>(chunk, column, findings);
    default:
      throw parquet::ParquetException("a physical type that is not known");
  }
}

// What the library says of a fault: its first line, which names the cause.
std::string CauseOf(const std::exception& fault) {
  const std::string text = fault.what();
  return text.substr(0, text.find('\n'));
}

// What a row group has beside its column chunks; of many columns, it is dear to look for.
struct BesideChunks {
  std::shared_ptr<parquet::RowGroupPageIndexReader> index;
  std::shared_ptr<parquet::RowGroupBloomFilterReader> filters;
};

// Throws what the Parquet library throws.
BesideChunks FindBeside(parquet::ParquetFileReader* reader, int group) {
  const auto file_index = reader->GetPageIndexReader();
  return {file_index == nullptr ? nullptr : file_index->RowGroup(group),
          reader->GetBloomFilterReader().RowGroup(group)};
}

// Nothing where there is no index, or rows are not values. Throws what the Parquet library throws.
ChunkPageIndex IndexOf(const ColumnChunk& chunk, const BesideChunks& beside, int column) {
  if (beside.index == nullptr || chunk.descriptor->max_repetition_level() > 0) return {};
  return {beside.index->GetColumnIndex(column), beside.index->GetOffsetIndex(column), chunk.is_own};
}

// Throws what the Parquet library throws.
ChunkBloomFilter FilterOf(const ColumnChunk& chunk, const BesideChunks& beside, int column, const OpenFile& file) {
  ChunkBloomFilter filter;
  const auto& metadata = *chunk.metadata;
  if (!metadata.bloom_filter_offset().has_value()) return filter;
  const auto read = beside.filters == nullptr ? nullptr : beside.filters->GetColumnBloomFilter(column);
  if (read == nullptr || !metadata.bloom_filter_length().has_value()) return filter;
  filter.bytes = read->GetBitsetSize();
  filter.is_own = chunk.is_own;
  const int64_t length = *metadata.bloom_filter_length();
  if (length < filter.bytes) throw parquet::ParquetException("a bloom filter is longer than the footer tells");
  PARQUET_ASSIGN_OR_THROW(const auto bytes, file->ReadAt(*metadata.bloom_filter_offset(), length));
  if (bytes->size() < length) throw parquet::ParquetException("a bloom filter ends behind the file");
  filter.stored = bytes->ToString();
  return filter;
}

// By its first column; nothing where no order is told.
std::optional<bool> DescendsAsTold(const parquet::RowGroupMetaData& metadata) {
  const auto columns = metadata.sorting_columns();
  return columns.empty() ? std::nullopt : std::optional(columns[0].descending);
}

Status VerifyRowGroup(const OpenFile& file, parquet::ParquetFileReader* reader, int index,
                      const std::string& file_place, VerifyFindings* findings) {
  const std::string place = file_place + ", row group " + std::to_string(index);
  const auto row_group = reader->RowGroup(index);
  const auto* schema = reader->metadata()->schema();
  const bool is_own = reader->metadata()->created_by() == kParquetCreator;
  BesideChunks beside;
  try {
    beside = FindBeside(reader, index);
  } catch (const std::exception& exception) {
    findings->Check("page index", false, place, CauseOf(exception));
  }
  for (int i = 0; i < row_group->metadata()->num_columns(); ++i) {
    const auto metadata = row_group->metadata()->ColumnChunk(i);
    ColumnChunk chunk{place + ", column '" + metadata->path_in_schema()->ToDotString() + "'",
                      schema->Column(i),
                      metadata.get(),
                      row_group->metadata()->num_rows(),
                      is_own,
                      is_own && i == 0 ? DescendsAsTold(*row_group->metadata()) : std::nullopt,
                      {},
                      {}};
    std::string fault;
    try {
      chunk.index = IndexOf(chunk, beside, i);
      chunk.filter = FilterOf(chunk, beside, i, file);
      if (chunk.index.offsets != nullptr) {
        VerifyPageLocations(*chunk.index.offsets, *metadata, chunk.rows, chunk.place, findings);
      }
      ARROW_RETURN_NOT_OK(VerifyChunkOfAnyType(chunk, row_group->Column(i).get(), findings));
    } catch (const std::exception& exception) {
      fault = CauseOf(exception);
    }
    findings->Check("pages", fault.empty(), chunk.place, fault);
  }
  return Status::OK();
}

// This program's name but for one bit. A digit in place of a digit is another version.
bool IsDamagedCreator(const std::string& name) {
  const std::string own = kParquetCreator;
  if (name.size() != own.size() || name == own) return false;
  const auto at = static_cast<size_t>(std::mismatch(own.begin(), own.end(), name.begin()).first - own.begin());
  if (name.compare(at + 1, std::string::npos, own, at + 1) != 0) return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto differing = static_cast<unsigned char>(name[at] ^ own[at]);
  return std::popcount(differing) == 1 && !(is_digit(name[at]) && is_digit(own[at]));
}

}  // namespace

Status VerifyParquet(const OpenFile& file, const std::string& place, VerifyFindings* findings) {
  arrow::util::InitializeUTF8();  // without it, ValidateUTF8 takes everything
  try {
    ARROW_ASSIGN_OR_RAISE(const auto head, file->ReadAt(0, 4));
    if (!findings->Check("footers", std::string_view(*head) == "PAR1", place, "the file does not begin with PAR1")) {
      return Status::OK();
    }
    const auto reader = parquet::ParquetFileReader::Open(file, ReadEverything());
    const auto metadata = reader->metadata();
    findings->Check("footers", true, place);
    findings->report().rows += metadata->num_rows();
    int64_t rows = 0;
    for (int i = 0; i < metadata->num_row_groups(); ++i) rows += metadata->RowGroup(i)->num_rows();
    findings->Check("rows", rows == metadata->num_rows(), place, "the footer tells of ", metadata->num_rows(),
                    " rows, and its row groups have ", rows);
    findings->Check("layout", !IsDamagedCreator(metadata->created_by()), place,
                    "the name of the program that wrote it is damaged: ", metadata->created_by());
    if (metadata->created_by() == kParquetCreator)
      ARROW_RETURN_NOT_OK(VerifyLayout(file, reader.get(), place, findings));
    for (int i = 0; i < metadata->num_row_groups(); ++i) {
      ARROW_RETURN_NOT_OK(VerifyRowGroup(file, reader.get(), i, place, findings));
    }
  } catch (const std::exception& exception) {
    findings->Check("footers", false, place, CauseOf(exception));
  }
  return Status::OK();
}

Result<int64_t> RowsOfParquet(const OpenFile& file) {
  try {
    return parquet::ParquetFileReader::Open(file)->metadata()->num_rows();
  } catch (const std::exception& exception) {
    return Status::Invalid(CauseOf(exception));
  }
}

}  // namespace v0
}  // namespace headrace
