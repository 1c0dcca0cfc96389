#pragma once
// Names, registration and publishing of temporary files and directories: what AtomicFile and AtomicDirectory share.
#include <functional>
#include <string>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Return the path of a folder as that of a file: without slashes at its end.
std::string WithoutSlashes(std::string path);

/// Fail where `path` exists and may not be replaced.
Status CheckReplaceable(const std::string& path, bool overwrite);

/// Fail where a finished file, or with `is_directory` a folder, cannot get the name `path`: it is one that may not be
/// replaced, or of the other kind.
Status CheckTarget(const std::string& path, bool overwrite, bool is_directory);

/// Try names `.NAME.headrace-XXXXXX.tmp` beside `path` until `create` returns 0; it returns -1 with errno EEXIST where
/// a name is taken. Return the name.
Result<std::string> MakeTemporary(const std::string& path, const std::function<int(const char*)>& create);

/// Give `temporary` its final name, never over an existing one unless `overwrite`, and fsync the folder. Files replace
/// files and directories replace directories; of the latter the two are exchanged: then `exchanged` is true, and the
/// temporary name holds the old one.
Status PublishTemporary(const std::string& temporary, const std::string& path, bool overwrite, bool* exchanged);

/// What PublishTemporary does on file systems that cannot rename without replacing, or exchange (NFS, some of FUSE).
/// Return 0 or an errno value.
int RenameWithoutFlags(const std::string& temporary, const std::string& path, bool overwrite, bool* exchanged);

/// A temporary file that RemoveTemporaries must know, for as long as this lives.
class RegisteredTemporary {
 public:
  explicit RegisteredTemporary(const std::string& path);
  ~RegisteredTemporary();
  RegisteredTemporary(const RegisteredTemporary&) = delete;
  RegisteredTemporary& operator=(const RegisteredTemporary&) = delete;

 private:
  int slot_ = -1;
};

/// Remove every registered temporary file. Safe in a signal handler.
void RemoveTemporaries();

}  // namespace v0
}  // namespace headrace
