#pragma once
// The bytes of a remote object, several ranges of it on their way at the same time.
//
//   thread 0 ── range 0, 4, … ──┐        Ranges are small at first, for who only wants to see the head: the second
//   thread 1 ── range 1, 5, … ──┼──▶ Read is asked for when the first has been read, and from then on there are always
//   thread 2 ── range 2, 6, … ──┘        as many as there is room for.
//
// Takes: a RemoteFile. Gives: its bytes, in order. Owns: no more than kRanges buffers of `range_bytes`, counted in the
// job's memory. Threads: one reads; its own, which are left behind where a server holds them. Fails: with what a range
// fails with, in its place; where the object changed, at the latest at its end.
#include <functional>
#include <memory>

#include "source/byte_source.h"
#include "source/remote_file.h"

namespace headrace {
inline namespace v0 {

class RangeSource : public ByteSource {
 public:
  /// Ranges on their way, or waiting to be read, at the same time.
  static constexpr int64_t kRanges = 4;

  /// Read `file` from its start. `poll_stop` ends a wait by failing; it is called by who reads alone.
  RangeSource(std::shared_ptr<const RemoteFile> file, int64_t range_bytes, std::function<Status()> poll_stop);
  ~RangeSource() override;

  Result<int64_t> Read(char* to, int64_t num_bytes) override;
  int64_t source_bytes() const override { return position_; }

 private:
  struct Block;
  struct Shared;

  static void Fetch(const std::shared_ptr<Shared>& shared);
  void AddThreads(int64_t count);
  Status WaitForBlock();
  void PopBlock();
  Status CheckEnd();

  const std::shared_ptr<Shared> shared_;
  const std::function<Status()> poll_stop_;
  std::shared_ptr<Block> block_;  // that is read; the first of the shared ones
  int64_t block_at_ = 0;
  int64_t position_ = 0;
  bool checked_ = false;
};

}  // namespace v0
}  // namespace headrace
