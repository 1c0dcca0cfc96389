#include "source/readahead.h"

#include <algorithm>

#include "os/out_of_memory.h"
#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kLeastBlockBytes = 64 << 10;
constexpr size_t kLeastRoom = 8 << 10;  // in a block: less is left empty, for sources write straight into large room
constexpr int64_t kMinRunBytes = 256 << 10;    // of the file: shorter runs are not worth a hand-over
constexpr int64_t kLookaheadBytes = 32 << 20;  // of the file, from where the reader is

}  // namespace

Readahead::Readahead(RunFinder finder, int64_t threads, int64_t max_run_bytes, int64_t block_bytes)
    : finder_(std::move(finder)),
      num_threads_(static_cast<size_t>(threads)),
      max_run_bytes_(max_run_bytes),
      block_bytes_(static_cast<size_t>(std::max(block_bytes, kLeastBlockBytes))) {}

Result<std::unique_ptr<ByteSource>> Readahead::Make(std::unique_ptr<ByteSource> source, int64_t max_run_bytes,
                                                    int64_t block_bytes) {
  std::unique_ptr<Readahead> ahead(new Readahead({}, 1, max_run_bytes, block_bytes));
  ARROW_RETURN_NOT_OK(ahead->Start(std::move(source)));
  return ahead;
}

Result<std::unique_ptr<ByteSource>> Readahead::Make(RunFinder finder, int64_t threads, int64_t max_run_bytes,
                                                    int64_t block_bytes) {
  std::unique_ptr<Readahead> ahead(new Readahead(std::move(finder), threads, max_run_bytes, block_bytes));
  ARROW_ASSIGN_OR_RAISE(auto first,
                        ahead->finder_.open(0, [raw = ahead.get()](int64_t at) { return raw->BeginsAt(at); }));
  ARROW_RETURN_NOT_OK(ahead->Start(std::move(first)));
  return ahead;
}

Status Readahead::Start(std::unique_ptr<ByteSource> first) {
  runs_.push_back(std::make_shared<Run>());
  runs_.back()->source = std::move(first);
  find_from_ = kMinRunBytes;
  for (size_t i = 0; i < num_threads_; i++) {
    std::thread thread;
    if (!StartThread(&thread, [this] { Work(); })) break;
    threads_.push_back(std::move(thread));
  }
  return threads_.empty() ? NoMoreThreads() : Status::OK();
}

Readahead::~Readahead() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Readahead::BeginsAt(int64_t position) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& run : runs_) {
    if (run->begin == position) return true;
  }
  return false;
}

void Readahead::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (const std::shared_ptr<Run> run = ClaimRun(&lock)) Fill(run.get(), &lock);
}

// Wait for a run to fill; none when there will be no other.
std::shared_ptr<Readahead::Run> Readahead::ClaimRun(std::unique_lock<std::mutex>* lock) {
  while (!stopped_ && !runs_.empty()) {
    if (!first_claimed_) {
      first_claimed_ = true;
      return runs_.front();
    }
    const int64_t from = std::max(find_from_, reached_);
    if (from >= finder_.file_bytes) return nullptr;
    const int64_t to = std::min(finder_.file_bytes, reached_ + kLookaheadBytes);
    if (!finding_ && runs_.size() <= num_threads_ && from < to) {
      if (auto run = FindRun(lock, from, to)) return run;
    } else {
      changed_.wait(*lock);
    }
  }
  return nullptr;
}

// Look for the next run; none where there is none yet. Does so without holding the lock.
std::shared_ptr<Readahead::Run> Readahead::FindRun(std::unique_lock<std::mutex>* lock, int64_t from, int64_t to) {
  finding_ = true;
  lock->unlock();
  const auto found = CatchBadAlloc([&] { return finder_.find(from, to); });
  auto run = std::make_shared<Run>();
  if (found.ok() && *found >= 0) {
    auto source = CatchBadAlloc([&] { return finder_.open(*found, [this](int64_t at) { return BeginsAt(at); }); });
    if (source.ok()) run->source = std::move(source).ValueUnsafe();
    run->begin = *found;
  }
  lock->lock();
  finding_ = false;
  changed_.notify_all();
  find_from_ = found.ok() ? (*found < 0 ? to : *found + kMinRunBytes) : finder_.file_bytes;
  // A failure to look ahead is none: the run that is read will meet it.
  if (!run->source || run->begin < reached_ || runs_.empty()) return nullptr;
  runs_.push_back(run);
  return run;
}

// Read the run block by block, as far as there is room.
void Readahead::Fill(Run* run, std::unique_lock<std::mutex>* lock) {
  while (!stopped_ && !run->dropped && !run->ended) {
    if (run->held_bytes >= max_run_bytes_) {
      changed_.wait(*lock);
      continue;
    }
    Block block;
    if (!spare_.empty()) {
      block.bytes = std::move(spare_.back());
      spare_.pop_back();
    }
    lock->unlock();
    size_t size = 0;
    bool ended = false;
    const Status status = CatchBadAlloc([&]() -> Status {
      block.bytes.resize(block_bytes_);
      while (block_bytes_ - size > kLeastRoom && !ended) {
        char* to = block.bytes.data() + size;
        ARROW_ASSIGN_OR_RAISE(const int64_t got, run->source->Read(to, static_cast<int64_t>(block_bytes_ - size)));
        size += static_cast<size_t>(got);
        ended = got == 0;
      }
      return Status::OK();
    });
    block.size = size;
    block.source_end = run->source->source_bytes();
    lock->lock();
    if (!runs_.empty() && runs_.front().get() == run) reached_ = std::max(reached_, block.source_end);
    run->end = block.source_end;
    run->status = status;
    run->ended = ended || !status.ok();
    run->held_bytes += static_cast<int64_t>(size);
    if (size > 0) run->blocks.push_back(std::move(block));
    changed_.notify_all();
  }
}

// The first run has ended and all its text is read. Whatever began before its end was a wrong guess. Where no other run
// begins at its end, the file ends there, perhaps sooner than it did.
void Readahead::PopRun() {
  const int64_t end = runs_.front()->end;
  reached_ = std::max(reached_, end);
  runs_.pop_front();
  while (!runs_.empty() && runs_.front()->begin != end) {
    runs_.front()->dropped = true;
    runs_.pop_front();
  }
  changed_.notify_all();
}

// Take the next block; false at the end.
Result<bool> Readahead::NextBlock() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!runs_.empty()) {
    Run& run = *runs_.front();
    if (!run.blocks.empty()) {
      if (!block_.bytes.empty()) spare_.push_back(std::move(block_.bytes));
      block_ = std::move(run.blocks.front());
      block_at_ = 0;
      run.blocks.pop_front();
      run.held_bytes -= static_cast<int64_t>(block_.size);
      changed_.notify_all();
      return true;
    }
    if (!run.ended) {
      changed_.wait(lock);
    } else if (!run.status.ok()) {
      return run.status;
    } else {
      PopRun();
    }
  }
  return false;
}

Result<int64_t> Readahead::Read(char* to, int64_t num_bytes) {
  while (block_at_ == block_.size) {
    ARROW_ASSIGN_OR_RAISE(const bool any, NextBlock());
    if (!any) return 0;
  }
  const size_t size = std::min(block_.size - block_at_, static_cast<size_t>(num_bytes));
  std::memcpy(to, block_.bytes.data() + block_at_, size);
  block_at_ += size;
  return static_cast<int64_t>(size);
}

}  // namespace v0
}  // namespace headrace
