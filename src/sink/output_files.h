#pragma once
// The Parquet files of a directory that is being written: any number of them, few open at a time.
// Takes: row groups by file name. Gives: finished files, pieces, reports. Owns: the temporary directory. Threads: one
// at a time. Fails: Status.
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "os/atomic_directory.h"
#include "sink/parquet_file.h"

namespace headrace {
inline namespace v0 {

class OutputFiles {
 public:
  OutputFiles(std::unique_ptr<AtomicDirectory> directory, std::shared_ptr<const ParquetLayout> layout);
  ~OutputFiles();

  static constexpr size_t kMaxOpen = 64;  ///< descriptors

  /// Append a row group to the file `name` (a path below the directory, folders are made), which begins with it if new.
  Status Append(const std::string& name, const RowGroup& group, int64_t unit);
  /// Write the footer of a file that gets no more row groups.
  Status End(const std::string& name);
  /// Make sure that `name` will exist, with rows or without.
  Status Touch(const std::string& name);
  /// Write all footers and sync all files.
  Status Finish();
  /// Re-read every footer.
  Result<std::vector<OutputReport>> Inspect() const;
  Status Publish() { return directory_->Publish(); }
  const std::string& written_path() const { return directory_->temporary_path(); }
  const std::vector<PieceRecord>& pieces() const { return pieces_; }
  /// Return what the footers that are not written yet take, and the largest one when it is written, about.
  int64_t kept_bytes() const { return metadata_bytes_ + most_metadata_bytes_; }

 private:
  struct File {
    explicit File(std::shared_ptr<const ParquetLayout> layout) : writer(std::in_place, std::move(layout)) {}
    std::optional<ParquetFileWriter> writer;  // until its footer is written
    int fd = -1;
    uint32_t crc32c = 0;
    int64_t metadata_bytes = 0;
    std::list<std::string>::iterator recent;  // valid while open
  };
  Result<File*> Open(const std::string& name);
  Status Close(const std::string& name, File* file, bool sync);
  Status WriteFooter(const std::string& name, File* file);
  Status Write(const std::string& name, File* file, const void* data, int64_t num_bytes);
  std::string PathOf(const std::string& name) const { return directory_->temporary_path() + "/" + name; }

  std::unique_ptr<AtomicDirectory> directory_;
  std::shared_ptr<const ParquetLayout> layout_;
  std::map<std::string, File> files_;
  std::list<std::string> open_;  // most recently used first
  std::vector<PieceRecord> pieces_;
  int64_t metadata_bytes_ = 0;       // of all footers that are not written yet
  int64_t most_metadata_bytes_ = 0;  // of one file, so far
};

}  // namespace v0
}  // namespace headrace
