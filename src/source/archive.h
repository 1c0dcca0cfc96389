#pragma once
// A zip or tar archive whose files are inputs, each a stream of bytes.
// Takes: a regular file. Gives: its members, and their bytes. A member's name is text: nothing is ever opened by it.
// Owns: readers that wait where the last member ended, so that members in order are one pass over the archive, however
// many they are. Threads: any number; a member's bytes from one at a time. Fails: Status that names the archive.
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "source/archive_reader.h"

namespace headrace {
inline namespace v0 {

/// A file in an archive. Directories, links, devices and what macOS adds beside files are none.
struct ArchiveMember {
  std::string name;          ///< as the archive has it, escaped nowhere
  int64_t size = 0;          ///< as its header says
  int64_t stored_bytes = 0;  ///< of the archive, up to what comes next
  int64_t entry = 0;         ///< its number among all entries
};

class Archive : public std::enable_shared_from_this<Archive> {
 public:
  /// List an archive. Fails where it holds no file, an encrypted one, or more than its size may expand to; where it is
  /// damaged too, unless `keep_damaged`: then that is told behind the last member that was found.
  static Result<std::shared_ptr<Archive>> Open(ArchiveFile file, bool keep_damaged);

  const std::string& path() const { return file_.path; }
  const FileFacts& facts() const { return file_.facts; }
  const std::vector<ArchiveMember>& members() const { return members_; }

  /// Fail where the file is no longer what it was when the job was planned.
  Status CheckUnchanged() const;

  /// Return the bytes of a member. It holds on to the archive.
  Result<std::unique_ptr<ByteSource>> OpenMember(size_t member);

 private:
  class MemberSource;

  explicit Archive(ArchiveFile file) : file_(std::move(file)) {}
  Status List(bool keep_damaged);
  Status ListEntries(ArchiveReader* reader);
  Status CheckSizes() const;
  Result<std::unique_ptr<ArchiveReader>> TakeReader(int64_t entry);
  void GiveBack(std::unique_ptr<ArchiveReader> reader);

  const ArchiveFile file_;
  std::vector<ArchiveMember> members_;
  Status damage_;  // behind the last member

  std::mutex mutex_;
  std::vector<std::unique_ptr<ArchiveReader>> waiting_;  // guarded by mutex_
};

/// Return whether a file begins as an archive, and which: of a tar, perhaps compressed. `file` gets form and
/// compression.
Result<bool> FindArchive(InputFile* input, std::string_view head, ArchiveFile* file);

}  // namespace v0
}  // namespace headrace
