#include "source/http_file.h"

#include <chrono>
#include <ctime>
#include <thread>

#include "source/http_request.h"
#include "source/left_behind.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kTries = 4;           // without a byte between them
constexpr int kFirstPauseMs = 250;  // doubled each time

int64_t Nanoseconds(const std::string& last_modified) {
  std::tm parts{};
  if (strptime(last_modified.c_str(), "%a, %d %b %Y %H:%M:%S", &parts) == nullptr) return 0;
  return int64_t{timegm(&parts)} * 1'000'000'000;
}

bool IsOverload(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

// Wait before another try, longer each time.
Status Pause(int tries, const Stopped& stopped) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kFirstPauseMs << (tries - 1));
  while (std::chrono::steady_clock::now() < end) {
    if (stopped()) return Status::Cancelled("stopped");
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMilliseconds));
  }
  return Status::OK();
}

// Start a request, wait for its head, and try again where the server or the way to it is at fault.
Status StartAndRetry(HttpRequest* request, int64_t begin, int64_t end, const std::string& if_match,
                     const Stopped& stopped, int* tries) {
  while (true) {
    ARROW_RETURN_NOT_OK(request->Start(begin, end, if_match));
    Status failure;
    while (failure.ok() && !request->has_head()) {
      if (stopped()) return Status::Cancelled("stopped");
      failure = request->Wait().status();
    }
    const bool again = failure.ok() ? IsOverload(request->head().status) : request->may_retry();
    if (!again) return failure;
    if (++*tries >= kTries) return failure.ok() ? request->ResponseFailure() : failure;
    ARROW_RETURN_NOT_OK(Pause(*tries, stopped));
  }
}

class HttpFile : public RemoteFile {
 public:
  HttpFile(RemoteUri uri, const HttpHead& head, int64_t size, bool has_ranges)
      : RemoteFile(std::move(uri), size, Nanoseconds(head.last_modified)), head_(head), has_ranges_(has_ranges) {}

  bool has_ranges() const override { return has_ranges_; }
  Result<std::unique_ptr<RangeReader>> OpenReader(const Stopped& stopped) const override;
  Status CheckUnchanged(const Stopped&) const override { return Status::OK(); }  // each response was checked
  Result<std::unique_ptr<ByteSource>> OpenSequential(std::function<Status()> poll_stop) const override;
  double patience_seconds(int64_t) const override { return 0; }

  // A weak ETag matches no condition.
  std::string if_match() const { return head_.etag.starts_with("W/") ? "" : head_.etag; }

  /// Check that a response is of the object that was planned.
  Status CheckHead(const HttpHead& head) const {
    const bool same = head.etag == head_.etag && head.last_modified == head_.last_modified;
    return same ? Status::OK() : Changed(uri());
  }

 private:
  const HttpHead head_;
  const bool has_ranges_;
};

class HttpReader : public RangeReader {
 public:
  HttpReader(const HttpFile& file, std::unique_ptr<HttpRequest> request) : file_(file), request_(std::move(request)) {}

  Status ReadAt(int64_t offset, char* to, int64_t num_bytes, const Stopped& stopped) override {
    int tries = 0;
    for (int64_t done = 0; done < num_bytes;) {
      ARROW_RETURN_NOT_OK(
          StartAndRetry(request_.get(), offset + done, offset + num_bytes, file_.if_match(), stopped, &tries));
      ARROW_RETURN_NOT_OK(CheckRange(offset + done));
      const int64_t before = done;
      Status failure = ReadBody(to, num_bytes, stopped, &done);
      if (failure.IsCancelled() || done == num_bytes) {
        request_->Stop();
        return done == num_bytes ? Status::OK() : failure;
      }
      if (done > before) tries = 0;
      if (failure.ok() && done > before) continue;  // servers may give less at once than was asked for
      if (!failure.ok() && !request_->may_retry()) return failure;
      if (++tries >= kTries) return failure.ok() ? Short() : failure;
      ARROW_RETURN_NOT_OK(Pause(tries, stopped));
    }
    return Status::OK();
  }

 private:
  Status Short() const {
    return Status::IOError("the server gives less of '", file_.uri().shown, "' than it promised\nfix: try again");
  }

  // Append what comes to `to`, up to `num_bytes` in all, until the response ends.
  Status ReadBody(char* to, int64_t num_bytes, const Stopped& stopped, int64_t* done) {
    while (true) {
      if (stopped()) return Status::Cancelled("stopped");
      ARROW_ASSIGN_OR_RAISE(const auto event, request_->Wait());
      if (event == HttpRequest::Event::kEnd) return Status::OK();  // and the connection is free for the next range
      if (event == HttpRequest::Event::kNothing) continue;
      if (*done == num_bytes) return Status::OK();  // more than was asked for
      *done += request_->Take(to + *done, num_bytes - *done);
    }
  }

