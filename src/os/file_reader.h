#pragma once
// The ways in which a worker reads a plain file. All give the same bytes.
// Takes: an InputFile, a place. Gives: its bytes there. Owns: a mapping or a ring, for one call at a time. Threads:
// one. Fails: Status that names the file.
#include <memory>

#include "headrace/options.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {

class FileReader {
 public:
  virtual ~FileReader() = default;

  /// Read up to `num_bytes` at `offset`; fewer only at the end of the file.
  virtual Result<int64_t> ReadAt(const InputFile& file, int64_t offset, void* to, int64_t num_bytes) = 0;
};

/// Make a reader. kAuto is kRead. What a machine refuses is read with pread: ask WhyNot first.
std::unique_ptr<FileReader> MakeFileReader(Io io);

/// Return why this process cannot read in this way; empty: it can.
std::string WhyNot(Io io);

}  // namespace v0
}  // namespace headrace
