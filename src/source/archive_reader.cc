#include "source/archive_reader.h"

#include <locale.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "source/archive_api.h"
#include "source/file_source.h"
#include "source/member_run.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kSupplyBytes = 64 << 10;
constexpr int64_t kTarBlockBytes = 512;

// Names are bytes to us. In the locale of C libarchive refuses those that are not ASCII.
class Utf8Locale {
 public:
  Utf8Locale() : before_(uselocale(Shared())) {}
  ~Utf8Locale() { uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static locale_t Shared() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);  // none: the thread keeps its own
    return locale;
  }
  const locale_t before_;
};

ArchiveReader* Self(void* self) { return static_cast<ArchiveReader*>(self); }

la_ssize_t OnRead(struct archive*, void* self, const void** bytes) { return Self(self)->Supply(bytes); }
la_int64_t OnSkip(struct archive*, void* self, la_int64_t num_bytes) { return Self(self)->Skip(num_bytes); }
la_int64_t OnSeek(struct archive*, void* self, la_int64_t offset, int whence) {
  return Self(self)->Seek(offset, whence);
}

}  // namespace

ArchiveReader::~ArchiveReader() {
  if (archive_ != nullptr) api_->read_free(archive_);
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(const ArchiveFile& file) {
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(file));
  ARROW_RETURN_NOT_OK(reader->OpenSource());
  ARROW_RETURN_NOT_OK(reader->OpenArchive());
  return reader;
}

Status ArchiveReader::OpenSource() {
  ARROW_ASSIGN_OR_RAISE(input_, InputFile::Open(file_.path, file_.kept));
  ARROW_RETURN_NOT_OK(CheckUnchanged(file_.path, file_.kept.empty() ? file_.path : file_.kept, file_.facts));
  buffer_.resize(kSupplyBytes);
  if (file_.compression == Compression::kNone) return Status::OK();
  auto bytes = std::make_unique<FileSource>(input_.get(), /*seekable=*/true, 0, nullptr);
  return MemberRun::Make(file_.path, file_.compression, std::move(bytes), {}).Value(&text_);
}

Status ArchiveReader::OpenArchive() {
  const Utf8Locale locale;
  ARROW_ASSIGN_OR_RAISE(api_, LoadArchiveApi());
  archive_ = api_->read_new();
  if (archive_ == nullptr) return Status::OutOfMemory("no memory to read '", file_.path, "'");
  const bool is_zip = file_.form == ArchiveForm::kZip;
  is_zip ? api_->support_seekable_zip(archive_) : api_->support_tar(archive_);
  // Of archives one behind the other all are read, and a compressed one is read to its end.
  if (!is_zip) api_->set_option(archive_, "tar", "read_concatenated_archives", "1");
  api_->set_callback_data(archive_, this);
  api_->set_read_callback(archive_, OnRead);
  api_->set_skip_callback(archive_, OnSkip);
  if (is_zip) api_->set_seek_callback(archive_, OnSeek);
  return api_->open(archive_) == ARCHIVE_OK ? Status::OK() : Damage();
}

// Tars end with zeros, so that one that is cut off between two entries shows.
bool ArchiveReader::HasEnd() const { return file_.form == ArchiveForm::kZip || zeros_ >= kTarBlockBytes; }

Status ArchiveReader::Damage() const {
  ARROW_RETURN_NOT_OK(failure_);
  return Damage(api_->error_string(archive_));
}

Status ArchiveReader::Damage(const char* reason) const {
  // libarchive looks for a zip's list in its last 16 KiB.
  const bool may_be_sound = file_.form == ArchiveForm::kZip && next_entry_ == 0;
  return Status::IOError("cannot read the archive '", file_.path, "'",
                         next_entry_ == 0 ? "" : " at its entry " + std::to_string(next_entry_), ": ",
                         reason == nullptr ? "no reason is given" : reason, ". It is damaged or cut off",
                         may_be_sound ? ", or a comment of more than 16 KiB stands at its end" : "",
                         "\nfix: get it anew",
                         any_file_ ? ", or keep its whole records with --on-file-error keep" : "");
}

Result<int64_t> ArchiveReader::SupplyTo(char* to) {
  if (!text_) return input_->ReadAt(offset_, to, kSupplyBytes);
  ARROW_ASSIGN_OR_RAISE(const int64_t got, text_->Read(to, kSupplyBytes));
  ARROW_RETURN_NOT_OK(CheckExpansion(file_.path, offset_ + got, file_.facts.size, file_.max_expansion));
  return got;
}

