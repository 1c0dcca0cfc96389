#include "os/input_file.h"

#include <arrow/util/io_util.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr int kPipeBytes = 1 << 20;

}  // namespace

Status SystemError(int error_number, const std::string& what, const std::string& path) {
  return arrow::internal::StatusFromErrno(error_number, arrow::StatusCode::IOError, what, " '", path, "'");
}

void WidenPipe(int descriptor) {
#ifdef F_SETPIPE_SZ
  fcntl(descriptor, F_SETPIPE_SZ, kPipeBytes);
#else
  static_cast<void>(descriptor);
#endif
}

Status CheckUnchanged(const std::string& name, const std::string& path, const FileFacts& planned) {
  ARROW_ASSIGN_OR_RAISE(const FileFacts now, StatFile(path));
  if (now == planned) return Status::OK();
  return Status::Invalid("'", name, "' changed while it was read: it had ", planned.size, " bytes, now it has ",
                         now.size, "\nfix: run again when nothing writes to it");
}

Result<FileFacts> StatFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return SystemError(errno, "cannot read", path);
  FileFacts facts;
  facts.size = info.st_size;
  facts.mtime_ns = int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
  facts.is_regular = S_ISREG(info.st_mode);
  facts.is_directory = S_ISDIR(info.st_mode);
  return facts;
}

Result<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path, const std::string& at) {
  const std::string& opened = at.empty() ? path : at;
  if (opened == "-") {
    WidenPipe(STDIN_FILENO);
    return std::unique_ptr<InputFile>(new InputFile(path, STDIN_FILENO));
  }
  int fd = -1;
  do {
    fd = open(opened.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // a pipe without a writer yet must not hang here
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return SystemError(errno, "cannot open", path);
  WidenPipe(fd);
  return std::unique_ptr<InputFile>(new InputFile(path, fd));
}

InputFile::~InputFile() {
  if (fd_ != STDIN_FILENO) close(fd_);
}

Result<int64_t> InputFile::ReadAt(int64_t offset, void* to, int64_t num_bytes) const {
  int64_t done = 0;
  while (done < num_bytes) {
    const ssize_t got = pread(fd_, static_cast<char*>(to) + done, static_cast<size_t>(num_bytes - done), offset + done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(errno, "cannot read", path_);
    if (got == 0) break;
    done += got;
  }
  return done;
}

Result<int64_t> InputFile::Read(void* to, int64_t num_bytes, const std::function<Status()>& poll_stop) {
  while (true) {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, kPollMilliseconds) <= 0) {
      ARROW_RETURN_NOT_OK(poll_stop());
      continue;
    }
    const ssize_t got = read(fd_, to, static_cast<size_t>(num_bytes));
    if (got >= 0) return got;
    if (errno != EINTR && errno != EAGAIN) return SystemError(errno, "cannot read", path_);
  }
}

}  // namespace v0
}  // namespace headrace
