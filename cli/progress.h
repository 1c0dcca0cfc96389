#pragma once
// The progress line on standard error. Takes: Snapshot. Threads: one call at a time. Fails: never.
#include <chrono>
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
  /// Take the line away.
  void Erase();
  bool wanted() const { return wanted_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool wanted_ = false, in_place_ = false, drawn_ = false;
  Clock::time_point next_;
};

/// Return the line for one moment, in at most `columns` characters.
std::string ProgressText(const Snapshot& snapshot, size_t columns);

}  // namespace headrace::cli
