#include "source/http_request.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "source/left_behind.h"

namespace headrace {
inline namespace v0 {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long kMaxRedirects = 10;              // NOLINT: curl takes long
constexpr long kBufferBytes = 128 << 10;        // NOLINT: curl takes long
constexpr size_t kMaxWaitingBytes = 256 << 10;  // of a body; more: the server is made to wait

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }

// The value of a header, where `line` is one of that name.
bool IsHeader(std::string_view line, std::string_view name, std::string_view* value) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  for (size_t i = 0; i < name.size(); i++) {
    if (Lower(line[i]) != name[i]) return false;
  }
  line.remove_prefix(name.size() + 1);
  const size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  const size_t end = line.find_last_not_of(" \t\r\n");
  *value = end == std::string_view::npos ? "" : line.substr(begin, end + 1 - begin);
  return true;
}

int64_t ParseInteger(std::string_view text) {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

// Without the port.
std::string_view HostName(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool IsThisMachine(std::string_view host) {
  const std::string_view name = HostName(host);
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

}  // namespace

HttpRequest::HttpRequest(RemoteUri uri, const CurlApi& api) : uri_(std::move(uri)), api_(api) {}

Result<std::unique_ptr<HttpRequest>> HttpRequest::Open(RemoteUri uri) {
  ARROW_ASSIGN_OR_RAISE(const CurlApi* api, LoadCurl());
  std::unique_ptr<HttpRequest> request(new HttpRequest(std::move(uri), *api));
  request->multi_ = api->multi_init();
  request->easy_ = api->easy_init();
  if (request->multi_ == nullptr || request->easy_ == nullptr) return Status::OutOfMemory("no memory for a connection");
  return request;
}

HttpRequest::~HttpRequest() {
  Stop();
  if (easy_ != nullptr) api_.easy_cleanup(easy_);
  if (multi_ != nullptr) api_.multi_cleanup(multi_);
}

void HttpRequest::Stop() {
  if (running_) api_.multi_remove_handle(multi_, easy_);
  running_ = false;
  if (headers_ != nullptr) api_.slist_free_all(headers_);
  headers_ = nullptr;
}

Status HttpRequest::SetCredentials() {
  const char* token = std::getenv("HEADRACE_HTTP_TOKEN");
  const bool is_safe = uri_.scheme == RemoteScheme::kHttps || IsThisMachine(uri_.host);
  if (token == nullptr || *token == '\0' || !is_safe) {
    api_.easy_setopt(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));  // NOLINT: curl takes long
    return Status::OK();
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(token, token + std::strlen(token), is_control)) {
    return Status::Invalid(
        "HEADRACE_HTTP_TOKEN has a line end or a control byte in it\nfix: set it to the token alone");
  }
  api_.easy_setopt(easy_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));  // NOLINT: curl takes long
  api_.easy_setopt(easy_, CURLOPT_XOAUTH2_BEARER, token);
  return Status::OK();
}

Status HttpRequest::SetOptions(const std::string& range, const std::string& if_match) {
  const auto set_long = [this](CURLoption option, long value) {  // NOLINT: curl takes long
    return api_.easy_setopt(easy_, option, value) == CURLE_OK;
  };
  const auto set_text = [this](CURLoption option, const char* value) {
    return api_.easy_setopt(easy_, option, value) == CURLE_OK;
  };
  const auto timeout = static_cast<long>(RemoteTimeoutSeconds() * 1000);  // NOLINT: curl takes long
  const char* protocols = uri_.scheme == RemoteScheme::kHttps ? "https" : "http,https";
  api_.easy_reset(easy_);
  bool set = set_text(CURLOPT_URL, uri_.text.c_str()) && set_text(CURLOPT_PROTOCOLS_STR, "http,https") &&
             set_text(CURLOPT_REDIR_PROTOCOLS_STR, protocols) && set_long(CURLOPT_FOLLOWLOCATION, 1) &&
             set_long(CURLOPT_MAXREDIRS, kMaxRedirects) && set_long(CURLOPT_NOSIGNAL, 1) &&
             set_long(CURLOPT_CONNECTTIMEOUT_MS, timeout) && set_text(CURLOPT_USERAGENT, "headrace/" HEADRACE_VERSION);
  set_long(CURLOPT_BUFFERSIZE, kBufferBytes);  // refused by a handle that has one
  set_long(CURLOPT_QUICK_EXIT, 1);             // a look-up of a name that hangs is not waited for; of libcurl 7.87
  api_.easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  api_.easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &HttpRequest::OnHeader);
  api_.easy_setopt(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
  api_.easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &HttpRequest::OnBody);
  api_.easy_setopt(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
  if (!range.empty()) set = set && set_text(CURLOPT_RANGE, range.c_str());
  if (const char* trusted = std::getenv("SSL_CERT_FILE")) set_text(CURLOPT_CAINFO, trusted);
  headers_ = api_.slist_append(headers_, "Accept-Encoding: identity");
  if (!if_match.empty()) headers_ = api_.slist_append(headers_, ("If-Match: " + if_match).c_str());
  api_.easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  if (!set) {
    return Status::NotImplemented(
        "this libcurl is too old: 7.85 or later is needed\nfix: update it (Debian: libcurl4)");
  }
  return SetCredentials();
}