int64_t ArchiveReader::Supply(const void** bytes) {
  const auto got = SupplyTo(buffer_.data());
  failure_ = got.status();
  if (!got.ok()) return ARCHIVE_FATAL;
  *bytes = buffer_.data();
  offset_ += *got;
  const char* const end = buffer_.data() + *got;
  const char* zeros = end;
  while (zeros > buffer_.data() && zeros[-1] == 0) zeros--;
  zeros_ = (zeros == buffer_.data() ? zeros_ : 0) + (end - zeros);
  return *got;
}

// What is not skipped here is read and dropped. Behind the file's end there is nothing to skip to: it is cut off.
int64_t ArchiveReader::Skip(int64_t num_bytes) {
  if (text_) return 0;
  const int64_t skipped = std::clamp<int64_t>(file_.facts.size - offset_, 0, num_bytes);
  offset_ += skipped;
  zeros_ = 0;
  return skipped;
}

int64_t ArchiveReader::Seek(int64_t offset, int whence) {
  const int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? offset_ : file_.facts.size;
  if (base + offset < 0) return ARCHIVE_FATAL;
  offset_ = base + offset;
  return offset_;
}

Result<bool> ArchiveReader::Next() {
  const Utf8Locale locale;
  given_ = block_at_ = block_size_ = block_offset_ = 0;
  entry_ended_ = false;
  entry_failure_ = header_failure_ = Status::OK();
  const int result = api_->next_header(archive_, &entry_);
  if (result == ARCHIVE_EOF) return HasEnd() ? Result<bool>(false) : Damage("it has no end");
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return Damage();
  next_entry_++;
  any_file_ = any_file_ || is_file();
  // A zip's list says something else of it than what stands before it.
  const char* warning = result == ARCHIVE_WARN ? api_->error_string(archive_) : nullptr;
  if (warning != nullptr && std::string_view(warning).starts_with("Inconsistent")) header_failure_ = Damage(warning);
  return true;
}

std::string ArchiveReader::name() const {
  const Utf8Locale locale;
  const char* name = api_->entry_pathname(entry_);
  if (name == nullptr) name = api_->entry_pathname_utf8(entry_);
  return name == nullptr ? "entry " + std::to_string(next_entry_) : name;
}

int64_t ArchiveReader::size() const { return api_->entry_size(entry_); }

bool ArchiveReader::is_file() const {
  const Utf8Locale locale;
  return api_->entry_filetype(entry_) == AE_IFREG && api_->entry_hardlink(entry_) == nullptr;
}

bool ArchiveReader::is_encrypted() const {
  return api_->entry_is_data_encrypted(entry_) > 0 || api_->entry_is_metadata_encrypted(entry_) > 0;
}

int64_t ArchiveReader::position() const { return api_->filter_bytes(archive_, -1); }

// Take the next block of the entry. A warning, such as a wrong checksum, comes with the last of them.
void ArchiveReader::NextBlock() {
  const void* bytes = nullptr;
  size_t size = 0;
  la_int64_t offset = given_;
  const int result = api_->read_data_block(archive_, &bytes, &size, &offset);
  entry_ended_ = result == ARCHIVE_EOF;
  const bool any = result == ARCHIVE_OK || result == ARCHIVE_WARN;
  if (result != ARCHIVE_OK) entry_failure_ = entry_ended_ ? header_failure_ : Damage();
  block_ = static_cast<const char*>(bytes);
  block_at_ = 0;
  block_size_ = any ? static_cast<int64_t>(size) : 0;
  block_offset_ = any || entry_ended_ ? std::max<int64_t>(offset, given_) : given_;
}

Result<int64_t> ArchiveReader::Read(char* to, int64_t num_bytes) {
  while (block_at_ == block_size_ && given_ >= block_offset_) {
    ARROW_RETURN_NOT_OK(entry_failure_);
    if (entry_ended_) return 0;
    NextBlock();
  }
  // Before the block lies a hole of a sparse file: zeros.
  const int64_t hole = block_at_ == 0 ? std::min(block_offset_ - given_, num_bytes) : 0;
  if (hole > 0) {
    std::memset(to, 0, static_cast<size_t>(hole));
    given_ += hole;
    return hole;
  }
  const int64_t size = std::min(block_size_ - block_at_, num_bytes);
  std::memcpy(to, block_ + block_at_, static_cast<size_t>(size));
  block_at_ += size;
  given_ += size;
  return size;
}

}  // namespace v0
}  // namespace headrace
