#include "source/object_store.h"

#include <arrow/filesystem/filesystem.h>
#include <arrow/filesystem/s3fs.h>
#include <arrow/util/key_value_metadata.h>
#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <map>
#include <mutex>
#include <thread>

#include "source/left_behind.h"
#include "source/store_failure.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = arrow::fs;

constexpr int64_t kRetries = 3;
constexpr int64_t kRetryMilliseconds = 250;        // doubled each time
constexpr double kLeastBytesPerSecond = 32 << 10;  // of a range; slower is given up
constexpr const char* kGcsRetrySeconds = "10";

std::atomic<bool> any_opened{false};

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' && std::string_view(value) != "0" && std::string_view(value) != "false";
}

// What is tried again, and how often: Arrow's own rule tries a refused connection for six seconds, and nothing else.
class Retries : public fs::S3RetryStrategy {
 public:
  bool ShouldRetry(const AWSErrorDetail& error, int64_t attempted_retries) override {
    return error.should_retry && attempted_retries < kRetries;
  }
  int64_t CalculateDelayBeforeNextRetry(const AWSErrorDetail&, int64_t attempted_retries) override {
    return kRetryMilliseconds << attempted_retries;
  }
};

// The library beside Arrow's own: libarrow.so.2600 → libarrow_s3.so.2600.
Status LoadS3() {
  Dl_info info;
  const bool found = dladdr(reinterpret_cast<const void*>(&fs::LoadFileSystemFactories), &info) != 0;
  const std::string path = found && info.dli_fname != nullptr ? info.dli_fname : "";
  const size_t name = path.rfind('/') + 1;  // npos + 1 = 0: no slash
  constexpr std::string_view kStem = "libarrow";
  Status missing =
      Status::NotImplemented("this build of Arrow cannot read S3\nfix: copy the objects to this machine first");
  if (path.compare(name, kStem.size(), kStem) != 0) return missing;
  const std::string library = path.substr(0, name) + "libarrow_s3" + path.substr(name + kStem.size());
  return fs::LoadFileSystemFactories(library.c_str()).ok() ? Status::OK() : missing;
}

Result<std::shared_ptr<fs::FileSystem>> OpenS3(const std::string& bucket) {
  fs::FileSystemFactoryOptions options;
  options.emplace_back("retry_strategy", std::shared_ptr<fs::S3RetryStrategy>(std::make_shared<Retries>()));
  if (IsSet("AWS_SKIP_SIGNATURE")) {
    options.emplace_back("access_key", std::string());
    options.emplace_back("secret_key", std::string());
  }
  std::string path;
  auto opened = fs::FileSystemFromUriAndOptions("s3://" + bucket, options, &path);
  if (!opened.status().IsNotImplemented()) return opened;  // which it is where nobody knows the scheme
  ARROW_RETURN_NOT_OK(LoadS3());
  return fs::FileSystemFromUriAndOptions("s3://" + bucket, options, &path);
}

Result<std::shared_ptr<fs::FileSystem>> OpenGcs(const std::string& bucket) {
  std::string uri = "gs://" + bucket + "/?retry_limit_seconds=" + kGcsRetrySeconds;
  if (IsSet("GOOGLE_SKIP_SIGNATURE")) uri = "gs://anonymous@" + uri.substr(5);
  const char* emulator = std::getenv("CLOUD_STORAGE_EMULATOR_ENDPOINT");
  if (emulator != nullptr && *emulator != '\0') {
    const std::string_view endpoint = emulator;
    const size_t host = endpoint.find("://");
    if (host == std::string_view::npos) return Status::Invalid("CLOUD_STORAGE_EMULATOR_ENDPOINT is not a URL");
    uri.append("&scheme=").append(endpoint.substr(0, host));
    uri.append("&endpoint_override=").append(endpoint.substr(host + 3));
  }
  return fs::FileSystemFromUri(uri);
}

// "2026-11-28T15:13:27Z", or with a fraction and an offset of zero, in seconds of the epoch; -1: it is none.
int64_t ParseSeconds(const std::string& text) {
  std::tm parts{};
  return strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr ? -1 : int64_t{timegm(&parts)};
}

