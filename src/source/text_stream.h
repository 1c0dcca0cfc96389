#pragma once
// Text that can be read once, from start to end: standard input, pipes, compressed files.
// Takes: a path. Gives: decompressed bytes. Owns: the descriptor and the codec. Threads: one at a time. Fails: Status
// that names the file; a damaged or cut-off stream is an error, never a short text.
#include <arrow/io/interfaces.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class TextStream {
 public:
  /// Open `path` ("-": standard input); the compression shows in its first bytes. More than `max_expansion` bytes of
  /// text for each compressed byte is an error. `poll_stop` ends a wait for input by failing.
  static Result<std::unique_ptr<TextStream>> Open(const std::string& path, int64_t max_expansion,
                                                  arrow::MemoryPool* pool, std::function<Status()> poll_stop);

  /// Read at least one byte, at most `num_bytes`; 0 is the end.
  Result<int64_t> Read(char* to, int64_t num_bytes);

  int64_t source_bytes() const { return counter_; }  ///< taken from the file so far, as they lie on disk

 private:
  TextStream() = default;
  std::string path_;
  std::shared_ptr<arrow::io::InputStream> text_;
  int64_t counter_ = 0;
  int64_t text_bytes_ = 0;
  int64_t max_expansion_ = 0;
  bool compressed_ = false;
};

}  // namespace v0
}  // namespace headrace
