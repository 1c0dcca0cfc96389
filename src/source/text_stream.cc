#include "source/text_stream.h"

#include "source/encoding.h"
#include "source/file_source.h"
#include "source/member_finder.h"
#include "source/member_run.h"
#include "source/readahead.h"
#include "source/transcoder.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kExpansionSlack = int64_t{1} << 20;  // small files may expand by any ratio up to this

// Read the first `num_bytes`, fewer where there are fewer. A failure comes again with the next read.
std::string ReadHead(ByteSource* source, int64_t num_bytes, Status* failure) {
  std::string head(static_cast<size_t>(num_bytes), '\0');
  int64_t size = 0;
  while (size < num_bytes) {
    const auto got = source->Read(head.data() + size, num_bytes - size);
    *failure = got.status();
    if (!got.ok() || *got == 0) break;
    size += *got;
  }
  head.resize(static_cast<size_t>(size));
  return head;
}

}  // namespace

Result<std::unique_ptr<TextStream>> TextStream::Open(StreamSpec spec, std::function<Status()> poll_stop) {
  std::unique_ptr<TextStream> stream(new TextStream(std::move(spec)));
  ARROW_RETURN_NOT_OK(stream->OpenBytes(std::move(poll_stop)));
  ARROW_RETURN_NOT_OK(stream->OpenText());
  return stream;
}

// Make source_ the file's bytes, decompressed where they are compressed.
Status TextStream::OpenBytes(std::function<Status()> poll_stop) {
  ARROW_ASSIGN_OR_RAISE(file_, InputFile::Open(spec_.path));
  bool seekable = false;
  if (spec_.path != "-") {
    ARROW_ASSIGN_OR_RAISE(const FileFacts facts, StatFile(spec_.path));
    seekable = facts.is_regular;
    file_bytes_ = facts.size;
  }
  auto bytes = std::make_unique<FileSource>(file_.get(), seekable, 0, [this, poll = std::move(poll_stop)] {
    return closing_ ? Status::Cancelled("closed") : poll();
  });
  Status failure;
  std::string head = ReadHead(bytes.get(), kMagicBytes, &failure);
  ARROW_RETURN_NOT_OK(failure);
  ARROW_ASSIGN_OR_RAISE(compression_, DetectCompression(head, spec_.path));
  if (compression_ != Compression::kNone && seekable && spec_.threads > 1) return OpenRuns();
  source_ = std::make_unique<PrefixedSource>(std::move(head), std::move(bytes));
  if (compression_ == Compression::kNone) return Status::OK();
  return MemberRun::Make(spec_.path, compression_, std::move(source_), {}).Value(&source_);
}

// Members of a regular file are found and decompressed side by side.
Status TextStream::OpenRuns() {
  RunFinder finder;
  finder.file_bytes = file_bytes_;
  finder.find = [this](int64_t from, int64_t to) { return FindMember(*file_, compression_, from, to); };
  finder.open = [this](int64_t begin, MemberRun::EndsBefore ends_before) {
    auto bytes = std::make_unique<FileSource>(file_.get(), true, begin, nullptr);
    return MemberRun::Make(spec_.path, compression_, std::move(bytes), std::move(ends_before));
  };
  reads_ahead_ = true;
  return Readahead::Make(std::move(finder), spec_.threads, spec_.readahead_bytes).Value(&source_);
}

// Make source_ UTF-8, made by threads of its own where that takes time.
Status TextStream::OpenText() {
  Status failure;
  std::string head = ReadHead(source_.get(), kMarkBytes, &failure);
  ARROW_ASSIGN_OR_RAISE(encoding_, EncodingOf(spec_.encoding, head, spec_.path));
  source_ = std::make_unique<PrefixedSource>(std::move(head), std::move(source_));
  const bool converts = encoding_ != "utf-8";
  if (converts) {
    ARROW_ASSIGN_OR_RAISE(auto converter, MakeConverter(encoding_));
    source_ = std::make_unique<Transcoder>(std::move(source_), std::move(converter));
  }
  if (converts || (compression_ != Compression::kNone && !reads_ahead_)) {
    source_ = Readahead::Make(std::move(source_), spec_.readahead_bytes);
  }
  return Status::OK();
}

Result<int64_t> TextStream::Read(char* to, int64_t num_bytes) {
  ARROW_ASSIGN_OR_RAISE(const int64_t got, source_->Read(to, num_bytes));
  text_bytes_ += got;
  if (compression_ != Compression::kNone && text_bytes_ > kExpansionSlack &&
      text_bytes_ / spec_.max_expansion > source_->source_bytes()) {
    return Status::Invalid("'", spec_.path, "' expands to more than ", spec_.max_expansion,
                           " times its size, which looks like a decompression bomb");
  }
  return got;
}

}  // namespace v0
}  // namespace headrace