int64_t Nanoseconds(fs::TimePoint time) {
  return time == fs::kNoTime ? 0 : std::chrono::nanoseconds(time.time_since_epoch()).count();
}

std::string PathOf(const RemoteUri& uri) { return uri.key.empty() ? uri.host : uri.host + "/" + uri.key; }

class StoreReader : public RangeReader {
 public:
  StoreReader(RemoteUri uri, std::shared_ptr<arrow::io::RandomAccessFile> file)
      : uri_(std::move(uri)), file_(std::move(file)) {}

  Status ReadAt(int64_t offset, char* to, int64_t num_bytes, const Stopped&) override {
    for (int64_t done = 0; done < num_bytes;) {
      const auto got = file_->ReadAt(offset + done, num_bytes - done, to + done);
      if (!got.ok()) return IsMissing(got.status()) ? Changed(uri_) : StoreFailure(uri_, got.status());
      if (*got == 0) return Changed(uri_);  // it ends before it should
      done += *got;
    }
    return Status::OK();
  }

 private:
  const RemoteUri uri_;
  const std::shared_ptr<arrow::io::RandomAccessFile> file_;
};

class StoreFile : public RemoteFile {
 public:
  StoreFile(RemoteUri uri, const StoreEntry& entry, std::shared_ptr<fs::FileSystem> system)
      : RemoteFile(std::move(uri), entry.size, entry.mtime_ns), system_(std::move(system)) {}

  Result<std::unique_ptr<RangeReader>> OpenReader(const Stopped&) const override {
    ARROW_ASSIGN_OR_RAISE(auto file, OpenUnchanged());
    return std::make_unique<StoreReader>(uri(), std::move(file));
  }
  // An object is only ever replaced as a whole. If it is the same one before the first byte and behind the last, all
  // bytes between are its own.
  Status CheckUnchanged(const Stopped&) const override { return OpenUnchanged().status(); }
  Result<std::unique_ptr<ByteSource>> OpenSequential(std::function<Status()>) const override {
    return Status::UnknownError("an object store reads ranges");
  }
  double patience_seconds(int64_t num_bytes) const override {
    return RemoteTimeoutSeconds() + static_cast<double>(num_bytes) / kLeastBytesPerSecond;
  }

 private:
  Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenUnchanged() const {
    auto opened = system_->OpenInputFile(PathOf(uri()));
    if (!opened.ok()) return IsMissing(opened.status()) ? Changed(uri()) : StoreFailure(uri(), opened.status());
    auto file = std::move(opened).ValueUnsafe();
    ARROW_ASSIGN_OR_RAISE(const int64_t now, file->GetSize());
    ARROW_ASSIGN_OR_RAISE(const auto facts, file->ReadMetadata());
    std::string version;
    int64_t seconds = -1;
    for (int64_t i = 0; facts != nullptr && i < facts->size(); i++) {
      const std::string& name = facts->key(i);
      if (name == "ETag" || name == "VersionId" || name == "generation") version += facts->value(i) + " ";
      if (name == "Last-Modified" || name == "updated") seconds = ParseSeconds(facts->value(i));
    }
    const bool same_time = seconds < 0 || mtime_ns() == 0 || seconds == mtime_ns() / 1'000'000'000;
    std::lock_guard<std::mutex> lock(mutex_);
    if (version_.empty()) version_ = version;
    if (now != size() || !same_time || version != version_) return Changed(uri());
    return file;
  }

  const std::shared_ptr<fs::FileSystem> system_;
  mutable std::mutex mutex_;
  mutable std::string version_;  // of the first that was opened; guarded by mutex_
};

class ArrowStore : public ObjectStore {
 public:
  explicit ArrowStore(std::shared_ptr<fs::FileSystem> system) : system_(std::move(system)) {}

  Result<StoreEntry> Find(const RemoteUri& uri) override {
    const auto info = system_->GetFileInfo(PathOf(uri));
    if (!info.ok()) return StoreFailure(uri, info.status());
    if (info->type() != fs::FileType::NotFound) return EntryOf(*info, uri);
    const auto bucket = system_->GetFileInfo(uri.host);
    if (bucket.ok() && bucket->type() == fs::FileType::NotFound) return NoBucket(uri);
    return NoObject(uri);
  }

