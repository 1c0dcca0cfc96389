#pragma once
// What the workers of a job hold, against what its memory limit leaves them.
// Takes: bytes, told by each worker of itself. Gives: whether that is too much. Owns: counters. Threads: any.
// Fails: never.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace headrace {
inline namespace v0 {

class MemoryBudget {
 public:
  /// `room_bytes`: for all workers together. `side_bytes`: what each takes beside the text, columns and pieces that it
  /// tells of.
  MemoryBudget(int64_t room_bytes, int64_t side_bytes, size_t workers)
      : room_bytes_(room_bytes), side_bytes_(side_bytes), shares_(new Share[workers]), workers_(workers) {}

  /// Return what a worker may tell of where it is the only one.
  int64_t most_bytes() const { return room_bytes_ - side_bytes_ - kept_.load(std::memory_order_relaxed); }

  /// Say what a worker holds, or will when it has come to the end of the unit in hand.
  void Hold(size_t worker, int64_t bytes) {
    bytes += side_bytes_;
    shares_[worker].held.store(bytes, std::memory_order_relaxed);
    int64_t largest = largest_.load(std::memory_order_relaxed);
    while (bytes > largest && !largest_.compare_exchange_weak(largest, bytes, std::memory_order_relaxed)) {
    }
  }

  /// Say that a worker rests: it holds nothing.
  void Leave(size_t worker) { shares_[worker].held.store(0, std::memory_order_relaxed); }

  /// Say what pieces hold whose turn has not come.
  void HoldPieces(int64_t bytes) { pieces_.store(bytes, std::memory_order_relaxed); }

  /// Say what is kept of committed pieces until the job ends; return whether that, if anything, leaves room for the
  /// next piece and for a unit as large as any has been, or half of it all.
  bool Keep(int64_t bytes, int64_t next_piece_bytes) {
    kept_.store(bytes, std::memory_order_relaxed);
    const int64_t unit_bytes = std::min(largest_.load(std::memory_order_relaxed), room_bytes_ / 2);
    return bytes == 0 || bytes + std::max(next_piece_bytes, unit_bytes) <= room_bytes_;
  }

  /// Say that a worker decodes a unit, which can be given up: `number` is greater for units that are later in order.
  void Begin(size_t worker, int64_t number) { shares_[worker].unit.store(number, std::memory_order_relaxed); }
  void End(size_t worker) { Begin(worker, kNone); }

  /// Whether more is held than there is room for.
  bool IsOver() const { return HeldBytes() > room_bytes_; }

  /// Whether `worker` is to give its unit up: too much is held, and no unit later in order can be given up for it.
  bool MustGiveUp(size_t worker) const {
    if (!IsOver()) return false;
    const int64_t own = shares_[worker].unit.load(std::memory_order_relaxed);
    for (size_t i = 0; i < workers_; i++) {
      if (shares_[i].unit.load(std::memory_order_relaxed) > own) return false;
    }
    return true;
  }

  /// Whether there is no room for another unit as large as any has been.
  bool IsShort() const { return HeldBytes() + largest_.load(std::memory_order_relaxed) > room_bytes_; }

  /// Whether `worker` may begin a unit: as large as any has been, beside what the others hold.
  bool FitsOneMore(size_t worker) const {
    const int64_t own = shares_[worker].held.load(std::memory_order_relaxed);
    return HeldBytes() - own + std::max(own, largest_.load(std::memory_order_relaxed)) <= room_bytes_;
  }

 private:
  static constexpr int64_t kNone = -1;
  struct Share {
    std::atomic<int64_t> held = 0, unit = kNone;
  };

  int64_t HeldBytes() const {
    int64_t sum = pieces_.load(std::memory_order_relaxed) + kept_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < workers_; i++) sum += shares_[i].held.load(std::memory_order_relaxed);
    return sum;
  }

  const int64_t room_bytes_, side_bytes_;
  const std::unique_ptr<Share[]> shares_;  // of each worker
  const size_t workers_;
  std::atomic<int64_t> pieces_ = 0, kept_ = 0;
  std::atomic<int64_t> largest_ = 0;  // that one worker has held
};

}  // namespace v0
}  // namespace headrace
