#pragma once
// One object of a server, as it was when the job was planned.
// Takes: a RemoteUri. Gives: its size, and its bytes, in ranges or from start to end. Owns: nothing that blocks.
// Threads: any number; a reader is one thread's. Fails: Status that names the object and says how to mend it; with
// IsChanged where the object is no longer the one that was planned.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "headrace/status.h"
#include "source/byte_source.h"
#include "source/remote_uri.h"

namespace headrace {
inline namespace v0 {

/// Asked while a call waits for a server; true ends it with Cancelled.
using Stopped = std::function<bool()>;

class RangeReader {
 public:
  virtual ~RangeReader() = default;
  /// Read exactly `num_bytes`, all of which lie in the object. A connection that breaks is opened again.
  virtual Status ReadAt(int64_t offset, char* to, int64_t num_bytes, const Stopped& stopped) = 0;
};

class RemoteFile {
 public:
  virtual ~RemoteFile() = default;

  const RemoteUri& uri() const { return uri_; }
  int64_t size() const { return size_; }  ///< -1: the server does not say
  int64_t mtime_ns() const { return mtime_ns_; }

  /// Return whether parts of it can be asked for.
  virtual bool has_ranges() const { return true; }
  /// Open a connection of its own.
  virtual Result<std::unique_ptr<RangeReader>> OpenReader(const Stopped& stopped) const = 0;
  /// Fail where the object is no longer the one whose bytes all readers so far have given.
  virtual Status CheckUnchanged(const Stopped& stopped) const = 0;
  /// Read all of it from start to end in one request; where there are no ranges.
  virtual Result<std::unique_ptr<ByteSource>> OpenSequential(std::function<Status()> poll_stop) const = 0;
  /// Return how long a call may take without a sign of life; calls of readers end by themselves where it is 0.
  virtual double patience_seconds(int64_t num_bytes) const = 0;

 protected:
  RemoteFile(RemoteUri uri, int64_t size, int64_t mtime_ns) : uri_(std::move(uri)), size_(size), mtime_ns_(mtime_ns) {}

 private:
  const RemoteUri uri_;
  const int64_t size_;
  const int64_t mtime_ns_;
};

/// Return a failure that says that an object changed while it was read. It is never taken for a damage of the file.
Status Changed(const RemoteUri& uri);
bool IsChanged(const Status& status);

/// Return a failure that says that a server gave no sign of life for too long.
Status NoAnswer(const RemoteUri& uri);

/// Return the seconds after which a server that gives no sign of life is given up: HEADRACE_REMOTE_TIMEOUT, or 30.
double RemoteTimeoutSeconds();

}  // namespace v0
}  // namespace headrace
