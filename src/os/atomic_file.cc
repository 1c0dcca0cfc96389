#include "os/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "os/crc32c.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {
namespace {

class AtomicFileStream : public arrow::io::OutputStream {
 public:
  explicit AtomicFileStream(AtomicFile* file) : file_(file) { set_mode(arrow::io::FileMode::WRITE); }

  arrow::Status Write(const void* data, int64_t num_bytes) override { return file_->Write(data, num_bytes); }
  arrow::Status Close() override {
    closed_ = true;
    return Status::OK();
  }
  bool closed() const override { return closed_; }
  Result<int64_t> Tell() const override { return file_->size(); }

 private:
  AtomicFile* file_;
  bool closed_ = false;
};

}  // namespace

Result<std::unique_ptr<AtomicFile>> AtomicFile::Create(const std::string& path, bool overwrite, bool direct) {
  ARROW_RETURN_NOT_OK(CheckTarget(path, overwrite, /*is_directory=*/false));
  std::unique_ptr<AtomicFile> file(new AtomicFile());
  file->path_ = path;
  file->overwrite_ = overwrite;
  ARROW_ASSIGN_OR_RAISE(file->temporary_path_, MakeTemporary(path, [&](const char* name) {
                          file->fd_ = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
                          return file->fd_ < 0 ? -1 : 0;
                        }));
  file->registered_.emplace(file->temporary_path_);
  if (direct) file->writer_ = std::make_unique<DirectWriter>(file->fd_, path);
  return file;
}

AtomicFile::~AtomicFile() {
  writer_.reset();
  if (fd_ >= 0) close(fd_);
  if (!published_ && !temporary_path_.empty()) unlink(temporary_path_.c_str());
}

Status AtomicFile::WriteNow(const void* data, int64_t num_bytes) const {
  const auto* bytes = static_cast<const char*>(data);
  int64_t done = 0;
  while (done < num_bytes) {
    const ssize_t wrote = write(fd_, bytes + done, static_cast<size_t>(num_bytes - done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return SystemError(errno, "cannot write", path_);
    done += wrote;
  }
  return Status::OK();
}

Status AtomicFile::Write(const void* data, int64_t num_bytes) {
  ARROW_RETURN_NOT_OK(writer_ ? writer_->Write(data, num_bytes) : WriteNow(data, num_bytes));
  crc32c_ = Crc32c(crc32c_, data, static_cast<size_t>(num_bytes));
  size_ += num_bytes;
  synced_ = false;
  return Status::OK();
}

Status AtomicFile::Sync() {
  if (writer_) ARROW_RETURN_NOT_OK(writer_->Finish());
  writer_.reset();
  if (fsync(fd_) != 0) return SystemError(errno, "cannot sync", path_);
  synced_ = true;
  return Status::OK();
}

Status AtomicFile::Publish() {
  if (!synced_) return Status::Invalid("'", path_, "' was not synced before it was published");
  bool exchanged = false;
  ARROW_RETURN_NOT_OK(PublishTemporary(temporary_path_, path_, overwrite_, &exchanged));
  published_ = !exchanged;
  registered_.reset();
  return Status::OK();
}

std::shared_ptr<arrow::io::OutputStream> AtomicFile::stream() { return std::make_shared<AtomicFileStream>(this); }

}  // namespace v0
}  // namespace headrace
