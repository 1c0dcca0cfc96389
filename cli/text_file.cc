#include "cli/text_file.h"

namespace headrace::cli {

Status TextFile::Open(const std::string& path, bool overwrite) {
  ARROW_ASSIGN_OR_RAISE(file_, AtomicFile::Create(path, overwrite));
  return Status::OK();
}

Status TextFile::Write(std::string_view text) {
  ARROW_RETURN_NOT_OK(file_->Write(text.data(), static_cast<int64_t>(text.size())));
  return file_->Sync();
}

Status TextFile::Publish() { return file_->Publish(); }

}  // namespace headrace::cli
