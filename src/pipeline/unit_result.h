#pragma once
// What a worker hands to the committer: a unit's account, its rejects and its encoded piece.
#include <cstdint>
#include <memory>
#include <vector>

#include "headrace/reject.h"
#include "pipeline/reject_log.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// The account of the records of one file in one unit.
struct SegmentResult {
  int32_t file = 0;
  static constexpr int64_t kAbandoned = -1;  ///< as `begin`: not carried to its end, must be redone
  int64_t begin = 0;                         ///< where its first record starts
  int64_t end = 0;                           ///< behind its last record
  bool is_first = false;
  bool is_last = false;
  int64_t records = 0;  ///< rows, rejected and filtered records
  int64_t rejected = 0;
  int64_t filtered = 0;      ///< records that are not wanted
  int64_t skipped = 0;       ///< blank lines and comments
  int64_t nulled = 0;        ///< values
  Bent bent;                 ///< of the records
  int64_t lines = 0;         ///< LFs in [begin, end)
  int64_t source_bytes = 0;  ///< as they lie on disk
  double seconds = 0;
  int64_t num_faults = 0;       ///< records that are no rows by the dialect's rules
  int64_t kept_rejects = 0;     ///< that it has in the unit's log
  bool breaks_promise = false;  ///< one of them does not fit an inferred type: the unit ends there
  bool has_fault = false;       ///< one of them is a fault of the text
  bool is_damaged = false;      ///< the file could not be read to its end, and the rest is a reject
};

struct UnitResult {
  UnitId id;
  std::vector<SegmentResult> segments;
  /// Of all segments. `record` and `line` count from 0 within the segment; offsets are those of the file.
  RejectLog rejects;
  std::unique_ptr<Piece> piece;  ///< nullptr where no row was kept
  bool ends_stream = false;
  bool gave_up = false;      ///< memory was short: to be carried again
  bool stopped = false;      ///< at the first fault, which fails the job: there is no piece
  bool ends_job = false;     ///< has the last record that is wanted (--rows)
  bool is_unwanted = false;  ///< nothing of it is committed: it lies behind that, or behind damage
  Status failure;  ///< why the unit could not be carried; reported when its turn comes, so that the first in order wins
};

}  // namespace v0
}  // namespace headrace
