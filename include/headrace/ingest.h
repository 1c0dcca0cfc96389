#pragma once
// The public entry: run a job into a sink, or open it as a stream of record batches.
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/util/cancel.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "headrace/metrics.h"
#include "headrace/options.h"
#include "headrace/report.h"

namespace headrace {
inline namespace v0 {

class KeptInputs;

/// A job: everything that decides what is done.
struct Job {
  std::vector<std::string> inputs;  ///< files, globs, directories, URIs (s3, gs, http, https), "-" for standard input
  Options options;
  Config config;
  std::shared_ptr<const KeptInputs> kept = {};  ///< set by the engine: copies of inputs that can be read only once
};

/// A moment of a run, for progress lines.
struct Snapshot {
  int64_t rows_read = 0;
  int64_t bytes_read = 0;   ///< bytes of the input files, as they lie on disk
  int64_t bytes_total = 0;  ///< of the input files, as they lie on disk; 0 where unknown (stdin)
  int64_t files_done = 0;
  int64_t files_total = 0;
  double seconds = 0;
};

/// What the caller lends to a run. All of it must outlive the run. Threads of the run make the calls: a call must not
/// throw, which would end the process, nor close or let go of the reader that it comes from. RequestStop is allowed.
struct RunContext {
  arrow::MemoryPool* pool = nullptr;  ///< nullptr: arrow::system_memory_pool()
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  /// Called from a worker at the end of units, never at the same time twice; must be quick.
  std::function<void(const Snapshot&)> progress;
  /// Of Ingest alone: called with a look at the run every `sample_interval` seconds and at its end, from a thread of
  /// the run, never at the same time twice; must be quick. A run that begins again with wider types is looked at anew,
  /// from zero.
  std::function<void(const Sample&)> sample;
  /// Of Ingest alone: called for each turn of a knob, in front of the sample that knows of it.
  std::function<void(const Decision&)> decision;
  double sample_interval = 1;  ///< seconds, 0.001 to 86,400
  bool observes = false;       ///< look also where `sample` is empty: for the report's samples and verdict
  /// Called once for each file whose header differs, before any output is created.
  std::function<void(const Drift&)> drift;
  /// Called with what may be a mistake and fails nothing, before any output is created.
  std::function<void(const std::string&)> note;
  /// Called by Ingest with what it will return, when all is written and checked and nothing has its name yet. A failure
  /// fails the run.
  std::function<Status(const Report&)> before_publish;
};

/// Run `job` to its end and publish its output. On failure nothing is published.
Result<Report> Ingest(const Job& job, const RunContext& context = {});

/// Open `job` as a reader of record batches in source order; of its outputs only the rejects file is written, and
/// published before the reader's end is given.
/// Closing or destroying the reader early stops and joins its workers.
Result<std::shared_ptr<arrow::RecordBatchReader>> OpenReader(const Job& job, const RunContext& context = {});

/// What Discover found of a job that declares no columns.
struct Discovery {
  Options options;                   ///< the job's, with dialect and schema
  double confidence = 0;             ///< of the dialect, 0 to 1
  std::vector<std::string> reasons;  ///< for the dialect
  std::vector<InferredReport> columns;
};

/// Sniff the dialect of the job's inputs, one for all, and infer the types of their columns. Fails where no dialect is
/// sure enough, where a file disagrees with the others, or where the job declares columns. Ingest, OpenReader and
/// Explain do so by themselves.
Result<Discovery> Discover(const Job& job, const RunContext& context = {});

/// Return dialect and columns as a schema file, with confidence and reasons as comments.
std::string SchemaText(const Discovery& discovery);

/// Where a plan for another machine puts a file.
struct FilePlacement {
  std::string path;
  int64_t bytes = 0;
  std::string cores;  ///< "fast", "efficient", or "any" where all are alike
};

/// How fast a machine reads, by the model of docs/tuning.md.
struct RateReport {
  int64_t workers = 0;
  double strength = 0;  ///< of the threads that they run on, in fast cores
  double bytes_per_second = 0;
  double gain = 0;       ///< over one worker
  bool planned = false;  ///< the number of workers that the plan has
};

/// What a job would be on a machine that is known by its topology alone.
struct MachinePlan {
  int64_t workers = 0;
  std::vector<KnobReport> hardware;
  std::vector<KnobReport> config;
  std::vector<FilePlacement> placement;  ///< the largest file first
  std::vector<RateReport> rates;
};

/// Plan `job` (its inputs may be none) for the machine of a topology file: hwloc's XML, or a synthetic description.
Result<MachinePlan> PlanForTopology(const Job& job, const std::string& topology_path, const RunContext& context = {});

/// A job with every input resolved and every knob set; nothing is run.
struct Explanation {
  std::vector<KnobReport> hardware;
  std::vector<KnobReport> config;
  std::vector<InferredReport> inferred;
  std::vector<std::string> files;
  std::vector<Drift> drift;  ///< where all inputs are files, which can be read again
  int64_t bytes = 0;
  int64_t units = 0;  ///< planned; -1 where streams make it unknown
};
Result<Explanation> Explain(const Job& job, const RunContext& context = {});

}  // namespace v0
}  // namespace headrace
