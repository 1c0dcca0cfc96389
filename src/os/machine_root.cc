#include "os/machine_root.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>

namespace headrace {
inline namespace v0 {

MachineRoot MachineRoot::Active() {
  const char* root = std::getenv("HEADRACE_MACHINE_ROOT");
  return {root == nullptr ? "" : root};
}

std::string ReadMachineFile(const std::string& path, size_t max_bytes) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "";
  std::string text;
  while (text.size() < max_bytes) {
    char block[4096];
    const ssize_t got = read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(block, static_cast<size_t>(got));
  }
  close(fd);
  return text;
}

int64_t CountList(const std::string& list) {
  std::istringstream in(list);
  int64_t count = 0;
  for (std::string range; std::getline(in, range, ',');) {
    int64_t first = 0, last = 0;
    char dash = 0;
    std::istringstream numbers(range);
    if (!(numbers >> first)) continue;
    if (!(numbers >> dash >> last) || dash != '-') last = first;
    if (last >= first) count += last - first + 1;
  }
  return count;
}

}  // namespace v0
}  // namespace headrace
