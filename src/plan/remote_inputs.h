#pragma once
// From a URI to the files of a server that it stands for. In a store, keys have folders as paths have, and globs and
// folders stand for what they do on this machine; of a web server nothing can be listed, and '?' begins the query.
// Takes: a URI. Gives: RemoteFiles. Owns: nothing. Threads: one. Fails: Status that names the URI without secrets.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "source/remote_file.h"

namespace headrace {
inline namespace v0 {

/// Return whether a name has a character in it that globs have.
inline bool IsGlob(const std::string& input) { return input.find_first_of("*?[") != std::string::npos; }
/// Return whether a name is left out where a folder stands for its files.
inline bool IsHidden(const std::string& name) { return name.empty() || name[0] == '.' || name[0] == '_'; }

/// Look for what `input` stands for, sorted by bytes. `recursive`: folders are searched below.
Result<std::vector<std::shared_ptr<const RemoteFile>>> ExpandRemote(const std::string& input, bool recursive,
                                                                    const std::function<Status()>& poll_stop);

/// Fail where a token of the environment would be sent to more than one host.
Status CheckTokenHosts(const std::vector<std::string>& inputs);

}  // namespace v0
}  // namespace headrace
