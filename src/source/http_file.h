#pragma once
// A file of a web server.
// Takes: a RemoteUri. Gives: RemoteFile: in ranges where the server gives them, else from start to end in one request.
// Owns: nothing. Threads: any number. Fails: Status that names the URL without its query. Every response must be of the
// object that was planned: by ETag, time of change and size. A body that is shorter than its head says, or whose end
// does not show, is an error.
#include <memory>

#include "source/remote_file.h"

namespace headrace {
inline namespace v0 {

/// Ask the server for the first byte: that tells size, version, and whether ranges can be had.
Result<std::shared_ptr<const RemoteFile>> OpenHttpFile(const RemoteUri& uri, const std::function<Status()>& poll_stop);

}  // namespace v0
}  // namespace headrace
