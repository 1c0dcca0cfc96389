#include "os/prefetcher.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kMaxThreads = 2;
// Longer advice is cut short by Linux at what the device takes at once, this is not.
constexpr int64_t kStepBytes = 128 << 10;
// Behind that, the system's own readahead has long begun; more would push out what is read now.
constexpr int64_t kMaxFileBytes = int64_t{256} << 20;

}  // namespace

Prefetcher::Prefetcher(std::vector<std::string> paths, int64_t files_ahead)
    : paths_(std::move(paths)), files_ahead_(files_ahead) {
  for (int64_t i = 0; i < std::min(files_ahead, kMaxThreads); i++) {
    std::thread thread;
    if (StartThread(&thread, [this] { Work(); })) threads_.push_back(std::move(thread));  // without one, none is ahead
  }
}

Prefetcher::~Prefetcher() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Prefetcher::Reached(int64_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (index <= reached_) return;
  reached_ = index;
  changed_.notify_all();
}

int64_t Prefetcher::fetched() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return fetched_;
}

// Whether nobody reads the file yet.
bool Prefetcher::IsWanted(int64_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  return !stopped_ && index > reached_;
}

void Prefetcher::Work() {
  const auto count = static_cast<int64_t>(paths_.size());
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_) {
    next_ = std::max(next_, reached_ + 1);
    if (next_ >= count) return;
    if (next_ > reached_ + files_ahead_) {
      changed_.wait(lock);
      continue;
    }
    const int64_t index = next_++;
    lock.unlock();
    const bool whole = Fetch(paths_[static_cast<size_t>(index)], index);
    lock.lock();
    fetched_ += whole;
  }
}

bool Prefetcher::Fetch(const std::string& path, int64_t index) {
  const int fd = path.empty() ? -1 : open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat file;
  const int64_t size =
      fstat(fd, &file) == 0 && S_ISREG(file.st_mode) ? std::min<int64_t>(file.st_size, kMaxFileBytes) : 0;
  int64_t at = 0;
  for (; at < size && IsWanted(index); at += kStepBytes) {
#ifdef POSIX_FADV_WILLNEED
    posix_fadvise(fd, at, kStepBytes, POSIX_FADV_WILLNEED);
#endif
  }
  close(fd);
  return size > 0 && at >= size;
}

}  // namespace v0
}  // namespace headrace