Status HttpRequest::Start(int64_t begin, int64_t end, const std::string& if_match) {
  Stop();
  head_ = HttpHead();
  body_.clear();
  body_at_ = 0;
  error_[0] = '\0';
  failure_ = Status::OK();
  paused_ = in_body_ = may_retry_ = false;
  ARROW_RETURN_NOT_OK(SetOptions(end < 0 ? "" : std::to_string(begin) + "-" + std::to_string(end - 1), if_match));
  last_sign_ = Clock::now();
  running_ = api_.multi_add_handle(multi_, easy_) == CURLM_OK;
  return running_ ? Status::OK() : Status::UnknownError("libcurl takes no request");
}

size_t HttpRequest::OnHeader(char* data, size_t size, size_t count, void* self) {
  static_cast<HttpRequest*>(self)->NoteHeader(std::string_view(data, size * count));
  return size * count;
}

void HttpRequest::NoteHeader(std::string_view line) {
  last_sign_ = Clock::now();
  std::string_view value;
  if (line.starts_with("HTTP/")) {  // of the last response alone: there may be redirects before it
    head_ = HttpHead();
    head_.chunked = line.size() > 5 && line[5] >= '2';
  } else if (IsHeader(line, "content-length", &value)) {
    head_.content_length = ParseInteger(value);
  } else if (IsHeader(line, "transfer-encoding", &value)) {
    head_.chunked = head_.chunked || value.find("chunked") != std::string_view::npos;
  } else if (IsHeader(line, "content-encoding", &value)) {
    head_.encoded = value != "identity";
  } else if (IsHeader(line, "etag", &value)) {
    head_.etag = value;
  } else if (IsHeader(line, "last-modified", &value)) {
    head_.last_modified = value;
  } else if (IsHeader(line, "content-range", &value) && value.starts_with("bytes ")) {
    const size_t slash = std::min(value.find('/'), value.size());
    head_.range_begin = ParseInteger(value.substr(6, std::min(value.find('-'), slash) - std::min<size_t>(6, slash)));
    if (slash < value.size()) head_.whole_bytes = ParseInteger(value.substr(slash + 1));
  }
}