  Status CheckRange(int64_t begin) const {
    const HttpHead& head = request_->head();
    if (head.status == 416) return Changed(file_.uri());
    if (!head.has_body()) return request_->ResponseFailure();
    ARROW_RETURN_NOT_OK(file_.CheckHead(head));
    if (head.whole_bytes >= 0 && head.whole_bytes != file_.size()) return Changed(file_.uri());
    if (head.status == 206 && head.range_begin == begin && !head.encoded) return Status::OK();
    return Status::IOError("the server of '", file_.uri().shown, "' gives other bytes than those asked for\n",
                           "fix: try again, or download the file first");
  }

  const HttpFile& file_;
  const std::unique_ptr<HttpRequest> request_;
};

// The whole body of one request. What breaks cannot be taken up again.
class HttpBody : public ByteSource {
 public:
  HttpBody(const HttpFile& file, std::unique_ptr<HttpRequest> request, std::function<Status()> poll_stop)
      : uri_(file.uri()), size_(file.size()), request_(std::move(request)), poll_stop_(std::move(poll_stop)) {}

  Result<int64_t> Read(char* to, int64_t num_bytes) override {
    while (!ended_) {
      ARROW_RETURN_NOT_OK(poll_stop_());
      ARROW_ASSIGN_OR_RAISE(const auto event, request_->Wait());
      ended_ = event == HttpRequest::Event::kEnd;
      if (event != HttpRequest::Event::kData) continue;
      const int64_t got = request_->Take(to, num_bytes);
      position_ += got;
      return got;
    }
    if (size_ < 0 || position_ == size_) return 0;
    return Status::IOError("'", uri_.shown, "' ends after ", position_, " of ", size_, " bytes\nfix: try again");
  }
  int64_t source_bytes() const override { return position_; }

 private:
  const RemoteUri uri_;
  const int64_t size_;
  const std::unique_ptr<HttpRequest> request_;
  const std::function<Status()> poll_stop_;
  int64_t position_ = 0;
  bool ended_ = false;
};

Result<std::unique_ptr<RangeReader>> HttpFile::OpenReader(const Stopped&) const {
  ARROW_ASSIGN_OR_RAISE(auto request, HttpRequest::Open(uri()));
  return std::make_unique<HttpReader>(*this, std::move(request));
}

Result<std::unique_ptr<ByteSource>> HttpFile::OpenSequential(std::function<Status()> poll_stop) const {
  ARROW_ASSIGN_OR_RAISE(auto request, HttpRequest::Open(uri()));
  int tries = 0;
  const Stopped stopped = [&poll_stop] { return !poll_stop().ok(); };
  ARROW_RETURN_NOT_OK(StartAndRetry(request.get(), 0, -1, if_match(), stopped, &tries));
  if (!request->head().has_body()) return request->ResponseFailure();
  ARROW_RETURN_NOT_OK(CheckHead(request->head()));
  if (request->head().content_length != size()) return Changed(uri());
  return std::make_unique<HttpBody>(*this, std::move(request), std::move(poll_stop));
}

}  // namespace

Result<std::shared_ptr<const RemoteFile>> OpenHttpFile(const RemoteUri& uri, const std::function<Status()>& poll_stop) {
  ARROW_ASSIGN_OR_RAISE(const auto request, HttpRequest::Open(uri));
  int tries = 0;
  const Stopped stopped = [&poll_stop] { return !poll_stop().ok(); };
  Status started = StartAndRetry(request.get(), 0, 1, "", stopped, &tries);
  // There may be no first byte. A server that does not say so may refuse every range.
  if (started.ok() && request->head().status == 416 && request->head().whole_bytes < 0) {
    started = StartAndRetry(request.get(), 0, -1, "", stopped, &tries);
  }
  if (started.IsCancelled()) ARROW_RETURN_NOT_OK(poll_stop());
  ARROW_RETURN_NOT_OK(started);
  const HttpHead head = request->head();
  const bool is_empty = head.status == 416 && head.whole_bytes == 0;
  if (!head.has_body() && !is_empty) return request->ResponseFailure();
  if (head.status == 206 && (head.range_begin != 0 || head.whole_bytes < 0)) {
    return Status::IOError("the server of '", uri.shown, "' does not say how long the file is\n",
                           "fix: download it first");
  }
  const bool has_ranges = head.status == 206 || is_empty;
  const int64_t size = is_empty ? 0 : has_ranges ? head.whole_bytes : head.content_length;
  if (!has_ranges && size < 0 && !head.chunked) {
    return Status::IOError("the server of '", uri.shown, "' ends the file by closing the connection: ",
                           "what is cut off would look whole\nfix: download it first");
  }
  return std::make_shared<const HttpFile>(uri, head, size, has_ranges);
}

}  // namespace v0
}  // namespace headrace
