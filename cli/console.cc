#include "cli/console.h"

#include <arrow/util/io_util.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace headrace::cli {
namespace {

// Write until all is written; return 0 or the errno that stopped it.
int WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

}  // namespace

void OccupyStandardDescriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    (void)::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // takes the lowest free number
  }
}

Status WriteOutput(std::string_view text) {
  const int error = WriteAll(STDOUT_FILENO, text);
  if (error == 0) return Status::OK();
  return arrow::internal::IOErrorFromErrno(error, "cannot write to standard output");
}

void Tell(std::string_view text) { (void)WriteAll(STDERR_FILENO, text); }

bool IsTerminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool CanErase(int descriptor) {
  const char* const term = std::getenv("TERM");
  return IsTerminal(descriptor) && term != nullptr && std::string_view(term) != "dumb" && *term != '\0';
}

bool WantsColour(int descriptor) {
  const char* const no_colour = std::getenv("NO_COLOR");
  return CanErase(descriptor) && (no_colour == nullptr || *no_colour == '\0');
}

size_t TerminalColumns(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

int ErrnoOf(const Status& status) { return status.ok() ? 0 : arrow::internal::ErrnoFromStatus(status); }

bool IsClosedPipe(const Status& status) { return ErrnoOf(status) == EPIPE; }

}  // namespace headrace::cli
