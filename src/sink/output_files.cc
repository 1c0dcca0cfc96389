#include "sink/output_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "os/crc32c.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {

OutputFiles::OutputFiles(std::unique_ptr<AtomicDirectory> directory, std::shared_ptr<const ParquetLayout> layout)
    : directory_(std::move(directory)), layout_(std::move(layout)) {}

OutputFiles::~OutputFiles() {
  for (auto& [name, file] : files_) {
    if (file.fd >= 0) close(file.fd);
  }
}

Status OutputFiles::Close(const std::string& name, File* file, bool sync) {
  if (sync && fsync(file->fd) != 0) return SystemError(errno, "cannot sync", directory_->path() + "/" + name);
  close(file->fd);
  file->fd = -1;
  open_.erase(file->recent);
  return Status::OK();
}

Result<OutputFiles::File*> OutputFiles::Open(const std::string& name) {
  auto found = files_.find(name);
  const bool is_new = found == files_.end();
  if (is_new) {
    found = files_.emplace(name, layout_).first;
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(PathOf(name)).parent_path(), error);
    if (error) return SystemError(error.value(), "cannot create the folder of", directory_->path() + "/" + name);
  }
  File* file = &found->second;
  if (file->fd >= 0) {
    open_.splice(open_.begin(), open_, file->recent);
    return file;
  }
  if (open_.size() == kMaxOpen) {
    const std::string oldest = open_.back();
    ARROW_RETURN_NOT_OK(Close(oldest, &files_.find(oldest)->second, false));
  }
  const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | (is_new ? O_CREAT | O_EXCL : 0);
  file->fd = open(PathOf(name).c_str(), flags, 0666);
  if (file->fd < 0) return SystemError(errno, "cannot open", directory_->path() + "/" + name);
  open_.push_front(name);
  file->recent = open_.begin();
  return file;
}

Status OutputFiles::Write(const std::string& name, File* file, const void* data, int64_t num_bytes) {
  for (int64_t done = 0; done < num_bytes;) {
    const ssize_t wrote = write(file->fd, static_cast<const char*>(data) + done, static_cast<size_t>(num_bytes - done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return SystemError(errno, "cannot write", directory_->path() + "/" + name);
    done += wrote;
  }
  file->crc32c = Crc32c(file->crc32c, data, static_cast<size_t>(num_bytes));
  return Status::OK();
}

Status OutputFiles::Append(const std::string& name, const RowGroup& group, int64_t unit) {
  ARROW_ASSIGN_OR_RAISE(File * file, Open(name));
  ARROW_ASSIGN_OR_RAISE(PieceRecord piece, file->writer->Append(group, [&](const void* data, int64_t size) {
    return Write(name, file, data, size);
  }));
  piece.path = directory_->path() + "/" + name;
  piece.unit = unit;
  pieces_.push_back(std::move(piece));
  file->metadata_bytes += group.metadata_bytes;
  metadata_bytes_ += group.metadata_bytes;
  most_metadata_bytes_ = std::max(most_metadata_bytes_, file->metadata_bytes);
  return Status::OK();
}

Status OutputFiles::Touch(const std::string& name) { return Open(name).status(); }

Status OutputFiles::WriteFooter(const std::string& name, File* file) {
  ARROW_RETURN_NOT_OK(
      file->writer->Finish([&](const void* data, int64_t size) { return Write(name, file, data, size); }));
  file->writer.reset();
  metadata_bytes_ -= std::exchange(file->metadata_bytes, 0);
  return Status::OK();
}

Status OutputFiles::End(const std::string& name) {
  ARROW_ASSIGN_OR_RAISE(File * file, Open(name));
  ARROW_RETURN_NOT_OK(WriteFooter(name, file));
  return Close(name, file, false);
}

Status OutputFiles::Finish() {
  for (auto& [name, unused] : files_) {
    ARROW_ASSIGN_OR_RAISE(File * file, Open(name));
    if (file->writer.has_value()) ARROW_RETURN_NOT_OK(WriteFooter(name, file));
    ARROW_RETURN_NOT_OK(Close(name, file, true));
  }
  return Status::OK();
}

Result<std::vector<OutputReport>> OutputFiles::Inspect() const {
  std::vector<OutputReport> outputs;
  for (const auto& [name, file] : files_) {
    OutputReport output;
    output.path = directory_->path() + "/" + name;
    ARROW_ASSIGN_OR_RAISE(const ParquetFacts facts, ReadParquetFacts(PathOf(name)));
    output.rows = facts.rows;
    output.bytes = facts.bytes;
    output.checksum = Crc32cText(file.crc32c);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace v0
}  // namespace headrace
