#pragma once
// Turns a job as it was asked for into one that can run: inputs resolved, options checked, every knob set.
// Takes: Job. Gives: SettledJob. Owns: nothing. Threads: one. Fails: Status that says how to mend the job.
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "headrace/ingest.h"
#include "job/where.h"
#include "ledger/rejects.h"
#include "pipeline/carrier.h"
#include "plan/inputs.h"
#include "plan/units.h"
#include "sink/sink.h"
#include "tune/saved_settings.h"
#include "tune/verdict.h"

namespace headrace {
inline namespace v0 {

struct SettledJob {
  Options options;  ///< those of the job; the schema has the columns that are added to those of the text
  std::vector<InputFacts> files;
  std::vector<PlannedUnit> units;
  std::vector<SinkColumn> columns;  ///< of the output
  std::vector<int32_t> kept;        ///< for each of them, its column in the schema
  std::optional<Where> where;
  Config config;
  JobFacts facts;
  int64_t max_workers = 0;  ///< that may ever run: more than those of `config` where the job is tuned
  bool tunes_chunk = false;
  std::optional<SavedSetting> saved;                               ///< of an earlier run
  std::string tune_note;                                           ///< of what is wrong with those
  std::function<bool(int64_t workers, int64_t chunk_bytes)> fits;  ///< into the memory limit
  int64_t waiting_bytes_each = 0;  ///< for each worker, of finished pieces whose turn has not come
  int64_t room_bytes = 0;          ///< of memory, for all workers
  int64_t side_bytes = 0;          ///< of it, what each takes beside text, columns and pieces

  std::vector<std::string> paths() const;         ///< of the files
  std::vector<std::string> naming_paths() const;  ///< of the files, for names made from them
};

/// Refuse a HEADRACE_SIMD that names no level of the machine.
Status CheckSimdLevel();

/// Refuse sizes and limits of reading that are out of range.
Status CheckLimits(const Options& options);

/// Check `job`, look at its inputs, choose the knobs that are left open. `stop` ends a wait for a server.
Result<SettledJob> Settle(const Job& job, const arrow::StopToken& stop);

/// Make what the workers share. `settled` and `context` must outlive it.
Result<std::unique_ptr<JobState>> Prepare(const SettledJob& settled, const RunContext& context,
                                          arrow::StopToken closed);

/// Begin to fetch files ahead of the workers, where that is wanted. `state` ends it.
void StartPrefetch(const SettledJob& settled, JobState* state);

/// Create the rejects file; nullptr where none is wanted.
Result<std::unique_ptr<RejectWriter>> OpenRejects(const Options& options, const SettledJob& settled);

/// Return under what the job's tuned setting is saved: machine, device, types and form of the output.
std::string SettingKey(const SettledJob& settled);

}  // namespace v0
}  // namespace headrace
