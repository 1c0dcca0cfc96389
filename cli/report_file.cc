#include "cli/report_file.h"

namespace headrace::cli {

Status ReportFile::Open(const std::string& path) {
  if (path.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(file_, AtomicFile::Create(path, /*overwrite=*/true));
  return Status::OK();
}

Status ReportFile::Publish(const Report& report) {
  if (file_ == nullptr) return Status::OK();
  std::string text = ReportToJson(report);
  if (!text.ends_with('\n')) text += '\n';
  ARROW_RETURN_NOT_OK(file_->Write(text.data(), static_cast<int64_t>(text.size())));
  ARROW_RETURN_NOT_OK(file_->Sync());
  return file_->Publish();
}

}  // namespace headrace::cli
