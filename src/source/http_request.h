#pragma once
// One GET after the other over one connection, with a wait that can be ended at any time.
//
// Credentials come from the environment: HEADRACE_HTTP_TOKEN, sent over https (or to this machine) and to no other host
// that a redirect leads to; else ~/.netrc, by host. Proxies as curl takes them from the environment.
//
// Takes: a RemoteUri, a range. Gives: the head of the response, and its body in pieces. Owns: a connection. Threads:
// one at a time. Fails: Status that names the URL without its query and says how to mend it.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "source/curl_api.h"
#include "source/remote_file.h"

namespace headrace {
inline namespace v0 {

/// What stands before the body.
struct HttpHead {
  int status = 0;
  int64_t content_length = -1;
  int64_t range_begin = -1;  ///< of Content-Range
  int64_t whole_bytes = -1;  ///< of the object, where Content-Range says it
  bool encoded = false;      ///< by a coding that was not asked for
  bool chunked = false;      ///< or in frames: the end of the body shows
  std::string etag;
  std::string last_modified;

  bool has_body() const { return status == 200 || status == 206; }
};

class HttpRequest {
 public:
  /// What happened while waiting.
  enum class Event : uint8_t { kData, kNothing, kEnd };

  static Result<std::unique_ptr<HttpRequest>> Open(RemoteUri uri);
  ~HttpRequest();

  /// Ask for the bytes [begin, end), or where `end` is negative for the whole body. `if_match`: an ETag or empty.
  Status Start(int64_t begin, int64_t end, const std::string& if_match);
  /// Wait a moment for more. kEnd: all has come. Fails where the connection does, or is still for too long.
  Result<Event> Wait();
  /// End the request; the connection stays open where it can.
  void Stop();

  /// The head, once a body has begun or ended.
  const HttpHead& head() const { return head_; }
  bool has_head() const { return in_body_; }
  /// Take up to `num_bytes` of the body that came; where much waits, the server is made to wait.
  int64_t Take(char* to, int64_t num_bytes);

  /// Return a failure for a response that is not the wanted body.
  Status ResponseFailure() const;
  /// Return whether it is worth to ask again: the connection broke, or the server is overloaded.
  bool may_retry() const { return may_retry_; }

 private:
  explicit HttpRequest(RemoteUri uri, const CurlApi& api);
  Status SetOptions(const std::string& range, const std::string& if_match);
  Status SetCredentials();
  Status Failure(CURLcode code);
  void NoteHeader(std::string_view line);
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);

  const RemoteUri uri_;
  const CurlApi& api_;
  CURLM* multi_ = nullptr;
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = {};
  bool running_ = false, paused_ = false, in_body_ = false, may_retry_ = false;
  Status failure_;  // of the connection, behind what stands in body_
  HttpHead head_;
  std::string body_;  // what came and was not taken
  size_t body_at_ = 0;
  std::chrono::steady_clock::time_point last_sign_;
};

}  // namespace v0
}  // namespace headrace
