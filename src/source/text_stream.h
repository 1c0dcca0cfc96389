#pragma once
// Text that can be read once, from start to end: standard input, pipes, compressed files.
// Takes: a path. Gives: decompressed bytes. Owns: the descriptor and the codec. Threads: one at a time. Fails: Status
// that names the file; a damaged or cut-off stream is an error, never a short text.
#include <arrow/util/compression.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "headrace/status.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {

class TextStream {
 public:
  /// Open `path` ("-": standard input); the compression shows in its first bytes. More than `max_expansion` bytes of
  /// text for each compressed byte is an error. `poll_stop` ends a wait for input by failing.
  static Result<std::unique_ptr<TextStream>> Open(const std::string& path, int64_t max_expansion,
                                                  std::function<Status()> poll_stop);

  /// Read at least one byte, at most `num_bytes`; 0 is the end. All text before a damage comes before the error.
  Result<int64_t> Read(char* to, int64_t num_bytes);

  int64_t source_bytes() const { return source_bytes_; }  ///< taken from the file so far, as they lie on disk

 private:
  TextStream() = default;
  Result<int64_t> ReadSource();
  Result<int64_t> Decompress(char* to, int64_t num_bytes);
  Status Damage(const std::string& what) const;

  std::string path_;
  std::unique_ptr<InputFile> file_;
  std::function<Status()> poll_stop_;
  std::unique_ptr<arrow::util::Codec> codec_;  // none: the file is text
  std::shared_ptr<arrow::util::Decompressor> decompressor_;
  std::string source_;  // bytes of the file that are not used yet: [source_at_, source_.size())
  size_t source_at_ = 0;
  bool source_ended_ = false;
  bool between_members_ = false;  // the last member is complete, another may follow
  int64_t source_bytes_ = 0;
  int64_t text_bytes_ = 0;
  int64_t max_expansion_ = 0;
};

}  // namespace v0
}  // namespace headrace
