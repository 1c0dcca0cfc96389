#include "os/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "os/input_file.h"
#include "os/temporary.h"

namespace headrace {
inline namespace v0 {

Result<std::unique_ptr<ScratchFile>> ScratchFile::Create(const std::string& beside) {
  int fd = -1;
  ARROW_ASSIGN_OR_RAISE(const std::string name, MakeTemporary(beside, [&](const char* path) {
                          fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
                          return fd < 0 ? -1 : 0;
                        }));
  unlink(name.c_str());
  return std::unique_ptr<ScratchFile>(new ScratchFile(beside, fd));
}

ScratchFile::~ScratchFile() { close(fd_); }

Status ScratchFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = pwrite(fd_, bytes.data(), bytes.size(), size_);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return SystemError(errno, "cannot write a temporary file beside", beside_);
    size_ += wrote;
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return Status::OK();
}

Result<int64_t> ScratchFile::ReadAt(int64_t offset, void* to, int64_t num_bytes) const {
  int64_t done = 0;
  while (done < num_bytes) {
    const ssize_t got = pread(fd_, static_cast<char*>(to) + done, static_cast<size_t>(num_bytes - done), offset + done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(errno, "cannot read a temporary file beside", beside_);
    if (got == 0) break;
    done += got;
  }
  return done;
}

}  // namespace v0
}  // namespace headrace
