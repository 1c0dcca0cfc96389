#pragma once
// The bytes of a file as they lie on disk or come through a pipe.
// Takes: an InputFile. Gives: its bytes. Owns: nothing. Threads: one at a time; several sources may read one regular
// file. Fails: Status that names the file.
#include <functional>

#include "os/input_file.h"
#include "source/byte_source.h"

namespace headrace {
inline namespace v0 {

class FileSource : public ByteSource {
 public:
  /// Read `file` from `begin`. What is not `seekable` is read from where it stands, `begin` is 0, and `poll_stop` ends
  /// a wait for input by failing.
  FileSource(InputFile* file, bool seekable, int64_t begin, std::function<Status()> poll_stop)
      : file_(file), seekable_(seekable), position_(begin), poll_stop_(std::move(poll_stop)) {}

  Result<int64_t> Read(char* to, int64_t num_bytes) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t got,
                          seekable_ ? file_->ReadAt(position_, to, num_bytes) : file_->Read(to, num_bytes, poll_stop_));
    position_ += got;
    return got;
  }
  int64_t source_bytes() const override { return position_; }

 private:
  InputFile* file_;
  const bool seekable_;
  int64_t position_;
  const std::function<Status()> poll_stop_;
};

}  // namespace v0
}  // namespace headrace
