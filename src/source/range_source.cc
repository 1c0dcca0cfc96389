#include "source/range_source.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <vector>

#include "os/start_thread.h"
#include "source/left_behind.h"

namespace headrace {
inline namespace v0 {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kFirstBytes = 256 << 10;
constexpr auto kPatienceAtEnd = std::chrono::milliseconds(4 * kPollMilliseconds);

}  // namespace

struct RangeSource::Block {
  int64_t offset = 0, size = 0;
  std::vector<char> bytes;  // written by one thread until `done`
  // Guarded by the mutex of Shared:
  Clock::time_point begun;
  bool done = false;
  Status status;
};

struct RangeSource::Shared {
  std::shared_ptr<const RemoteFile> file;
  int64_t range_bytes = 0;
  std::atomic<bool> stopped = false;  // set under the mutex

  std::mutex mutex;
  std::condition_variable changed;
  // All below is guarded by mutex.
  std::deque<std::shared_ptr<Block>> blocks;  // in order; the first is the one that is read
  std::vector<std::vector<char>> spare;       // memory of blocks that were read
  int64_t next_offset = 0;
  int64_t next_bytes = 0;
  int64_t threads = 0;
};

RangeSource::RangeSource(std::shared_ptr<const RemoteFile> file, int64_t range_bytes, std::function<Status()> poll_stop)
    : shared_(std::make_shared<Shared>()), poll_stop_(std::move(poll_stop)) {
  shared_->file = std::move(file);
  shared_->range_bytes = range_bytes;
  shared_->next_bytes = std::min(kFirstBytes, range_bytes);
  AddThreads(1);
}

// What still waits for a server keeps its buffer and is left behind.
RangeSource::~RangeSource() {
  std::unique_lock<std::mutex> lock(shared_->mutex);
  shared_->stopped = true;
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, kPatienceAtEnd, [this] { return shared_->threads == 0; });
}

void RangeSource::AddThreads(int64_t count) {
  {
    std::lock_guard<std::mutex> lock(shared_->mutex);
    const int64_t left = shared_->file->size() - shared_->next_offset;
    count = std::min(count, (left + shared_->next_bytes - 1) / shared_->next_bytes);
    shared_->threads += count;
  }
  for (int64_t i = 0; i < count; i++) {
    if (RunApart([shared = shared_] { Fetch(shared); })) continue;
    std::lock_guard<std::mutex> lock(shared_->mutex);
    if (--shared_->threads > 0) continue;  // the others do its part
    auto block = shared_->blocks.emplace_back(std::make_shared<Block>());
    block->done = true;
    block->status = NoMoreThreads();
  }
}

// One thread: fetch one range after the other, each the first that nobody has claimed.
void RangeSource::Fetch(const std::shared_ptr<Shared>& shared) {
  const RemoteFile& file = *shared->file;
  const Stopped stopped = [raw = shared.get()] { return raw->stopped.load(); };
  std::unique_ptr<RangeReader> reader;
  std::unique_lock<std::mutex> lock(shared->mutex);
  while (!shared->stopped && shared->next_offset < file.size()) {
    const auto room = static_cast<size_t>(std::min(kRanges, shared->threads));
    if (shared->blocks.size() >= room) {
      shared->changed.wait(lock);
      continue;
    }
    auto block = shared->blocks.emplace_back(std::make_shared<Block>());
    block->offset = shared->next_offset;
    block->size = std::min(shared->next_bytes, file.size() - block->offset);
    block->begun = Clock::now();
    shared->next_offset += block->size;
    shared->next_bytes = std::min(2 * shared->next_bytes, shared->range_bytes);
    if (!shared->spare.empty()) {
      block->bytes = std::move(shared->spare.back());
      shared->spare.pop_back();
    }
    lock.unlock();
    Status status;
    if (reader == nullptr) status = file.OpenReader(stopped).Value(&reader);
    if (status.ok()) {
      block->bytes.resize(static_cast<size_t>(block->size));
      status = reader->ReadAt(block->offset, block->bytes.data(), block->size, stopped);
    }
    lock.lock();
    block->done = true;
    block->status = status;
    if (!status.ok()) shared->next_offset = file.size();  // what lies behind is not wanted any more
    shared->changed.notify_all();
  }
  lock.unlock();
  reader.reset();
  lock.lock();
  shared->threads--;
  shared->changed.notify_all();
}

// Make block_ the first one, whole.
Status RangeSource::WaitForBlock() {
  std::unique_lock<std::mutex> lock(shared_->mutex);
  while (shared_->blocks.empty() || !shared_->blocks.front()->done) {
    shared_->changed.wait_for(lock, std::chrono::milliseconds(kPollMilliseconds));
    ARROW_RETURN_NOT_OK(poll_stop_());
    if (shared_->blocks.empty() || shared_->blocks.front()->done) continue;
    const Block& first = *shared_->blocks.front();
    const double patience = shared_->file->patience_seconds(first.size);
    if (patience <= 0 || Clock::now() - first.begun < std::chrono::duration<double>(patience)) continue;
    return NoAnswer(shared_->file->uri());
  }
  ARROW_RETURN_NOT_OK(shared_->blocks.front()->status);
  block_ = shared_->blocks.front();
  block_at_ = 0;
  return Status::OK();
}

void RangeSource::PopBlock() {
  bool is_first = false;
  {
    std::lock_guard<std::mutex> lock(shared_->mutex);
    is_first = block_->offset == 0;
    shared_->blocks.pop_front();
    shared_->spare.push_back(std::move(block_->bytes));
    shared_->changed.notify_all();
  }
  block_.reset();
  if (is_first) AddThreads(kRanges - 1);
}

Status RangeSource::CheckEnd() {
  if (checked_) return Status::OK();
  const std::function<Result<bool>()> check = [file = shared_->file]() -> Result<bool> {
    ARROW_RETURN_NOT_OK(file->CheckUnchanged([] { return false; }));
    return true;
  };
  const RemoteFile& file = *shared_->file;
  ARROW_RETURN_NOT_OK(CallApart<bool>(check, poll_stop_, RemoteTimeoutSeconds(), NoAnswer(file.uri())));
  checked_ = true;
  return Status::OK();
}

Result<int64_t> RangeSource::Read(char* to, int64_t num_bytes) {
  if (block_ != nullptr && block_at_ == block_->size) PopBlock();
  if (block_ == nullptr) {
    if (position_ == shared_->file->size()) {
      ARROW_RETURN_NOT_OK(CheckEnd());
      return 0;
    }
    ARROW_RETURN_NOT_OK(WaitForBlock());
  }
  const int64_t size = std::min(block_->size - block_at_, num_bytes);
  std::memcpy(to, block_->bytes.data() + block_at_, static_cast<size_t>(size));
  block_at_ += size;
  position_ += size;
  return size;
}

}  // namespace v0
}  // namespace headrace
