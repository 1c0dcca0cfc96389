#pragma once
// Tells a worker what comes before its unit, as soon as the units before it are parsed: where its first record starts,
// and its numbers. Made only where something depends on them: columns of record or line numbers, or --rows.
// Takes: units' accounts, published in any order of threads. Gives: UnitBase. Owns: one link a chain. Threads: any.
// Fails: where an earlier unit failed, which is reported when its turn to be committed comes.
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// A place in source order: which planned unit and, of a stream, which of its units.
using Place = std::pair<size_t, int64_t>;

/// What comes before a unit.
struct UnitBase {
  int64_t begin = -1;              ///< where its first record starts; -1: at the head of a file
  int64_t records = 0, lines = 0;  ///< of the file
  bool is_damaged = false;         ///< the file cannot be read from there on
  int64_t job_records = 0;         ///< of the whole job; kept only where the chain spans it
};

class PositionChain {
 public:
  /// One chain a file, or, where `whole_job`, a single one: then every unit waits for those before it.
  PositionChain(size_t files, bool whole_job);

  /// Wait for what comes before `place`, a unit of `file`. Units must be taken in source order (or, of streams, in the
  /// stream's order), so that those before it are being carried already.
  Result<UnitBase> Wait(const Place& place, int32_t file, bool is_head);

  /// Say what comes behind a unit of `file`: the base of `next`.
  void Publish(int32_t file, const Place& next, const UnitBase& base);

  /// No unit behind those published is wanted: all get this base, without waiting for each other.
  void End(int32_t file, const UnitBase& base);

  /// The unit at `place` will not say what comes behind it: those behind it fail, those before it do not.
  void Break(int32_t file, const Place& place);

  /// The job has failed: units that others wait for may never be taken, so nobody waits any more.
  void BreakAll();

 private:
  struct Link {
    Place next{0, 0};
    UnitBase base;
    bool ended = false;
    std::optional<Place> broken;
  };
  Link& LinkOf(int32_t file) { return links_[whole_job_ ? 0 : static_cast<size_t>(file)]; }

  const bool whole_job_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Link> links_;
};

}  // namespace v0
}  // namespace headrace
