#pragma once
// A bucket of S3 or Google Cloud Storage, through Arrow's file systems. S3 is a library of its own where Arrow comes
// from the wheel: it is loaded when the first bucket is opened, so that other jobs do not wait for it.
// Takes: a RemoteUri. Gives: what lies in the bucket, and RemoteFile. Owns: clients, one a bucket, for the process.
// Threads: any number. Fails: Status without credentials in it.
#include <memory>
#include <string>
#include <vector>

#include "source/remote_file.h"

namespace headrace {
inline namespace v0 {

/// What stands in a bucket under a name.
struct StoreEntry {
  std::string key;
  bool is_directory = false;
  int64_t size = 0;
  int64_t mtime_ns = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// Open the bucket of `uri`. Calls may hang: make them apart (left_behind.h).
  static Result<std::shared_ptr<ObjectStore>> Open(const RemoteUri& uri);

  /// Look for an object, or for a directory that has one below; fails where there is none.
  virtual Result<StoreEntry> Find(const RemoteUri& uri) = 0;
  /// List what lies right below a directory, in no order; with `deep` everything below it. An empty key is the bucket;
  /// below what is not there lies nothing.
  virtual Result<std::vector<StoreEntry>> List(const RemoteUri& directory, bool deep) = 0;
  /// Return an object as it was found.
  virtual std::shared_ptr<const RemoteFile> File(RemoteUri uri, const StoreEntry& entry) = 0;
};

/// Return the same bucket's URI with another key.
RemoteUri WithKey(const RemoteUri& uri, const std::string& key);

/// End the client libraries, where one was loaded and no call hangs in it. Return false where one does: then the
/// process has to end without what runs at its end (_exit). Nothing may be read afterwards.
bool CloseObjectStores();

}  // namespace v0
}  // namespace headrace
