#pragma once
// Threads that decompress and convert ahead of whoever reads, so that workers parse meanwhile.
//
//   run 0 ── blocks ──┐            A run is text from one place of the file on. The first begins at the file's start;
//   run 1 ── blocks ──┼──▶ Read    where others may begin is guessed, and they run at the same time. A run ends where
//   run 2 ── blocks ──┘            another begins. A guess that no run ends at is dropped: the text is always that of
//                                  one run after the other, exactly.
//
// Takes: a ByteSource, or how to find and open runs. Gives: text. Owns: threads and blocks: no more than
// (threads + 1) x max_run_bytes. Threads: one reads; its own. Fails: with what the source fails with, in its place.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "source/byte_source.h"

namespace headrace {
inline namespace v0 {

/// How to find places of a file where a run may begin, and to read from there.
struct RunFinder {
  /// Return the first such place in [from, to); -1: none.
  std::function<Result<int64_t>(int64_t from, int64_t to)> find;
  /// Open a run. It ends before a place of which `ends_before` says so; its source_bytes() are positions in the file.
  std::function<Result<std::unique_ptr<ByteSource>>(int64_t begin, std::function<bool(int64_t)> ends_before)> open;
  int64_t file_bytes = 0;
};

class Readahead : public ByteSource {
 public:
  /// Read `source` ahead, in one thread, in blocks of `block_bytes`.
  static Result<std::unique_ptr<ByteSource>> Make(std::unique_ptr<ByteSource> source, int64_t max_run_bytes,
                                                  int64_t block_bytes);
  /// Read a file's runs, in up to `threads` threads.
  static Result<std::unique_ptr<ByteSource>> Make(RunFinder finder, int64_t threads, int64_t max_run_bytes,
                                                  int64_t block_bytes);
  ~Readahead() override;

  Result<int64_t> Read(char* to, int64_t num_bytes) override;
  int64_t source_bytes() const override { return block_.source_end; }

 private:
  struct Block {
    std::vector<char> bytes;  // kept and used again: fresh memory costs more than what is done with it
    size_t size = 0;
    int64_t source_end = 0;  // position in the file behind what it was made of
  };
  struct Run {
    int64_t begin = 0;
    std::unique_ptr<ByteSource> source;
    std::deque<Block> blocks;
    int64_t held_bytes = 0;
    bool dropped = false;  // nobody wants its text
    bool ended = false;
    int64_t end = 0;
    Status status;
  };

  Readahead(RunFinder finder, int64_t threads, int64_t max_run_bytes, int64_t block_bytes);
  Status Start(std::unique_ptr<ByteSource> first);
  void Work();
  std::shared_ptr<Run> ClaimRun(std::unique_lock<std::mutex>* lock);
  std::shared_ptr<Run> FindRun(std::unique_lock<std::mutex>* lock, int64_t from, int64_t to);
  void Fill(Run* run, std::unique_lock<std::mutex>* lock);
  Result<bool> NextBlock();
  void PopRun();
  bool BeginsAt(int64_t position);

  const RunFinder finder_;
  const size_t num_threads_;
  const int64_t max_run_bytes_;
  const size_t block_bytes_;
  Block block_;  // the reader's
  size_t block_at_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  // All below is guarded by mutex_.
  std::deque<std::shared_ptr<Run>> runs_;  // by begin; the first is the one that is read
  bool first_claimed_ = false, finding_ = false, stopped_ = false;
  int64_t reached_ = 0;                   // by the first run: no other may begin before
  int64_t find_from_ = 0;                 // where the next guess is looked for
  std::vector<std::vector<char>> spare_;  // memory of blocks that were read
  std::vector<std::thread> threads_;
};

}  // namespace v0
}  // namespace headrace
