// Counts rejected records in a finished rejects file. Nothing here is shared with the code that wrote it: a row that
// was lost or doubled on the way shows as a ledger that does not balance.
#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <parquet/arrow/reader.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "ledger/reject_encoder.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kReadBytes = size_t{1} << 18;

// What a row says of its record.
struct CountedRow {
  std::string_view file, column;  // the column of a fault of the record itself: empty
  int64_t record = 0;
  std::string_view raw;  // in the spelling of the form
  int64_t raw_length = 0;
  bool rejected = false;
};

// Counts records with a rejected row, where the rows of one record are neighbours.
class RecordCounter {
 public:
  void Add(const CountedRow& row) {
    if (!has_record_ || !IsOfRecord(row)) {
      has_record_ = true;
      counted_ = false;
      record_ = row.record;
      raw_length_ = row.raw_length;
      file_ = row.file;
      raw_ = row.raw;
      first_column_ = row.column;
    }
    if (!row.rejected || counted_) return;
    counted_ = true;
    ++records_;
  }

  int64_t records() const { return records_; }

 private:
  // Two inputs may have one path, and rejects of records of one number. Where their text differs, the row is of the
  // next one; where it is the same, so are its faults, and the first column comes again, which it does in no record.
  // (Text is known up to kMaxRawBytes: of longer records, ones that differ behind may be taken for one.)
  bool IsOfRecord(const CountedRow& row) const {
    return row.record == record_ && row.file == file_ && row.raw_length == raw_length_ && row.raw == raw_ &&
           row.column != first_column_;
  }

  bool has_record_ = false, counted_ = false;
  int64_t record_ = 0, raw_length_ = 0, records_ = 0;
  std::string file_, raw_, first_column_;
};

Status Unreadable(const std::string& path, std::string_view what) {
  return Status::IOError("the rejects file that was just written does not read back: ", what, "\nat ", path);
}

// Return false where a column has another type.
bool AddBatch(const arrow::RecordBatch& batch, RecordCounter* counter) {
  const auto file = std::dynamic_pointer_cast<arrow::StringArray>(batch.GetColumnByName("file"));
  const auto record = std::dynamic_pointer_cast<arrow::Int64Array>(batch.GetColumnByName("record"));
  const auto column = std::dynamic_pointer_cast<arrow::StringArray>(batch.GetColumnByName("column"));
  const auto raw = std::dynamic_pointer_cast<arrow::BinaryArray>(batch.GetColumnByName("raw"));
  const auto raw_length = std::dynamic_pointer_cast<arrow::Int64Array>(batch.GetColumnByName("raw_length"));
  const auto rejected = std::dynamic_pointer_cast<arrow::BooleanArray>(batch.GetColumnByName("rejected"));
  if (!file || !record || !column || !raw || !raw_length || !rejected) return false;
  for (int64_t i = 0; i < batch.num_rows(); ++i) {
    const std::string_view name = column->IsNull(i) ? std::string_view() : column->GetView(i);
    counter->Add({file->GetView(i), name, record->Value(i), raw->GetView(i), raw_length->Value(i), rejected->Value(i)});
  }
  return true;
}

Result<int64_t> CountInParquet(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path));
  parquet::ReaderProperties properties;
  properties.set_page_checksum_verification(true);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::move(input), properties));
  parquet::ArrowReaderProperties on_this_thread;
  on_this_thread.set_pre_buffer(false);  // else Arrow reads ahead in threads of its own
  builder.properties(on_this_thread);
  ARROW_ASSIGN_OR_RAISE(auto reader, builder.Build());
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
  std::vector<int> columns, row_groups;
  for (const char* name : {"file", "record", "column", "raw", "raw_length", "rejected"}) {
    columns.push_back(schema->GetFieldIndex(name));
    if (columns.back() < 0) return Unreadable(path, std::string("no column ") + name);
  }
  for (int i = 0; i < reader->num_row_groups(); ++i) row_groups.push_back(i);
  ARROW_ASSIGN_OR_RAISE(const auto batches, reader->GetRecordBatchReader(row_groups, columns));
  RecordCounter counter;
  for (std::shared_ptr<arrow::RecordBatch> batch;;) {
    ARROW_RETURN_NOT_OK(batches->ReadNext(&batch));
    if (batch == nullptr) return counter.records();
    if (!AddBatch(*batch, &counter)) return Unreadable(path, "a column has another type");
  }
}

// Gives a file's bytes one at a time.
class ByteReader {
 public:
  static constexpr int kEnd = -1;

  Status Open(const std::string& path) { return arrow::io::ReadableFile::Open(path).Value(&input_); }

  /// The next byte; kEnd at the end of the file and where it cannot be read.
  int Next() {
    if (at_ == size_) Fill();
    return at_ == size_ ? kEnd : static_cast<unsigned char>(buffer_[at_++]);
  }

  const Status& status() const { return status_; }

 private:
  void Fill() {
    if (!status_.ok()) return;
    int64_t bytes = 0;
    status_ = input_->Read(static_cast<int64_t>(buffer_.size()), buffer_.data()).Value(&bytes);
    at_ = 0;
    size_ = static_cast<size_t>(bytes);
  }

