#include "os/temporary.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>

#include "os/input_file.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

// A fixed table, so that a signal handler can walk it. Temporaries beyond it are removed on every other way out.
struct Slot {
  std::atomic<bool> taken{false}, filled{false};
  std::array<char, PATH_MAX> path{};
};
constexpr int kSlots = 64;
std::array<Slot, kSlots>& Slots() {
  static auto* slots = new std::array<Slot, kSlots>();
  return *slots;
}

fs::path DirectoryOf(const std::string& path) {
  const fs::path directory = fs::path(path).parent_path();
  return directory.empty() ? fs::path(".") : directory;
}

std::string RandomLetters() {
  static constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  std::string letters;
  for (int i = 0; i < 6; i++) letters += kLetters[random() % (sizeof kLetters - 1)];
  return letters;
}

Status SyncDirectory(const fs::path& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return SystemError(errno, "cannot open folder", directory.string());
  const int failed = fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;  // EINVAL: no such notion here
  close(fd);
  return failed ? SystemError(failed, "cannot sync folder", directory.string()) : Status::OK();
}

Status AlreadyExists(const std::string& path) {
  return Status::AlreadyExists("'", path, "' exists already. Choose another name, or replace it with --overwrite.");
}

}  // namespace

Status CheckReplaceable(const std::string& path, bool overwrite) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return Status::OK();
  return overwrite ? Status::OK() : AlreadyExists(path);
}

Result<std::string> MakeTemporary(const std::string& path, const std::function<int(const char*)>& create) {
  const fs::path directory = DirectoryOf(path);
  for (int attempt = 0; attempt < 100; attempt++) {
    const std::string name = "." + fs::path(path).filename().string() + ".headrace-" + RandomLetters() + ".tmp";
    const std::string temporary = fs::path(path).has_parent_path() ? (directory / name).string() : name;
    if (create(temporary.c_str()) == 0) return temporary;
    if (errno == EEXIST) continue;
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) {
      return Status::IOError("there is no folder '", directory.string(), "' for '", path, "'. Create it first.");
    }
    return SystemError(error, "cannot create a file in folder", directory.string());
  }
  return Status::IOError("cannot find a free temporary name beside '", path, "'");
}

Status PublishTemporary(const std::string& temporary, const std::string& path, bool overwrite, bool* exchanged) {
  *exchanged = false;
  int failed = renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE);
  if (failed != 0 && errno == EEXIST) {
    if (!overwrite) return AlreadyExists(path);
    struct stat info;
    const bool is_directory = stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    if (is_directory) {
      failed = renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE);
      *exchanged = failed == 0;
    } else {
      failed = rename(temporary.c_str(), path.c_str());
    }
  } else if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // The file system lacks renameat2's flags: a hard link refuses an existing name too.
    failed = overwrite ? rename(temporary.c_str(), path.c_str()) : link(temporary.c_str(), path.c_str());
    if (failed != 0 && errno == EEXIST) return AlreadyExists(path);
    if (failed == 0 && !overwrite) unlink(temporary.c_str());
  }
  if (failed != 0) return SystemError(errno, "cannot give the finished output its name", path);
  return SyncDirectory(DirectoryOf(path));
}

RegisteredTemporary::RegisteredTemporary(const std::string& path) {
  if (path.size() + 1 > PATH_MAX) return;
  for (int i = 0; i < kSlots; i++) {
    Slot& slot = Slots()[static_cast<size_t>(i)];
    if (slot.taken.exchange(true)) continue;
    std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
    slot.filled = true;
    slot_ = i;
    return;
  }
}

RegisteredTemporary::~RegisteredTemporary() {
  if (slot_ < 0) return;
  Slot& slot = Slots()[static_cast<size_t>(slot_)];
  slot.filled = false;
  slot.taken = false;
}

void RemoveTemporaries() {
  for (Slot& slot : Slots()) {
    if (slot.filled) unlink(slot.path.data());
  }
}

}  // namespace v0
}  // namespace headrace
