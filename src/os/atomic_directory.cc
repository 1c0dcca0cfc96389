#include "os/atomic_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "os/input_file.h"
#include "os/temporary.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

Status SyncTree(const std::string& root) {
  std::vector<std::string> directories = {root};
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory(error)) directories.push_back(entry->path().string());
  }
  if (error) return SystemError(error.value(), "cannot list folder", root);
  for (const std::string& directory : directories) {
    const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return SystemError(errno, "cannot open folder", directory);
    const int failed = fsync(fd) != 0 && errno != EINVAL ? errno : 0;
    close(fd);
    if (failed) return SystemError(failed, "cannot sync folder", directory);
  }
  return Status::OK();
}

}  // namespace

Result<std::unique_ptr<AtomicDirectory>> AtomicDirectory::Create(const std::string& path, bool overwrite) {
  std::unique_ptr<AtomicDirectory> directory(new AtomicDirectory());
  directory->path_ = WithoutSlashes(path);
  directory->overwrite_ = overwrite;
  ARROW_RETURN_NOT_OK(CheckTarget(directory->path_, overwrite, /*is_directory=*/true));
  ARROW_ASSIGN_OR_RAISE(directory->temporary_path_,
                        MakeTemporary(directory->path_, [](const char* name) { return mkdir(name, 0777); }));
  return directory;
}

AtomicDirectory::~AtomicDirectory() {
  std::error_code ignored;
  if (!published_ && !temporary_path_.empty()) fs::remove_all(temporary_path_, ignored);
}

Status AtomicDirectory::Publish() {
  ARROW_RETURN_NOT_OK(SyncTree(temporary_path_));
  bool exchanged = false;
  ARROW_RETURN_NOT_OK(PublishTemporary(temporary_path_, path_, overwrite_, &exchanged));
  // After an exchange the temporary name holds what was replaced: the destructor removes it.
  published_ = !exchanged;
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
