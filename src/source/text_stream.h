#pragma once
// Text that is read once, from start to end, as UTF-8: standard input, pipes, compressed files, members of archives,
// files of servers, other encodings.
//
//   file ──▶ decompress ──▶ convert to UTF-8 ──▶ read ahead ──▶ Read
//
// Takes: a path, a member or a remote file. Gives: text. Owns: the descriptor, codecs, threads that read ahead.
// Threads: one at a time. Fails: Status that names the file; a damaged or cut-off file is an error, never a short text.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "os/input_file.h"
#include "source/archive.h"
#include "source/byte_source.h"
#include "source/compression.h"
#include "source/remote_file.h"

namespace headrace {
inline namespace v0 {

struct StreamSpec {
  std::string path;                          ///< "-": standard input
  std::string kept;                          ///< the copy that is read in its place; empty: none
  std::string encoding;                      ///< as declared; empty: UTF-8, or what a byte order mark shows
  int64_t max_expansion = 1000;              ///< more bytes of text for each byte of the file are an error
  int64_t threads = 1;                       ///< that decompress, where the file can be taken apart
  int64_t readahead_bytes = 8 << 20;         ///< of text for each of them, and one more
  int64_t buffer_bytes = 256 << 10;          ///< of it, that a thread hands over at a time
  std::shared_ptr<const RemoteFile> remote;  ///< where the text is one's; `path` is for messages then
  int64_t range_bytes = 4 << 20;             ///< of a range of it; RangeSource::kRanges are held
  std::shared_ptr<Archive> archive;          ///< where the text is a member of one; `path` is for messages then
  size_t member = 0;
  int64_t member_bytes = 0;
};

class TextStream {
 public:
  /// Open `spec.path`; its compression and a byte order mark show in its first bytes. `poll_stop` ends a wait for
  /// input by failing.
  static Result<std::unique_ptr<TextStream>> Open(StreamSpec spec, std::function<Status()> poll_stop);
  ~TextStream() { closing_ = true; }

  /// Read at least one byte, at most `num_bytes`; 0 is the end. All text before a damage comes before the error.
  Result<int64_t> Read(char* to, int64_t num_bytes);

  int64_t source_bytes() const { return source_->source_bytes(); }  ///< of the file, for what was read so far
  const std::string& encoding() const { return encoding_; }         ///< as it is: "utf-8", "utf-16-le", …

 private:
  explicit TextStream(StreamSpec spec) : spec_(std::move(spec)) {}
  Status OpenMember();
  Status OpenRemote(std::function<Status()> poll_stop);
  Status OpenFile(std::function<Status()> poll_stop);
  Status Decompress(std::unique_ptr<ByteSource> bytes, bool seekable);
  Status OpenRuns();
  Status OpenText();

  const StreamSpec spec_;
  std::atomic<bool> closing_ = false;
  std::unique_ptr<InputFile> file_;
  int64_t file_bytes_ = 0;  // of a member, what it takes in the archive; 0: not known
  Compression compression_ = Compression::kNone;
  std::string encoding_;
  int64_t text_bytes_ = 0;
  bool reads_ahead_ = false;            // members are decompressed by threads
  std::unique_ptr<ByteSource> source_;  // last: its threads use what stands above
};

}  // namespace v0
}  // namespace headrace
