// Rejects as Parquet: row groups of bounded rows and bytes.
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <utility>
#include <vector>

#include "ledger/reject_encoder.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kBatchRows = int64_t{64} << 10;
constexpr int64_t kBatchRawBytes = int64_t{32} << 20;

std::shared_ptr<arrow::Schema> RejectSchema() {
  const auto required = [](const char* name, std::shared_ptr<arrow::DataType> type) {
    return arrow::field(name, std::move(type), /*nullable=*/false);
  };
  return arrow::schema({required("file", arrow::utf8()), required("record", arrow::int64()),
                        required("line", arrow::int64()), required("offset", arrow::int64()),
                        required("field_offset", arrow::int64()), arrow::field("column", arrow::utf8()),
                        required("kind", arrow::utf8()), required("reason", arrow::utf8()),
                        required("raw", arrow::binary()), required("raw_length", arrow::int64()),
                        required("rejected", arrow::boolean())});
}

std::shared_ptr<parquet::WriterProperties> RejectProperties() {
  parquet::WriterProperties::Builder builder;
  builder.compression(arrow::Compression::ZSTD)->compression_level(1)->enable_page_checksum();
  // Raw text seldom repeats: its dictionary and its statistics would only cost.
  builder.disable_dictionary("raw")->disable_statistics("raw");
  return builder.build();
}

class ParquetRejectEncoder : public RejectEncoder {
 public:
  Status Open(std::shared_ptr<arrow::io::OutputStream> stream) {
    ARROW_ASSIGN_OR_RAISE(writer_, parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(),
                                                                    std::move(stream), RejectProperties()));
    return writer_->AddKeyValueMetadata(arrow::key_value_metadata({"headrace.rejects.format"}, {"1"}));
  }

  Status Append(const RejectRow& row) override {
    const Reject& reject = *row.reject;
    ARROW_RETURN_NOT_OK(file_.Append(row.file));
    ARROW_RETURN_NOT_OK(record_.Append(reject.record));
    ARROW_RETURN_NOT_OK(line_.Append(reject.line));
    ARROW_RETURN_NOT_OK(offset_.Append(reject.offset));
    ARROW_RETURN_NOT_OK(field_offset_.Append(reject.field_offset));
    ARROW_RETURN_NOT_OK(row.column == nullptr ? column_.AppendNull() : column_.Append(*row.column));
    ARROW_RETURN_NOT_OK(kind_.Append(RejectKindName(reject.kind)));
    ARROW_RETURN_NOT_OK(reason_.Append(RejectKindReason(reject.kind)));
    ARROW_RETURN_NOT_OK(raw_.Append(reject.raw));
    ARROW_RETURN_NOT_OK(raw_length_.Append(reject.raw_length));
    ARROW_RETURN_NOT_OK(rejected_.Append(reject.record_rejected));
    // Paths count too: they can be as long as a record's start.
    const bool full =
        raw_.length() >= kBatchRows || raw_.value_data_length() + file_.value_data_length() >= kBatchRawBytes;
    return full ? Flush() : Status::OK();
  }

  Status Finish() override {
    ARROW_RETURN_NOT_OK(Flush());
    return writer_->Close();
  }

 private:
  Status Flush() {
    if (raw_.length() == 0) return Status::OK();
    const int64_t rows = raw_.length();
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    for (arrow::ArrayBuilder* builder :
         {static_cast<arrow::ArrayBuilder*>(&file_), static_cast<arrow::ArrayBuilder*>(&record_),
          static_cast<arrow::ArrayBuilder*>(&line_), static_cast<arrow::ArrayBuilder*>(&offset_),
          static_cast<arrow::ArrayBuilder*>(&field_offset_), static_cast<arrow::ArrayBuilder*>(&column_),
          static_cast<arrow::ArrayBuilder*>(&kind_), static_cast<arrow::ArrayBuilder*>(&reason_),
          static_cast<arrow::ArrayBuilder*>(&raw_), static_cast<arrow::ArrayBuilder*>(&raw_length_),
          static_cast<arrow::ArrayBuilder*>(&rejected_)}) {
      ARROW_ASSIGN_OR_RAISE(arrays.emplace_back(), builder->Finish());
    }
    const auto batch = arrow::RecordBatch::Make(schema_, rows, std::move(arrays));
    ARROW_ASSIGN_OR_RAISE(const auto table, arrow::Table::FromRecordBatches({batch}));
    return writer_->WriteTable(*table, rows);  // one row group
  }

  const std::shared_ptr<arrow::Schema> schema_ = RejectSchema();
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  arrow::StringBuilder file_, column_, kind_, reason_;
  arrow::Int64Builder record_, line_, offset_, field_offset_, raw_length_;
  arrow::BinaryBuilder raw_;
  arrow::BooleanBuilder rejected_;
};

}  // namespace

Result<std::unique_ptr<RejectEncoder>> MakeParquetRejectEncoder(std::shared_ptr<arrow::io::OutputStream> stream) {
  auto encoder = std::make_unique<ParquetRejectEncoder>();
  ARROW_RETURN_NOT_OK(encoder->Open(std::move(stream)));
  return encoder;
}

}  // namespace v0
}  // namespace headrace
