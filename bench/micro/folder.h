#pragma once
// A folder that lives as long as this: in memory where the system has a place for that, so that no disk is measured.
// Takes: texts. Gives: files. Owns: the folder. Threads: one. Fails: with an exception, as std::filesystem does.
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace headrace {
inline namespace v0 {

class BenchFolder {
 public:
  BenchFolder() {
    namespace fs = std::filesystem;
    const fs::path place = access("/dev/shm", W_OK) == 0 ? fs::path("/dev/shm") : fs::temp_directory_path();
    path_ = (place / "headrace-bench-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::generic_category(), path_);
  }
  ~BenchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

  /// Write a file, and return its path.
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }

 private:
  std::string path_;
};

}  // namespace v0
}  // namespace headrace
