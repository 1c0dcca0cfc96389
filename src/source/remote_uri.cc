#include "source/remote_uri.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

constexpr std::pair<std::string_view, RemoteScheme> kSchemes[] = {{"s3://", RemoteScheme::kS3},
                                                                  {"gs://", RemoteScheme::kGcs},
                                                                  {"http://", RemoteScheme::kHttp},
                                                                  {"https://", RemoteScheme::kHttps}};
constexpr const char* kSecretVariables[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
                                            "HEADRACE_HTTP_TOKEN"};
constexpr std::string_view kHidden = "?\u2026";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }

bool StartsWith(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(),
                                                   [](char wanted, char found) { return Lower(found) == wanted; });
}

// What stands between the slashes: perhaps a user before '@', then a host or a bucket.
std::string_view Authority(std::string_view input) {
  const std::string_view rest = input.substr(input.find("://") + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

// A store's keys in the query, as other programs take them.
bool HoldsKeys(std::string_view input) {
  constexpr std::string_view kNames[] = {
      "access_key", "secret_key", "session_token", "aws_access_key_id", "aws_secret_access_key", "aws_session_token"};
  for (size_t at = input.find_first_of("?&"); at != std::string_view::npos; at = input.find_first_of("?&", at + 1)) {
    const std::string_view name = input.substr(at + 1, input.find('=', at) - at - 1);
    const auto same = [name](std::string_view known) { return name.size() == known.size() && StartsWith(name, known); };
    if (std::any_of(std::begin(kNames), std::end(kNames), same)) return true;
  }
  return false;
}

}  // namespace

RemoteScheme SchemeOf(std::string_view input) {
  for (const auto& [prefix, scheme] : kSchemes) {
    if (StartsWith(input, prefix)) return scheme;
  }
  return RemoteScheme::kNone;
}

std::string ShownUri(std::string_view input) {
  const RemoteScheme scheme = SchemeOf(input);
  if (scheme == RemoteScheme::kNone) return std::string(input);
  const size_t begin = input.find("://") + 3;
  const std::string_view authority = Authority(input);
  const size_t user = authority.rfind('@');
  std::string shown(input.substr(0, begin));
  if (user != std::string_view::npos) shown += "\u2026@";
  std::string_view rest = input.substr(begin + (user == std::string_view::npos ? 0 : user + 1));
  if (!IsHttp(scheme)) return shown.append(HoldsKeys(rest) ? rest.substr(0, rest.find('?')) : rest);
  rest = rest.substr(0, rest.find('#'));
  const size_t query = rest.find('?');
  shown += rest.substr(0, query);
  if (query != std::string_view::npos) shown += kHidden;
  return shown;
}

Result<RemoteUri> ParseRemoteUri(std::string_view input) {
  RemoteUri uri;
  uri.scheme = SchemeOf(input);
  uri.shown = ShownUri(input);
  const std::string_view authority = Authority(input);
  if (authority.find('@') != std::string_view::npos) {
    return Status::Invalid("'", uri.shown, "' holds a user or a password, which command lines and logs would show\n",
                           "fix: take it out; see \"Credentials\" in docs/inputs.md for where they belong");
  }
  if (!IsHttp(uri.scheme) && HoldsKeys(input)) {
    return Status::Invalid("'", uri.shown, "' has keys in its query, which command lines and logs would show\n",
                           "fix: take them out; see \"Credentials\" in docs/inputs.md for where they belong");
  }
  uri.host = authority;
  if (uri.host.empty()) {
    return Status::Invalid("'", uri.shown, "' names no ", IsHttp(uri.scheme) ? "host" : "bucket");
  }
  const std::string_view rest = input.substr(input.find("://") + 3 + authority.size());
  if (IsHttp(uri.scheme)) {
    uri.text = input.substr(0, input.find('#'));
    const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
    if (std::any_of(uri.text.begin(), uri.text.end(), is_blank)) {
      return Status::Invalid("'", uri.shown, "' has a space or a control byte in it\nfix: write it as %20 or its like");
    }
  } else if (!rest.empty() && rest[0] != '/') {
    return Status::Invalid("'", uri.shown, "' has no '/' behind the bucket's name");
  } else {
    uri.text = input;
    uri.key = rest.substr(std::min<size_t>(rest.size(), 1));
  }
  return uri;
}

std::string NamingUri(const RemoteUri& uri) {
  std::string name = IsHttp(uri.scheme) ? uri.text.substr(0, uri.text.find('?')) : uri.text;
  while (name.ends_with('/')) name.pop_back();
  return name;
}

Status RefuseRemote(std::string_view path, std::string_view what) {
  if (!IsRemote(path)) return Status::OK();
  return Status::Invalid("the ", what, " '", ShownUri(path), "' lies on a server, and only inputs can\n",
                         "fix: name a file of this machine");
}

std::string WithoutSecrets(std::string text) {
  for (const char* variable : kSecretVariables) {
    const char* value = std::getenv(variable);
    const std::string_view secret = value == nullptr ? "" : value;
    if (secret.size() < 4) continue;
    for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "\u2026");
    }
  }
  return text;
}

}  // namespace v0
}  // namespace headrace
