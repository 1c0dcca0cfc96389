#pragma once
// One input file while a job runs: what stands before its records, and where its text comes from.
// Takes: InputFacts. Gives: text. Owns: the descriptor, the stream. Threads: Prepare and ReadAt from any number; the
// stream from one at a time. Fails: Status that names the file.
#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "os/file_reader.h"
#include "parse/parser.h"
#include "pipeline/oversize.h"
#include "pipeline/reading.h"
#include "pipeline/text_buffer.h"
#include "pipeline/window_decoder.h"
#include "plan/inputs.h"
#include "source/footer.h"
#include "source/prologue.h"
#include "source/text_stream.h"
#include "tune/gauges.h"

namespace headrace {
inline namespace v0 {

/// A part of a stream's unit: records in the unit's buffer, then perhaps one record that was too long to keep.
struct StreamPart {
  int64_t begin = 0, end = 0;  ///< in the buffer
  int64_t offset = 0;          ///< in the file's text, of `begin`
  bool final = false;          ///< `end` is the end of the file
  bool has_oversize = false;
  Reject oversize;
  int64_t oversize_lines = 0;
  int64_t next_offset = 0;  ///< in the file's text, behind this part
};

/// What a stream gives for one unit.
struct StreamUnit {
  std::vector<StreamPart> parts;
  bool is_first = false, is_last = false;
  int64_t source_bytes = 0;
  Status damage;  ///< why the stream could not be read on; its whole records are in the parts
  int64_t damage_offset = 0;
  std::string damage_raw;  ///< what was read of the record that the damage cut
};

/// Return how much text a thread that decompresses may hold ready.
int64_t ReadaheadBytes(int64_t unit_bytes);

class Input {
 public:
  /// `threads` may decompress it, where it is a stream.
  Input(InputFacts facts, const Reading& reading, int64_t threads, arrow::MemoryPool* pool,
        std::function<Status()> poll_stop);

  const InputFacts& facts() const { return facts_; }
  const Reading& reading() const { return reading_; }
  const std::string& path() const { return facts_.path; }

  /// Set how much text the threads of a stream hand over at a time. Before Prepare.
  void set_buffer_bytes(int64_t num_bytes) { buffer_bytes_ = num_bytes; }

  /// Find the terminator family: '\n', '\r', or none. Before any worker starts.
  Result<std::optional<char>> FindTerminatorFamily();

  /// Read what stands before the records, once; check the terminator family unless it was declared.
  Status Prepare();
  const Prologue& prologue() const { return prologue_; }
  const FileColumns& columns() const { return columns_; }

  /// Set the values of the columns that are the same in every row: for each column of the schema. Before Prepare.
  void set_constants(std::vector<std::optional<std::string>> constants) { columns_.constants = std::move(constants); }

  /// Plain files: where the records end, in front of the footer. Prepare first.
  int64_t end_of_records() const { return facts_.facts.size - footer_.bytes; }

  /// The lines behind the records, of a stream once it has ended: none where it is damaged.
  const Footer& footer() const { return footer_; }

  /// Plain files: read at an offset, with `reader` where one is given; fewer bytes than asked for only at the end of
  /// the records.
  Result<int64_t> ReadAt(int64_t offset, void* to, int64_t num_bytes, FileReader* reader = nullptr) const {
    if (footer_.bytes > 0) num_bytes = std::clamp<int64_t>(end_of_records() - offset, 0, num_bytes);
    return reader == nullptr ? file_->ReadAt(offset, to, num_bytes) : reader->ReadAt(*file_, offset, to, num_bytes);
  }

  /// Files, also those that are read as streams: fail where size or mtime are not those of the plan.
  Status CheckUnchanged() const;

  /// Streams: fill `buffer` with the records that start before the next multiple of the unit's size. One call at a
  /// time; Prepare first. `gauge` is the calling worker's.
  Status NextUnit(TextBuffer* buffer, WorkerGauge* gauge, StreamUnit* unit);

  /// Open the file; Prepare does so the first time.
  Status Open();
  /// Plain files: close the descriptor, so that a job of many files holds few. Nobody may be reading; Open opens again.
  void Close() { file_.reset(); }

 private:
  Status OpenStream();
  Status RefuseRawBytes(const std::vector<KeptColumn>& columns) const;
  bool IsKept(const Status& failure) const;
  MoreText ReadMore();
  Status DoPrepare();
  Result<int64_t> FindCut(const Parser& parser, TextBuffer* buffer, int64_t from, int64_t size, int64_t stop,
                          bool final, FieldIndex* index) const;
  Status SkipOversize(TextBuffer* buffer, int64_t from, int64_t size, WorkerGauge* gauge, StreamPart* part);
  Status FindFooter();
  Result<int64_t> ReadText(char* to, int64_t num_bytes, WorkerGauge* gauge);
  void CountInput(WorkerGauge* gauge);
  Result<int64_t> ReadStream(TextBuffer* buffer, int64_t size, int64_t num_bytes, WorkerGauge* gauge);
  Result<int64_t> HoldBack(const char* text, int64_t size);

  const InputFacts facts_;
  const Reading& reading_;
  const Options& options_;  // the reading's
  const int64_t threads_;
  int64_t buffer_bytes_ = 256 << 10;
  arrow::MemoryPool* pool_;
  const std::function<Status()> poll_stop_;
  std::unique_ptr<InputFile> file_;     // plain files
  std::unique_ptr<TextStream> stream_;  // streams
  std::once_flag prepare_once_;
  Status prepare_status_;
  Prologue prologue_;
  FileColumns columns_;
  Footer footer_;
  std::string head_;  // of the file; for streams, what is still to be parsed
  // Streams only:
  std::string held_;    // the last lines of what was read: the footer, if nothing comes behind them
  int64_t offset_ = 0;  // in the text, of head_
  int64_t unit_number_ = 0;
  int64_t reported_source_bytes_ = 0, counted_source_bytes_ = 0;
  bool at_end_ = false;
  Status damage_;
};

}  // namespace v0
}  // namespace headrace
