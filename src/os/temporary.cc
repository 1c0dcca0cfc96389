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
constinit std::array<Slot, kSlots> slots;

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

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Status AlreadyExists(const std::string& path) {
  return Status::AlreadyExists("'", path, "' exists already. Choose another name, or replace it with --overwrite.");
}

}  // namespace

std::string WithoutSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Status CheckReplaceable(const std::string& path, bool overwrite) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENAMETOOLONG || errno == ELOOP ? SystemError(errno, "cannot create", path) : Status::OK();
  }
  return overwrite ? Status::OK() : AlreadyExists(path);
}

Status CheckTarget(const std::string& path, bool overwrite, bool is_directory) {
  ARROW_RETURN_NOT_OK(CheckReplaceable(path, overwrite));
  std::error_code error;
  if (is_directory && fs::exists(path, error) && !fs::is_directory(path, error)) {
    return Status::Invalid("'", path, "' is a file, and the output is a directory. Choose another name.");
  }
  if (!is_directory && fs::is_directory(path, error)) {
    return Status::Invalid("'", path, "' is a folder, and the output is a file. Choose another name.");
  }
  return Status::OK();
}

Result<std::string> MakeTemporary(const std::string& path, const std::function<int(const char*)>& create) {
  constexpr size_t kMaxStemBytes = 200;  // a name may have 255
  const fs::path directory = DirectoryOf(path);
  const std::string stem = "." + fs::path(path).filename().string().substr(0, kMaxStemBytes) + ".headrace-";
  for (int attempt = 0; attempt < 100; attempt++) {
    const std::string name = stem + RandomLetters() + ".tmp";
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

int RenameWithoutFlags(const std::string& temporary, const std::string& path, bool overwrite, bool* exchanged) {
  const char* const from = temporary.c_str();
  const char* const to = path.c_str();
  const auto outcome = [](int failed) { return failed == 0 ? 0 : errno; };
  if (!IsDirectory(temporary)) {
    if (overwrite) return outcome(rename(from, to));
    if (link(from, to) != 0) return errno;  // refuses a name that is taken, as rename does not
    unlink(from);
    return 0;
  }
  if (mkdir(to, 0777) == 0) return outcome(rename(from, to));  // our own empty directory, which rename replaces
  if (errno != EEXIST || !overwrite) return errno;
  const std::string aside = temporary + ".old";
  if (rename(to, aside.c_str()) != 0) return errno;
  if (rename(from, to) != 0) {
    const int error = errno;
    rename(aside.c_str(), to);
    return error;
  }
  *exchanged = true;
  return outcome(rename(aside.c_str(), from));
}

Status PublishTemporary(const std::string& temporary, const std::string& path, bool overwrite, bool* exchanged) {
  *exchanged = false;
  const auto rename_at = [&](unsigned flags) {
    return renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), flags) == 0 ? 0 : errno;
  };
  int error = rename_at(RENAME_NOREPLACE);
  if (error == EEXIST && overwrite) {
    const bool is_directory = IsDirectory(temporary);
    if (is_directory != IsDirectory(path)) return SystemError(is_directory ? ENOTDIR : EISDIR, "cannot replace", path);
    error = rename_at(is_directory ? RENAME_EXCHANGE : 0);
    *exchanged = is_directory && error == 0;
  }
  if (error == EINVAL || error == ENOSYS) error = RenameWithoutFlags(temporary, path, overwrite, exchanged);
  if (error == EEXIST) return AlreadyExists(path);
  if (error != 0) return SystemError(error, "cannot give the finished output its name", path);
  return SyncDirectory(DirectoryOf(path));
}

RegisteredTemporary::RegisteredTemporary(const std::string& path) {
  if (path.size() + 1 > PATH_MAX) return;
  for (int i = 0; i < kSlots; i++) {
    Slot& slot = slots[static_cast<size_t>(i)];
    if (slot.taken.exchange(true)) continue;
    std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
    slot.filled = true;
    slot_ = i;
    return;
  }
}

RegisteredTemporary::~RegisteredTemporary() {
  if (slot_ < 0) return;
  Slot& slot = slots[static_cast<size_t>(slot_)];
  slot.filled = false;
  slot.taken = false;
}

void RemoveTemporaries() {
  for (Slot& slot : slots) {
    if (slot.filled) unlink(slot.path.data());
  }
}

}  // namespace v0
}  // namespace headrace