  std::shared_ptr<arrow::io::ReadableFile> input_;
  std::vector<char> buffer_ = std::vector<char>(kReadBytes);
  size_t at_ = 0, size_ = 0;
  Status status_;
};

// One record of RFC 4180 text as its fields; false at the end of the file.
Result<bool> ReadCsvRecord(const std::string& path, ByteReader* bytes, std::vector<std::string>* fields) {
  fields->assign(1, "");
  bool quoted = false, any = false;
  for (int byte, last = 0; (byte = bytes->Next()) != ByteReader::kEnd; last = byte, any = true) {
    if (byte == '"') {
      quoted = !quoted;  // a doubled quote leaves and enters again
      if (quoted && last == '"') fields->back() += '"';
    } else if (byte == ',' && !quoted) {
      fields->emplace_back();
    } else if (byte == '\n' && !quoted) {
      return true;
    } else {
      fields->back() += static_cast<char>(byte);
    }
  }
  ARROW_RETURN_NOT_OK(bytes->status());
  if (any) return Unreadable(path, "the last line has no end");
  return false;
}

bool ReadNumber(const std::string& text, int64_t* number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *number);
  return error == std::errc() && stop == end;
}

Result<int64_t> CountInCsv(const std::string& path) {
  ByteReader bytes;
  ARROW_RETURN_NOT_OK(bytes.Open(path));
  std::vector<std::string> fields;
  ARROW_ASSIGN_OR_RAISE(const bool has_header, ReadCsvRecord(path, &bytes, &fields));
  if (!has_header) return Unreadable(path, "no header");
  std::vector<size_t> places;
  for (const char* name : {"file", "record", "column", "raw", "raw_length", "rejected"}) {
    const auto place = std::find(fields.begin(), fields.end(), name);
    if (place == fields.end()) return Unreadable(path, std::string("no column ") + name);
    places.push_back(static_cast<size_t>(place - fields.begin()));
  }
  const size_t num_columns = fields.size();
  RecordCounter counter;
  for (;;) {
    ARROW_ASSIGN_OR_RAISE(const bool has_row, ReadCsvRecord(path, &bytes, &fields));
    if (!has_row) return counter.records();
    if (fields.size() != num_columns) return Unreadable(path, "a row has another number of fields");
    const std::string& rejected = fields[places[5]];
    CountedRow row{fields[places[0]], fields[places[2]], 0, fields[places[3]], 0, rejected == "true"};
    if (!ReadNumber(fields[places[1]], &row.record)) return Unreadable(path, "a record is not a number");
    if (!ReadNumber(fields[places[4]], &row.raw_length)) return Unreadable(path, "a raw_length is not a number");
    if (!row.rejected && rejected != "false") return Unreadable(path, "rejected is neither true nor false");
    counter.Add(row);
  }
}

Status AddJsonLine(const std::string& path, const std::string& line, RecordCounter* counter) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Unreadable(path, "a line is not a JSON object");
  const auto member = [&](const char* name) {
    const auto found = json.find(name);
    return found == json.end() ? nullptr : &*found;
  };
  const auto *file = member("file"), *record = member("record"), *column = member("column"), *raw = member("raw"),
             *length = member("raw_length"), *rejected = member("rejected");
  if (raw != nullptr && raw->is_null()) raw = member("raw_base64");
  const bool whole = file && file->is_string() && record && record->is_number_integer() && column &&
                     (column->is_string() || column->is_null()) && raw && raw->is_string() && length &&
                     length->is_number_integer() && rejected && rejected->is_boolean();
  if (!whole) return Unreadable(path, "a row lacks file, record, column, raw, raw_length or rejected");
  const auto text = [](const nlohmann::json& value) -> std::string_view {
    return value.is_null() ? std::string_view() : value.get_ref<const std::string&>();
  };
  counter->Add(
      {text(*file), text(*column), record->get<int64_t>(), text(*raw), length->get<int64_t>(), rejected->get<bool>()});
  return Status::OK();
}

Result<int64_t> CountInJsonLines(const std::string& path) {
  ByteReader bytes;
  ARROW_RETURN_NOT_OK(bytes.Open(path));
  RecordCounter counter;
  std::string line;
  for (int byte; (byte = bytes.Next()) != ByteReader::kEnd;) {
    if (byte != '\n') {
      line += static_cast<char>(byte);
      continue;
    }
    ARROW_RETURN_NOT_OK(AddJsonLine(path, line, &counter));
    line.clear();
  }
  ARROW_RETURN_NOT_OK(bytes.status());
  if (!line.empty()) return Unreadable(path, "the last line has no end");
  return counter.records();
}

}  // namespace

Result<int64_t> CountRejectedRecords(const std::string& path, RejectForm form) {
  switch (form) {
    case RejectForm::kParquet:
      return CountInParquet(path);
    case RejectForm::kCsv:
      return CountInCsv(path);
    case RejectForm::kJsonLines:
      return CountInJsonLines(path);
  }
  return Status::UnknownError("rejects in an unknown form");
}

}  // namespace v0
}  // namespace headrace
