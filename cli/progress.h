#pragma once
// The progress line on standard error. Takes: Snapshot. Threads: any. Fails: never.
#include <chrono>
#include <mutex>
#include <string>

#include "cli/request.h"

namespace headrace::cli {

class Progress {
 public:
  explicit Progress(const Telling& telling);
  ~Progress() { Erase(); }

  /// Draw where that is wanted: on a terminal one line in place, at most ten times a second; elsewhere (--progress
  /// always) whole lines, at most one a second.
  void Show(const Snapshot& snapshot);
  /// The same, from a sample; its verdict stands in the line from then on.
  void Show(const Sample& sample);
  /// Take the line away.
  void Erase();
  bool wanted() const { return wanted_; }

 private:
  using Clock = std::chrono::steady_clock;
  void Draw(const Snapshot& snapshot);

  bool wanted_ = false, in_place_ = false;
  std::mutex mutex_;
  // All below is guarded by mutex_.
  bool drawn_ = false;
  std::string note_;
  Clock::time_point next_;
};

/// Return the line for one moment, in at most `columns` characters; `note` comes last.
std::string ProgressText(const Snapshot& snapshot, size_t columns, const std::string& note = "");

}  // namespace headrace::cli
