#include "source/store_failure.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "source/remote_file.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxCauseBytes = 200;

bool SaysAny(std::string_view message, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (message.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// What the client says, as one line. Of "When getting …: AWS Error NAME during HeadObject operation: text", the text,
// or where there is none the name.
std::string Cause(const Status& failure) {
  std::string cause = WithoutSecrets(failure.message());
  constexpr std::string_view kBefore = "AWS Error ", kBetween = " during ", kBehind = " operation: ";
  const size_t name = cause.find(kBefore), between = cause.find(kBetween, name), text = cause.find(kBehind, between);
  if (name != std::string::npos && between != std::string::npos && text != std::string::npos) {
    const std::string said = cause.substr(text + kBehind.size());
    const size_t begin = name + kBefore.size();
    cause = said.empty() || said.starts_with("No response body") ? cause.substr(begin, between - begin) : said;
  }
  cause.resize(std::min(cause.find('\n'), cause.size()));
  if (cause.size() > kMaxCauseBytes) cause = cause.substr(0, kMaxCauseBytes) + "...";
  return cause;
}

std::string Where(const RemoteUri& uri) {
  return uri.scheme == RemoteScheme::kS3 ? "AWS_… or a profile of ~/.aws" : "GOOGLE_APPLICATION_CREDENTIALS";
}

}  // namespace

bool IsMissing(const Status& failure) {
  return SaysAny(failure.message(), {"does not exist", "NO_SUCH_KEY", "NO_SUCH_BUCKET", "RESOURCE_NOT_FOUND",
                                     "HTTP status 404", "NOT_FOUND"});
}

Status NoBucket(const RemoteUri& uri) {
  return Status::IOError("there is no bucket '", uri.host, "'\nat ", uri.shown,
                         "\nfix: check its name, and the account and endpoint that the environment names");
}

Status NoObject(const RemoteUri& uri) {
  return Status::IOError("there is no object '", uri.shown, "', and none below it\n",
                         "fix: check the key; upper and lower case count");
}

Status StoreFailure(const RemoteUri& uri, const Status& failure) {
  const std::string& message = failure.message();
  if (failure.IsNotImplemented() || failure.IsCancelled()) return failure;
  if (SaysAny(message, {"NO_SUCH_BUCKET", "Bucket '", "specified bucket does not exist"})) return NoBucket(uri);
  if (SaysAny(message, {"configured region is", "HTTP status 301", "PermanentRedirect"})) {
    return Status::IOError("the bucket '", uri.host, "' lies in another region: ", Cause(failure),
                           "\nfix: set AWS_REGION to its region");
  }
  if (SaysAny(message, {"INVALID_ACCESS_KEY_ID", "SIGNATURE_DOES_NOT_MATCH", "INVALID_SIGNATURE", "UNRECOGNIZED_CLIENT",
                        "INVALID_CLIENT_TOKEN_ID", "MISSING_AUTHENTICATION_TOKEN", "ExpiredToken", "UNAUTHENTICATED",
                        "REQUEST_EXPIRED", "HTTP status 401"})) {
    return Status::IOError("the credentials for '", uri.shown, "' are refused\nfix: check ", Where(uri));
  }
  if (SaysAny(message, {"ACCESS_DENIED", "HTTP status 403", "PERMISSION_DENIED"})) {
    return Status::IOError("access to '", uri.shown, "' is denied\nfix: check ", Where(uri),
                           ", and that it may list the bucket and read the object");
  }
  if (SaysAny(message, {"Could not resolve host", "Couldn't resolve host", "resolve host"})) {
    return Status::IOError("the host that serves '", uri.shown, "' is not known\n",
                           "fix: check the network, and the endpoint that the environment names");
  }
  if (SaysAny(message, {"Timeout was reached", "REQUEST_TIMEOUT", "DEADLINE_EXCEEDED"})) return NoAnswer(uri);
  if (SaysAny(message, {"curlCode: 18,", "curlCode: 52,", "curlCode: 55,", "curlCode: 56,"})) {
    return Status::IOError("the connection for '", uri.shown, "' broke: ", Cause(failure), "\nfix: try again");
  }
  if (SaysAny(message, {"SSL", "certificate"})) {
    return Status::IOError("no trusted connection to the server of '", uri.shown, "': ", Cause(failure),
                           "\nfix: check its certificate; SSL_CERT_FILE names others to trust");
  }
  if (SaysAny(message, {"Could not connect", "Couldn't connect", "Failed to connect", "Connection refused"})) {
    return Status::IOError("the server of '", uri.shown, "' cannot be reached\n",
                           "fix: check the network, and the endpoint that the environment names");
  }
  if (IsMissing(failure)) return NoObject(uri);
  return Status::IOError("cannot read '", uri.shown, "': ", Cause(failure), "\nfix: try again");
}

}  // namespace v0
}  // namespace headrace
