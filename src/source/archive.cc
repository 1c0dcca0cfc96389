#include "source/archive.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "source/file_source.h"
#include "source/member_run.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxWaiting = 16;  // readers; a worker needs one
constexpr size_t kMaxListings = 8;

// What the last archives hold. A job looks at its inputs several times before it runs, and to list a compressed tar is
// to decompress it.
class Listings {
 public:
  struct Listing {
    ArchiveFile file;
    std::vector<ArchiveMember> members;
    Status damage;
  };

  std::optional<Listing> Find(const ArchiveFile& file) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found =
        std::find_if(listings_.begin(), listings_.end(), [&](const Listing& l) { return l.file == file; });
    return found == listings_.end() ? std::nullopt : std::optional<Listing>(*found);
  }
  void Keep(Listing listing) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (listings_.size() == kMaxListings) listings_.pop_front();
    listings_.push_back(std::move(listing));
  }

 private:
  std::mutex mutex_;
  std::deque<Listing> listings_;  // guarded by mutex_
};

Listings& LastListings() {
  static Listings listings;
  return listings;
}

// What macOS adds to archives beside the files that are meant: their resource forks, and the looks of folders.
bool IsOfMacOs(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('/') + 1);  // npos + 1 = 0: no slash
  return name.starts_with("__MACOSX/") || last.starts_with("._") || last == ".DS_Store";
}

}  // namespace

// The bytes of one member; its reader goes back to the archive.
class Archive::MemberSource : public ByteSource {
 public:
  MemberSource(std::shared_ptr<Archive> archive, std::unique_ptr<ArchiveReader> reader, bool is_last)
      : archive_(std::move(archive)), reader_(std::move(reader)), begin_(reader_->position()), is_last_(is_last) {}
  ~MemberSource() override {
    if (!failed_) archive_->GiveBack(std::move(reader_));
  }

  Result<int64_t> Read(char* to, int64_t num_bytes) override {
    const auto got = reader_->Read(to, num_bytes);
    failed_ = !got.ok();
    if (got.ok() && *got == 0 && is_last_) ARROW_RETURN_NOT_OK(archive_->damage_);
    return got;
  }
  int64_t source_bytes() const override { return reader_->position() - begin_; }

 private:
  const std::shared_ptr<Archive> archive_;
  std::unique_ptr<ArchiveReader> reader_;
  const int64_t begin_;
  const bool is_last_;
  bool failed_ = false;
};

Result<std::shared_ptr<Archive>> Archive::Open(ArchiveFile file, bool keep_damaged) {
  std::shared_ptr<Archive> archive(new Archive(std::move(file)));
  ARROW_RETURN_NOT_OK(archive->List(keep_damaged));
  return archive;
}

Status Archive::List(bool keep_damaged) {
  if (auto known = LastListings().Find(file_)) {
    members_ = std::move(known->members);
    damage_ = std::move(known->damage);
  } else if (file_.form != ArchiveForm::kEmptyZip) {
    ARROW_ASSIGN_OR_RAISE(const auto reader, ArchiveReader::Open(file_));
    damage_ = ListEntries(reader.get());
    LastListings().Keep({file_, members_, damage_});
  }
  const bool is_kept = keep_damaged && damage_.IsIOError() && !members_.empty();
  if (!is_kept) ARROW_RETURN_NOT_OK(damage_);
  if (members_.empty()) {
    return Status::Invalid("the archive '", file_.path, "' holds no file\nfix: leave it out, or get it anew");
  }
  return CheckSizes();
}

Status Archive::ListEntries(ArchiveReader* reader) {
  int64_t* stored_bytes = nullptr;  // of the member before, while it lies right before
  int64_t begin = 0;
  while (true) {
    const Result<bool> any = reader->Next();
    if (stored_bytes != nullptr) *stored_bytes = std::max<int64_t>(reader->position() - begin, 0);
    stored_bytes = nullptr;
    ARROW_RETURN_NOT_OK(any);
    if (!*any) return Status::OK();
    if (!reader->is_file() || IsOfMacOs(reader->name())) continue;
    if (reader->is_encrypted()) {
      return Status::Invalid("the member '", reader->name(), "' of '", file_.path, "' is encrypted",
                             "\nfix: unpack the archive with its password, and load the files");
    }
    begin = reader->position();
    members_.push_back({reader->name(), reader->size(), 0, reader->next_entry() - 1});
    stored_bytes = &members_.back().stored_bytes;
  }
}

// Members may be made of the same bytes of the file: together they may not expand further than one.
Status Archive::CheckSizes() const {
  int64_t bytes = 0;
  for (const ArchiveMember& member : members_) bytes += std::clamp<int64_t>(member.size, 0, INT64_MAX - bytes);
  return CheckExpansion(file_.path, bytes, file_.facts.size, file_.max_expansion);
}

// The reader that waits nearest before the entry, or a new one.
Result<std::unique_ptr<ArchiveReader>> Archive::TakeReader(int64_t entry) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto nearest = waiting_.end();
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
    const int64_t next = (*it)->next_entry();
    if (next <= entry && (nearest == waiting_.end() || next > (*nearest)->next_entry())) nearest = it;
  }
  if (nearest == waiting_.end()) return ArchiveReader::Open(file_);
  auto reader = std::move(*nearest);
  waiting_.erase(nearest);
  return reader;
}

// Behind the last member nothing is left to read, and the file is closed.
void Archive::GiveBack(std::unique_ptr<ArchiveReader> reader) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (reader->next_entry() <= members_.back().entry && waiting_.size() < kMaxWaiting) {
    waiting_.push_back(std::move(reader));
  }
}

Result<std::unique_ptr<ByteSource>> Archive::OpenMember(size_t member) {
  const int64_t entry = members_[member].entry;
  ARROW_ASSIGN_OR_RAISE(auto reader, TakeReader(entry));
  while (reader->next_entry() <= entry) {
    ARROW_ASSIGN_OR_RAISE(const bool any, reader->Next());
    if (!any) return Status::IOError("the archive '", file_.path, "' has fewer entries than before");
  }
  const bool is_last = member + 1 == members_.size();
  return std::make_unique<MemberSource>(shared_from_this(), std::move(reader), is_last);
}

Status Archive::CheckUnchanged() const {
  return headrace::CheckUnchanged(file_.path, file_.kept.empty() ? file_.path : file_.kept, file_.facts);
}

Result<bool> FindArchive(InputFile* input, std::string_view head, ArchiveFile* file) {
  file->compression = DetectCompression(head);
  file->form = DetectArchive(head);
  if (file->compression == Compression::kNone) return file->form != ArchiveForm::kNone;
  auto bytes = std::make_unique<FileSource>(input, /*seekable=*/true, 0, nullptr);
  ARROW_ASSIGN_OR_RAISE(auto text, MemberRun::Make(file->path, file->compression, std::move(bytes), {}));
  Status failure;  // is told when the file is read
  file->form = DetectArchive(ReadHead(text.get(), kMagicBytes, &failure));
  return file->form == ArchiveForm::kTar;
}

}  // namespace v0
}  // namespace headrace
