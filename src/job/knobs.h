#pragma once
// Sets every knob of a job that is left open, and says why: from what the user set, a level, the machine, the inputs.
// Takes: a SettledJob with its files and units. Gives: its Config, whole. Owns: nothing. Threads: one. Fails: Status
// where the job cannot run in the memory it may have.
#include <algorithm>
#include <vector>

#include "job/settle.h"
#include "os/machine.h"

namespace headrace {
inline namespace v0 {

/// What one job of these options may hold at once: shares of workers, and what they have in common.
struct MemoryPlan {
  int64_t base_bytes = 0;     ///< program, libraries, codecs
  int64_t side_bytes = 0;     ///< of one worker: what threads read ahead for it, and small things
  int64_t stream_bytes = 0;   ///< text of a stream that one worker holds; 0 where there is none
  int64_t chunks = 0;         ///< of a plain file that one worker holds
  int64_t columns_bytes = 0;  ///< of one worker, of the usual shape, with what encodes them and a finished piece

  /// Return what one worker holds.
  int64_t EachBytes(int64_t chunk_bytes) const {
    return side_bytes + std::max(stream_bytes, chunks * chunk_bytes) + columns_bytes;
  }
};
MemoryPlan PlanMemory(const SettledJob& settled);

/// Set the knobs of `settled->config` that are open, by what `allowance` leaves.
Status SettleKnobs(const Allowance& allowance, SettledJob* settled);

/// Return the knobs as text, for reports.
std::vector<KnobReport> DescribeConfig(const SettledJob& settled);

}  // namespace v0
}  // namespace headrace
