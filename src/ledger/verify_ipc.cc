// Checks of Arrow IPC: every batch is read and validated in full.
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>

#include <utility>

#include "ledger/verify_file.h"
#include "os/sync_read_file.h"

namespace headrace {
inline namespace v0 {
namespace {

// One batch after the other, as both forms give them. Return the rows; nothing where a batch is not whole.
template <class NextBatch>
Result<std::optional<int64_t>> VerifyBatches(const std::string& place, const NextBatch& next,
                                             VerifyFindings* findings) {
  int64_t rows = 0;
  for (int64_t number = 0;; ++number) {
    ARROW_RETURN_NOT_OK(findings->PollStop());
    const Result<std::shared_ptr<arrow::RecordBatch>> batch = next(number);
    const Status status = batch.ok() && *batch != nullptr ? (*batch)->ValidateFull() : batch.status();
    if (batch.ok() && *batch == nullptr) return std::optional<int64_t>(rows);
    if (!findings->Check("batches", status.ok(), place, "batch ", number, ": ", status.message())) {
      return std::optional<int64_t>();
    }
    rows += (*batch)->num_rows();
    findings->report().rows += (*batch)->num_rows();
  }
}

}  // namespace

Status VerifyIpcFile(const OpenFile& file, const std::string& place, VerifyFindings* findings) {
  const auto reader = arrow::ipc::RecordBatchFileReader::Open(std::make_shared<SyncReadFile>(file));
  if (!findings->Check("footers", reader.ok(), place, reader.status().message())) return Status::OK();
  const auto next = [&](int64_t number) -> Result<std::shared_ptr<arrow::RecordBatch>> {
    if (number == (*reader)->num_record_batches()) return nullptr;
    return (*reader)->ReadRecordBatch(static_cast<int>(number));
  };
  ARROW_ASSIGN_OR_RAISE(const std::optional<int64_t> rows, VerifyBatches(place, next, findings));
  if (!rows.has_value()) return Status::OK();
  const Result<int64_t> counted = (*reader)->CountRows();
  findings->Check("rows", counted.ok() && *counted == *rows, place, "the messages tell of ", counted.ValueOr(-1),
                  " rows, and hold ", *rows);
  return Status::OK();
}

Status VerifyIpcStream(const OpenFile& file, const std::string& place, VerifyFindings* findings) {
  const auto reader = arrow::ipc::RecordBatchStreamReader::Open(file);
  if (!findings->Check("schemas", reader.ok(), place, reader.status().message())) return Status::OK();
  const auto next = [&](int64_t) { return (*reader)->Next(); };
  ARROW_ASSIGN_OR_RAISE(const std::optional<int64_t> rows, VerifyBatches(place, next, findings));
  if (!rows.has_value()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->GetSize());
  ARROW_ASSIGN_OR_RAISE(const int64_t stopped, file->Tell());
  if (stopped < bytes) {  // readers stop at the end marker too, and never see what may be rows
    findings->Check("end marker", false, place, "bytes behind the stream's end marker: ", bytes - stopped);
    return Status::OK();
  }
  // The reader takes the end of the file for the end of the stream; a stream that failed has no end marker.
  constexpr char kEndMarker[] = "\xff\xff\xff\xff\0\0\0";  // and the final NUL
  char tail[sizeof kEndMarker] = {};
  ARROW_RETURN_NOT_OK(file->ReadAt(bytes - static_cast<int64_t>(sizeof tail), sizeof tail, tail).status());
  findings->Check("end marker", std::string_view(tail, sizeof tail) == std::string_view(kEndMarker, sizeof kEndMarker),
                  place, "the stream has no end marker: it was cut off");
  return Status::OK();
}

Result<int64_t> RowsOfIpcFile(const OpenFile& file) {
  ARROW_ASSIGN_OR_RAISE(const auto reader,
                        arrow::ipc::RecordBatchFileReader::Open(std::make_shared<SyncReadFile>(file)));
  return reader->CountRows();
}

Result<int64_t> RowsOfIpcStream(const OpenFile& file) {
  ARROW_ASSIGN_OR_RAISE(const auto reader, arrow::ipc::RecordBatchStreamReader::Open(file));
  int64_t rows = 0;
  for (;;) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, reader->Next());
    if (batch == nullptr) return rows;
    rows += batch->num_rows();
  }
}

}  // namespace v0
}  // namespace headrace
