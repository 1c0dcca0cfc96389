#include "plan/remote_inputs.h"

#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "source/http_file.h"
#include "source/left_behind.h"
#include "source/object_store.h"

namespace headrace {
inline namespace v0 {
namespace {

using Files = std::vector<std::shared_ptr<const RemoteFile>>;

constexpr double kListTimeouts = 20;  // a long list comes in pages

// A bucket whose calls can be given up.
class Bucket {
 public:
  Bucket(RemoteUri uri, const std::function<Status()>& poll_stop) : uri_(std::move(uri)), poll_stop_(poll_stop) {}

  Status Open() {
    return Call<std::shared_ptr<ObjectStore>>([uri = uri_] { return ObjectStore::Open(uri); }, 1).Value(&store_);
  }
  Result<StoreEntry> Find(const std::string& key) const {
    return Call<StoreEntry>([store = store_, uri = WithKey(uri_, key)] { return store->Find(uri); }, 1);
  }
  Result<std::vector<StoreEntry>> List(const std::string& key, bool deep) const {
    return Call<std::vector<StoreEntry>>(
        [store = store_, uri = WithKey(uri_, key), deep] { return store->List(uri, deep); }, kListTimeouts);
  }
  std::shared_ptr<const RemoteFile> File(const StoreEntry& entry) const {
    return store_->File(WithKey(uri_, entry.key), entry);
  }
  const RemoteUri& uri() const { return uri_; }

 private:
  template <class T>
  Result<T> Call(std::function<Result<T>()> call, double timeouts) const {
    return CallApart<T>(std::move(call), poll_stop_, timeouts * RemoteTimeoutSeconds(), NoAnswer(uri_));
  }

  const RemoteUri uri_;
  const std::function<Status()>& poll_stop_;
  std::shared_ptr<ObjectStore> store_;
};

// A pattern's parts between slashes, matched in one folder after the other; `**` is any number of folders.
class StoreGlob {
 public:
  explicit StoreGlob(const Bucket& bucket) : bucket_(bucket) {
    const std::string& pattern = bucket.uri().key;
    for (size_t begin = 0; begin <= pattern.size();) {
      const size_t end = std::min(pattern.find('/', begin), pattern.size());
      parts_.push_back(pattern.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  Result<Files> Expand() {
    ARROW_RETURN_NOT_OK(Match("", 0));
    Files files;
    for (const auto& [key, entry] : found_) files.push_back(bucket_.File(entry));
    return files;
  }

 private:
  Status Match(const std::string& folder, size_t i) {
    const std::string& part = parts_[i];
    const bool is_last = i + 1 == parts_.size();
    const std::string prefix = folder.empty() ? "" : folder + "/";
    if (part == "**") {
      if (!is_last) ARROW_RETURN_NOT_OK(Match(folder, i + 1));
    } else if (!IsGlob(part) && !is_last) {
      return Match(prefix + part, i + 1);
    }
    ARROW_ASSIGN_OR_RAISE(const auto entries, bucket_.List(folder, /*deep=*/false));
    for (const StoreEntry& entry : entries) {
      const std::string name = entry.key.substr(entry.key.rfind('/') + 1);  // npos + 1 = 0: no slash
      if (name.empty() || entry.key.size() <= prefix.size()) continue;  // a folder without a name: no path leads there
      const bool is_deep = part == "**" && !name.starts_with('.');
      const bool fits = part == "**" ? is_deep && is_last : fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0;
      if (entry.is_directory) {
        if (is_deep) ARROW_RETURN_NOT_OK(Match(entry.key, i));
        if (fits && !is_last) ARROW_RETURN_NOT_OK(Match(entry.key, i + 1));
      } else if (fits && is_last) {
        found_.emplace(entry.key, entry);
      }
    }
    return Status::OK();
  }

  const Bucket& bucket_;
  std::vector<std::string> parts_;
  std::map<std::string, StoreEntry> found_;
};

// Whether a part of the key below the folder is hidden.
bool IsHiddenBelow(const std::string& key, size_t begin) {
  while (begin <= key.size()) {
    const size_t end = std::min(key.find('/', begin), key.size());
    if (IsHidden(key.substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return false;
}

Result<Files> ExpandFolder(const Bucket& bucket, const std::string& folder, bool recursive) {
  ARROW_ASSIGN_OR_RAISE(auto entries, bucket.List(folder, recursive));
  const size_t below = folder.empty() ? 0 : folder.size() + 1;
  std::erase_if(entries,
                [&](const StoreEntry& entry) { return entry.is_directory || IsHiddenBelow(entry.key, below); });
  if (entries.empty()) {
    return Status::Invalid("no object in '", bucket.uri().shown,
                           "' (hidden names and names that begin with '_' do not count",
                           recursive ? ")." : "; --recursive searches the folders below).");
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  Files files;
  for (const StoreEntry& entry : entries) files.push_back(bucket.File(entry));
  return files;
}

Result<Files> ExpandStore(const RemoteUri& uri, bool recursive, const std::function<Status()>& poll_stop) {
  Bucket bucket(uri, poll_stop);
  ARROW_RETURN_NOT_OK(bucket.Open());
  std::string key = uri.key;
  while (key.ends_with('/')) key.pop_back();
  const auto found = bucket.Find(key);
  if (found.ok() && !found->is_directory && !uri.key.ends_with('/')) return Files{bucket.File(*found)};
  if (found.ok() && found->is_directory) return ExpandFolder(bucket, key, recursive);
  if (!IsGlob(key)) {
    ARROW_RETURN_NOT_OK(found);
    return Status::Invalid("'", uri.shown, "' is an object, not a folder\nfix: leave out the slash at its end");
  }
  ARROW_RETURN_NOT_OK(bucket.Find(""));  // tells of a bucket that is not there
  ARROW_ASSIGN_OR_RAISE(Files files, StoreGlob(bucket).Expand());
  if (!files.empty()) return files;
  return Status::Invalid("no object matches '", uri.shown, "'\nfix: check the pattern; upper and lower case count");
}

}  // namespace

Result<Files> ExpandRemote(const std::string& input, bool recursive, const std::function<Status()>& poll_stop) {
  ARROW_ASSIGN_OR_RAISE(const RemoteUri uri, ParseRemoteUri(input));
  if (!IsHttp(uri.scheme)) return ExpandStore(uri, recursive, poll_stop);
  ARROW_ASSIGN_OR_RAISE(auto file, OpenHttpFile(uri, poll_stop));
  return Files{std::move(file)};
}

Status CheckTokenHosts(const std::vector<std::string>& inputs) {
  const char* token = std::getenv("HEADRACE_HTTP_TOKEN");
  if (token == nullptr || *token == '\0') return Status::OK();
  std::string first;
  for (const std::string& input : inputs) {
    if (!IsHttp(SchemeOf(input))) continue;
    ARROW_ASSIGN_OR_RAISE(const RemoteUri uri, ParseRemoteUri(input));
    if (first.empty()) first = uri.host;
    if (uri.host == first) continue;
    return Status::Invalid("HEADRACE_HTTP_TOKEN would be sent to two hosts: ", first, " and ", uri.host,
                           "\nfix: load them apart, or write a line for each into ~/.netrc");
  }
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
