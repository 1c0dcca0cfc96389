#include "source/text_stream.h"

#include <algorithm>

#include "source/encoding.h"
#include "source/file_source.h"
#include "source/member_finder.h"
#include "source/member_run.h"
#include "source/range_source.h"
#include "source/readahead.h"
#include "source/transcoder.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kWorthAThread = int64_t{1} << 20;  // of a member: shorter ones are read by who wants them

Status RefuseArchive(const StreamSpec& spec, ArchiveForm form) {
  const char* name = form == ArchiveForm::kTar ? "tar" : "zip";
  if (spec.archive) {
    return Status::NotImplemented("'", spec.path, "' is a ", name, " archive inside an archive",
                                  "\nfix: unpack the outer one, and load what is in it");
  }
  if (spec.remote) {
    return Status::NotImplemented("'", spec.path, "' is a ", name, " archive, and archives are not read from servers",
                                  "\nfix: download it, and load the file");
  }
  return Status::NotImplemented("'", spec.path, "' is a ", name, " archive, whose members are found in a regular file ",
                                "that is a zip, a tar or a compressed tar\nfix: save it so, or unpack it");
}

}  // namespace

Result<std::unique_ptr<TextStream>> TextStream::Open(StreamSpec spec, std::function<Status()> poll_stop) {
  std::unique_ptr<TextStream> stream(new TextStream(std::move(spec)));
  if (stream->spec_.archive) {
    ARROW_RETURN_NOT_OK(stream->OpenMember());
  } else if (stream->spec_.remote) {
    ARROW_RETURN_NOT_OK(stream->OpenRemote(std::move(poll_stop)));
  } else {
    ARROW_RETURN_NOT_OK(stream->OpenFile(std::move(poll_stop)));
  }
  ARROW_RETURN_NOT_OK(stream->OpenText());
  return stream;
}

// Make source_ the bytes of a member of an archive.
Status TextStream::OpenMember() {
  // What a member takes there: not known of a zip's last one, and in a tar with what stands around it.
  const ArchiveMember& member = spec_.archive->members()[spec_.member];
  file_bytes_ = spec_.archive->facts().size;
  for (const int64_t bytes : {member.stored_bytes, member.size}) {
    if (bytes > 0) file_bytes_ = std::min(file_bytes_, bytes);
  }
  ARROW_ASSIGN_OR_RAISE(auto bytes, spec_.archive->OpenMember(spec_.member));
  return Decompress(std::move(bytes), /*seekable=*/false);
}

// Make source_ the bytes of a server's file.
Status TextStream::OpenRemote(std::function<Status()> poll_stop) {
  file_bytes_ = std::max<int64_t>(spec_.remote->size(), 0);
  const auto poll = [this, asked = std::move(poll_stop)] { return closing_ ? Status::Cancelled("closed") : asked(); };
  std::unique_ptr<ByteSource> bytes;
  if (spec_.remote->has_ranges()) {
    bytes = std::make_unique<RangeSource>(spec_.remote, spec_.range_bytes, poll);
  } else {
    ARROW_ASSIGN_OR_RAISE(bytes, spec_.remote->OpenSequential(poll));
  }
  return Decompress(std::move(bytes), /*seekable=*/false);
}

// Make source_ the file's bytes.
Status TextStream::OpenFile(std::function<Status()> poll_stop) {
  ARROW_ASSIGN_OR_RAISE(file_, InputFile::Open(spec_.path, spec_.kept));
  bool seekable = false;
  const std::string& opened = spec_.kept.empty() ? spec_.path : spec_.kept;
  if (opened != "-") {
    ARROW_ASSIGN_OR_RAISE(const FileFacts facts, StatFile(opened));
    seekable = facts.is_regular && facts.size > 0;  // below /proc sizes are 0, and members cannot be looked for
    file_bytes_ = facts.size;
  }
  auto bytes = std::make_unique<FileSource>(file_.get(), seekable, 0, [this, poll = std::move(poll_stop)] {
    return closing_ ? Status::Cancelled("closed") : poll();
  });
  return Decompress(std::move(bytes), seekable);
}

// Make source_ what the bytes are compressed from, or themselves.
Status TextStream::Decompress(std::unique_ptr<ByteSource> bytes, bool seekable) {
  Status failure;
  std::string head = ReadHead(bytes.get(), kMagicBytes, &failure);
  if (!spec_.archive) ARROW_RETURN_NOT_OK(failure);
  compression_ = DetectCompression(head);
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
  return Readahead::Make(std::move(finder), spec_.threads, spec_.readahead_bytes, spec_.buffer_bytes).Value(&source_);
}

// Make source_ UTF-8, made by threads of its own where that takes time.
Status TextStream::OpenText() {
  Status failure;
  std::string head = ReadHead(source_.get(), kMagicBytes, &failure);
  const ArchiveForm form = DetectArchive(head);
  if (form != ArchiveForm::kNone) return RefuseArchive(spec_, form);
  ARROW_ASSIGN_OR_RAISE(encoding_, EncodingOf(spec_.encoding, head, spec_.path));
  source_ = std::make_unique<PrefixedSource>(std::move(head), std::move(source_));
  const bool converts = encoding_ != "utf-8";
  if (converts) {
    ARROW_ASSIGN_OR_RAISE(auto converter, MakeConverter(encoding_));
    source_ = std::make_unique<Transcoder>(std::move(source_), std::move(converter));
  }
  const bool decompresses = compression_ != Compression::kNone || (spec_.archive && spec_.member_bytes > kWorthAThread);
  const bool waits = spec_.remote && !spec_.remote->has_ranges();
  if (converts || waits || (decompresses && !reads_ahead_)) {
    return Readahead::Make(std::move(source_), spec_.readahead_bytes, spec_.buffer_bytes).Value(&source_);
  }
  return Status::OK();
}

Result<int64_t> TextStream::Read(char* to, int64_t num_bytes) {
  ARROW_ASSIGN_OR_RAISE(const int64_t got, source_->Read(to, num_bytes));
  text_bytes_ += got;
  if (compression_ != Compression::kNone || spec_.archive) {
    // Its dense parts may lie behind the others: only of a pipe nothing but what was read so far is known.
    const int64_t whole = file_bytes_ > 0 ? file_bytes_ : source_->source_bytes();
    ARROW_RETURN_NOT_OK(CheckExpansion(spec_.path, text_bytes_, whole, spec_.max_expansion));
  }
  return got;
}

}  // namespace v0
}  // namespace headrace