size_t HttpRequest::OnBody(char* data, size_t size, size_t count, void* self) {
  auto* request = static_cast<HttpRequest*>(self);
  const size_t num_bytes = size * count;
  long status = 0;  // NOLINT: curl gives long
  request->api_.easy_getinfo(request->easy_, CURLINFO_RESPONSE_CODE, &status);
  request->head_.status = static_cast<int>(status);
  request->in_body_ = true;
  request->last_sign_ = Clock::now();
  if (!request->head_.has_body()) return num_bytes;  // the text of an error page
  if (request->body_.size() - request->body_at_ >= kMaxWaitingBytes) {
    request->paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  request->body_.append(data, num_bytes);
  return num_bytes;
}

int64_t HttpRequest::Take(char* to, int64_t num_bytes) {
  const size_t size = std::min(body_.size() - body_at_, static_cast<size_t>(num_bytes));
  std::memcpy(to, body_.data() + body_at_, size);
  body_at_ += size;
  if (body_at_ == body_.size()) {
    body_.clear();
    body_at_ = 0;
  }
  return static_cast<int64_t>(size);
}

Result<HttpRequest::Event> HttpRequest::Wait() {
  if (body_at_ < body_.size()) return Event::kData;
  ARROW_RETURN_NOT_OK(failure_);
  if (!running_) return Event::kEnd;
  if (paused_) {
    paused_ = false;
    last_sign_ = Clock::now();  // who waited was this side
    api_.easy_pause(easy_, CURLPAUSE_CONT);
  }
  int still_running = 0;
  api_.multi_perform(multi_, &still_running);
  if (body_.empty() && still_running > 0) {
    api_.multi_poll(multi_, nullptr, 0, kPollMilliseconds, nullptr);
    api_.multi_perform(multi_, &still_running);
  }
  int left = 0;
  while (const CURLMsg* message = api_.multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    long status = 0;  // NOLINT: curl gives long
    api_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    head_.status = static_cast<int>(status);
    Stop();
    in_body_ = true;
    if (code != CURLE_OK) failure_ = Failure(code);  // behind what came before it
  }
  if (body_at_ < body_.size()) return Event::kData;
  ARROW_RETURN_NOT_OK(failure_);
  if (!running_) return Event::kEnd;
  if (Clock::now() - last_sign_ > std::chrono::duration<double>(RemoteTimeoutSeconds())) {
    Stop();
    may_retry_ = true;
    return NoAnswer(uri_);
  }
  return Event::kNothing;
}

Status HttpRequest::Failure(CURLcode code) {
  const std::string cause = WithoutSecrets(error_[0] != '\0' ? error_ : api_.easy_strerror(code));
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      may_retry_ = true;
      return Status::IOError("the host of '", uri_.shown, "' is not known\nfix: check its name and the network");
    case CURLE_COULDNT_CONNECT:
      may_retry_ = true;
      return Status::IOError("the server of '", uri_.shown, "' cannot be reached\n",
                             "fix: check host and port, and whether the server runs");
    case CURLE_OPERATION_TIMEDOUT:
      may_retry_ = true;
      return NoAnswer(uri_);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return Status::IOError("no trusted connection to the server of '", uri_.shown, "': ", cause,
                             "\nfix: check its certificate; SSL_CERT_FILE names others to trust");
    case CURLE_TOO_MANY_REDIRECTS:
      return Status::IOError("'", uri_.shown, "' leads from one place to the next without end\nfix: check the URL");
    case CURLE_WEIRD_SERVER_REPLY:
      return Status::IOError("the server of '", uri_.shown, "' does not speak HTTP\nfix: check the port");
    case CURLE_UNSUPPORTED_PROTOCOL:
      if (cause.find("HTTP/0.9") != std::string::npos) return Failure(CURLE_WEIRD_SERVER_REPLY);
      return Status::IOError("'", uri_.shown, "' leads to a place that is not read, such as http from https\n",
                             "fix: name the place where the file lies");
    case CURLE_URL_MALFORMAT:
      return Status::Invalid("'", uri_.shown, "' is no URL\nfix: check host, port and escapes");
    default:
      may_retry_ = true;
      return Status::IOError("the connection for '", uri_.shown, "' broke: ", cause, "\nfix: try again");
  }
}

Status HttpRequest::ResponseFailure() const {
  const int status = head_.status;
  const std::string answer = " (the server answers " + std::to_string(status) + ")";
  if (status == 412) return Changed(uri_);
  if (status == 404 || status == 410) {
    return Status::IOError("there is no '", uri_.shown, "'", answer, "\nfix: check the URL");
  }
  if (status == 401 || status == 403 || status == 407) {
    const char* token = std::getenv("HEADRACE_HTTP_TOKEN");
    const bool is_held_back = token != nullptr && uri_.scheme == RemoteScheme::kHttp && !IsThisMachine(uri_.host);
    return Status::IOError("access to '", uri_.shown, "' is denied", answer, "\nfix: ",
                           is_held_back ? "use https: HEADRACE_HTTP_TOKEN is not sent over http"
                                        : "set HEADRACE_HTTP_TOKEN, or a line for the host in ~/.netrc; a signed URL "
                                          "may have expired");
  }
  return Status::IOError("cannot read '", uri_.shown, "'", answer,
                         "\nfix: ", status >= 500 || status == 429 ? "try again later" : "check the URL");
}

}  // namespace v0
}  // namespace headrace
