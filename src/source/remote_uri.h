#pragma once
// Inputs of servers, by their names: s3://bucket/key, gs://bucket/key, http://host/path, https://host/path.
// Takes: text. Gives: its parts, and what of it may be shown. Owns: nothing. Threads: pure. Fails: Status that never
// repeats a secret.
#include <string>
#include <string_view>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

enum class RemoteScheme : uint8_t { kNone, kS3, kGcs, kHttp, kHttps };

/// Return the scheme that an input begins with, in either case; kNone: it is a path of this machine.
RemoteScheme SchemeOf(std::string_view input);
inline bool IsRemote(std::string_view input) { return SchemeOf(input) != RemoteScheme::kNone; }
inline bool IsHttp(RemoteScheme scheme) { return scheme == RemoteScheme::kHttp || scheme == RemoteScheme::kHttps; }

struct RemoteUri {
  RemoteScheme scheme = RemoteScheme::kNone;
  std::string text;   ///< as requests need it, without a fragment; may hold a signature: never to be shown
  std::string shown;  ///< as messages, reports and columns have it: a query is "?…"
  std::string host;   ///< HTTP: with the port; stores: the bucket
  std::string key;    ///< stores: behind the bucket, as it is: nothing in it is an escape or a query
};

/// Take a URI apart. A user, a password or keys in it are refused, for they would end up in logs and shell histories.
Result<RemoteUri> ParseRemoteUri(std::string_view input);

/// Return an input as it may be shown, whether it can be parsed or not: without user, query and fragment.
std::string ShownUri(std::string_view input);

/// Return a URI for naming what is made of it: its last part is a file's name, or where there is none the host.
std::string NamingUri(const RemoteUri& uri);

/// Fail where a file to be written or read as `what` is named by a URI.
Status RefuseRemote(std::string_view path, std::string_view what);

/// Return the text with the credentials of the environment replaced by "…".
std::string WithoutSecrets(std::string text);

}  // namespace v0
}  // namespace headrace
