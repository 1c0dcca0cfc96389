#include "ledger/rejects.h"

#include <utility>

#include "ledger/json_writer.h"
#include "ledger/reject_encoder.h"

namespace headrace {
inline namespace v0 {

Result<RejectForm> RejectFormOf(const std::string& path) {
  constexpr std::pair<std::string_view, RejectForm> kForms[] = {{".parquet", RejectForm::kParquet},
                                                                {".csv", RejectForm::kCsv},
                                                                {".jsonl", RejectForm::kJsonLines},
                                                                {".ndjson", RejectForm::kJsonLines}};
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  for (const auto& [ending, form] : kForms) {
    if (name.size() > ending.size() && name.ends_with(ending)) return form;
  }
  return Status::Invalid("the form of the rejects file is not clear from its name: '", path,
                         "'\nfix: let it end in .parquet, .csv or .jsonl");
}

RejectWriter::RejectWriter(std::unique_ptr<AtomicFile> file, const Schema& schema, std::vector<std::string> file_paths)
    : file_(std::move(file)), files_(std::move(file_paths)) {
  for (const Column& column : schema.columns) columns_.push_back(column.name);
  for (std::string& path : files_) path = EscapeInvalidUtf8(path);
}

RejectWriter::~RejectWriter() = default;

Result<std::unique_ptr<RejectWriter>> RejectWriter::Create(const std::string& path, bool overwrite,
                                                           const Schema& schema, std::vector<std::string> file_paths) {
  ARROW_ASSIGN_OR_RAISE(const RejectForm form, RejectFormOf(path));
  ARROW_ASSIGN_OR_RAISE(auto file, AtomicFile::Create(path, overwrite));
  auto writer = std::unique_ptr<RejectWriter>(new RejectWriter(std::move(file), schema, std::move(file_paths)));
  auto stream = writer->file_->stream();
  ARROW_ASSIGN_OR_RAISE(writer->encoder_, form == RejectForm::kParquet
                                              ? MakeParquetRejectEncoder(std::move(stream))
                                              : MakeTextRejectEncoder(std::move(stream), form));
  return writer;
}

Status RejectWriter::Append(const Reject& reject) {
  const auto file = static_cast<size_t>(reject.file);
  const auto column = static_cast<size_t>(reject.column);
  if (reject.file < 0 || file >= files_.size()) {
    return Status::UnknownError("a reject of input ", reject.file, ", of ", files_.size());
  }
  if (reject.column >= 0 && column >= columns_.size()) {
    return Status::UnknownError("a reject of column ", reject.column, ", of ", columns_.size());
  }
  return encoder_->Append({&reject, files_[file], reject.column < 0 ? nullptr : &columns_[column]});
}

Status RejectWriter::Finish() {
  ARROW_RETURN_NOT_OK(encoder_->Finish());
  return file_->Sync();
}

Result<int64_t> RejectWriter::CountRejectedRecords() const {
  ARROW_ASSIGN_OR_RAISE(const RejectForm form, RejectFormOf(file_->path()));
  return v0::CountRejectedRecords(file_->temporary_path(), form);
}

Status RejectWriter::Publish() { return file_->Publish(); }

}  // namespace v0
}  // namespace headrace
