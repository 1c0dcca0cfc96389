#pragma once
// The entries of a zip or tar archive, one behind the other.
// Takes: an archive file, perhaps a compressed tar. Gives: names, sizes, bytes of entries. Owns: the file, its codec,
// libarchive's state. Threads: one at a time. Fails: Status that names the archive; what was read before comes first.
#include <cstdint>
#include <memory>
#include <string>

#include "os/input_file.h"
#include "source/byte_source.h"
#include "source/compression.h"

struct archive;
struct archive_entry;

namespace headrace {
inline namespace v0 {

struct ArchiveApi;

/// An archive as it was when the job was planned.
struct ArchiveFile {
  std::string path;
  std::string kept;  ///< the copy that is read in its place; empty: none
  FileFacts facts;
  ArchiveForm form = ArchiveForm::kNone;
  Compression compression = Compression::kNone;  ///< of a tar
  int64_t max_expansion = 1000;

  bool operator==(const ArchiveFile&) const = default;
};

class ArchiveReader {
 public:
  /// Open the archive, before its first entry. Fails where the file is another one than when the job was planned.
  static Result<std::unique_ptr<ArchiveReader>> Open(const ArchiveFile& file);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  /// Move to the next entry; false at the end.
  Result<bool> Next();
  /// Return the number of the entry that Next moves to, from 0.
  int64_t next_entry() const { return next_entry_; }

  // Of the entry:
  std::string name() const;
  int64_t size() const;                               ///< as its header says
  bool is_file() const;                               ///< and no directory, link or device
  bool is_encrypted() const;                          ///< so that its bytes cannot be read
  Result<int64_t> Read(char* to, int64_t num_bytes);  ///< at least one byte; 0 is its end

  /// Return the position behind what was needed so far: in a zip file, or in the tar that was compressed.
  int64_t position() const;

  // What libarchive calls back for the archive's bytes:
  int64_t Supply(const void** bytes);
  int64_t Skip(int64_t num_bytes);
  int64_t Seek(int64_t offset, int whence);

 private:
  explicit ArchiveReader(const ArchiveFile& file) : file_(file) {}
  Status OpenSource();
  Status OpenArchive();
  void NextBlock();
  Result<int64_t> SupplyTo(char* to);
  bool HasEnd() const;
  Status Damage() const;
  Status Damage(const char* reason) const;

  const ArchiveFile& file_;
  std::unique_ptr<InputFile> input_;
  std::unique_ptr<ByteSource> text_;  // of a compressed tar
  int64_t offset_ = 0;                // in the file, or in the tar that is decompressed
  std::string buffer_;
  int64_t zeros_ = 0;  // bytes that the archive ends with, as far as it was read
  Status failure_;     // of the file or its codec
  const ArchiveApi* api_ = nullptr;
  struct archive* archive_ = nullptr;
  struct archive_entry* entry_ = nullptr;
  int64_t next_entry_ = 0;
  bool any_file_ = false;  // of which records can be kept
  // The entry's bytes: read so far, then [block_at_, block_size_) of a block that stands at block_offset_.
  int64_t given_ = 0;
  const char* block_ = nullptr;
  int64_t block_at_ = 0, block_size_ = 0, block_offset_ = 0;
  bool entry_ended_ = false;
  Status entry_failure_;   // behind the block
  Status header_failure_;  // behind the entry
};

}  // namespace v0
}  // namespace headrace