  Result<std::vector<StoreEntry>> List(const RemoteUri& directory, bool deep) override {
    fs::FileSelector selector;
    selector.base_dir = PathOf(directory);
    while (selector.base_dir.ends_with('/')) selector.base_dir.pop_back();
    const bool collapses = !deep && directory.scheme == RemoteScheme::kGcs;
    selector.recursive = deep || collapses;
    selector.allow_not_found = true;
    const auto found = system_->GetFileInfo(selector);
    if (!found.ok()) return StoreFailure(directory, found.status());
    std::vector<StoreEntry> entries;
    for (const fs::FileInfo& info : *found) entries.push_back(EntryOf(info, directory));
    if (collapses) Collapse(directory.key.empty() ? 0 : directory.key.size() + 1, &entries);
    return entries;
  }

  std::shared_ptr<const RemoteFile> File(RemoteUri uri, const StoreEntry& entry) override {
    return std::make_shared<StoreFile>(std::move(uri), entry, system_);
  }

 private:
  // Put folders in place of what lies below them. Arrow lists folders of Google's store only where an object marks
  // them.
  static void Collapse(size_t begin, std::vector<StoreEntry>* entries) {
    std::map<std::string, StoreEntry> folders;
    for (StoreEntry& entry : *entries) {
      const size_t slash = entry.key.find('/', begin);
      if (slash == std::string::npos) continue;
      StoreEntry& folder = folders[entry.key.substr(0, slash)];
      folder.key = entry.key.substr(0, slash);
      folder.is_directory = true;
      entry.key.clear();
    }
    std::erase_if(*entries, [&](const StoreEntry& entry) { return entry.key.empty() || entry.is_directory; });
    for (auto& folder : folders) entries->push_back(std::move(folder.second));
  }

  static StoreEntry EntryOf(const fs::FileInfo& info, const RemoteUri& uri) {
    StoreEntry entry;
    entry.key = info.path().size() > uri.host.size() ? info.path().substr(uri.host.size() + 1) : "";
    entry.is_directory = info.IsDirectory();
    entry.size = std::max<int64_t>(info.size(), 0);
    entry.mtime_ns = Nanoseconds(info.mtime());
    return entry;
  }

  const std::shared_ptr<fs::FileSystem> system_;
};

}  // namespace

Result<std::shared_ptr<ObjectStore>> ObjectStore::Open(const RemoteUri& uri) {
  static auto* mutex = new std::mutex;  // never destroyed: threads that are left behind may hold on to clients
  static auto* stores = new std::map<std::string, std::shared_ptr<ObjectStore>>;
  const bool is_s3 = uri.scheme == RemoteScheme::kS3;
  const std::string name = (is_s3 ? "s3://" : "gs://") + uri.host;
  {
    std::lock_guard<std::mutex> lock(*mutex);
    if (const auto known = stores->find(name); known != stores->end()) return known->second;
  }
  auto system = is_s3 ? OpenS3(uri.host) : OpenGcs(uri.host);
  if (!any_opened.exchange(true)) std::atexit([] { CloseObjectStores(); });
  if (!system.ok()) return StoreFailure(uri, system.status());
  std::lock_guard<std::mutex> lock(*mutex);
  return stores->emplace(name, std::make_shared<ArrowStore>(std::move(system).ValueUnsafe())).first->second;
}

RemoteUri WithKey(const RemoteUri& uri, const std::string& key) {
  RemoteUri other = uri;
  other.key = key;
  other.text = other.shown = (uri.scheme == RemoteScheme::kS3 ? "s3://" : "gs://") + uri.host + "/" + key;
  return other;
}

bool CloseObjectStores() {
  constexpr int kWaits = 4;
  for (int i = 0; i < kWaits && ThreadsApart() > 0; i++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMilliseconds));
  }
  if (ThreadsApart() > 0) return false;
  if (any_opened.exchange(false)) fs::EnsureFinalized();
  return true;
}

}  // namespace v0
}  // namespace headrace
