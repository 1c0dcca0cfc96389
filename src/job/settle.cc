#include "job/settle.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "job/check.h"
#include "job/extra_columns.h"
#include "job/number_marks.h"
#include "os/machine.h"
#include "plan/file_dialect.h"
#include "simd/level.h"
#include "source/range_source.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kBaseBytes = 64 * kMiB;        // program, libraries, codecs
constexpr int64_t kRemoteBaseBytes = 32 * kMiB;  // libraries that talk to servers
constexpr int64_t kConnectionBytes = kMiB / 2;
constexpr int64_t kMaxWorkers = 1024;

// What a worker's finished pieces may hold in the ring.
int64_t WaitingBytes(const Options& options) { return 2 * options.unit_bytes + options.unit_bytes / 2; }

// What the ranges of a remote file may hold, and what libraries take for each connection.
int64_t RemoteBytes(const Options& options) {
  return RangeSource::kRanges * (RangeBytes(options.unit_bytes) + kConnectionBytes);
}

// What one worker may hold at once: text, decoded columns (about the text's size), the encoder's pieces. Measured on
// the Milan shape: 1.1 units of columns and pieces; streams hold their unit's text too.
int64_t WorkerBytes(const Options& options, int64_t chunk_bytes, bool any_stream, bool any_remote) {
  const int64_t ahead = 2 * ReadaheadBytes(options.unit_bytes);  // threads that decompress: as many as workers, and one
  const int64_t text = any_stream ? options.unit_bytes + options.unit_bytes / 8 + ahead : 2 * chunk_bytes;
  const int64_t remote = any_remote ? RemoteBytes(options) : 0;
  return text + remote + options.unit_bytes + options.unit_bytes / 4 + WaitingBytes(options) + 4 * kMiB;
}

std::string MiB(int64_t bytes) { return std::to_string(bytes / kMiB) + " MiB"; }

template <class T>
void Choose(Knob<T>* knob, T value, Origin origin, const std::string& reason) {
  knob->value = value;
  knob->origin = origin;
  knob->reason = reason;
}

Status SettleMemory(Config* config) {
  if (config->memory_limit_bytes.value > 0) return Status::OK();
  const int64_t available = AvailableMemoryBytes();
  Choose(&config->memory_limit_bytes, available / 2, Origin::kDetected,
         "half of the " + MiB(available) + " that machine and cgroup leave");
  return Status::OK();
}

Status SettleWorkers(const Options& options, SettledJob* settled) {
  Config* config = &settled->config;
  const bool any_stream =
      std::any_of(settled->files.begin(), settled->files.end(), [](const InputFacts& file) { return file.is_stream; });
  const bool any_remote = std::any_of(settled->files.begin(), settled->files.end(),
                                      [](const InputFacts& file) { return file.remote != nullptr; });
  const int64_t each = WorkerBytes(options, config->chunk_bytes.value, any_stream, any_remote);
  const int64_t base = kBaseBytes + (any_remote ? kRemoteBaseBytes : 0);
  const int64_t limit = config->memory_limit_bytes.value;
  if (limit < base + each) {
    return Status::Invalid("--memory-limit ", MiB(limit), " is too small for one worker, which needs ",
                           MiB(base + each), " with units of ", MiB(options.unit_bytes),
                           ". Raise it, or lower --unit-bytes.");
  }
  const int64_t fit = (limit - base) / each;
  Knob<int64_t>& workers = config->workers;
  if (workers.value <= 0) {
    Choose(&workers, AvailableCpus(), Origin::kDetected, "CPUs that affinity and cgroup quota allow");
    int64_t most = 0;
    for (const PlannedUnit& unit : settled->units) most += unit.is_stream ? 2 : 1;
    most = std::max<int64_t>(1, most);
    if (workers.value > most) Choose(&workers, most, Origin::kDetected, "no more than there are units to carry");
  }
  if (workers.value > fit) {
    Choose(&workers, fit, workers.origin, "as many as fit into " + MiB(limit) + ", at " + MiB(each) + " each");
  }
  workers.value = std::min(workers.value, kMaxWorkers);
  settled->max_waiting_bytes = workers.value * WaitingBytes(options);
  return Status::OK();
}

Status CheckReading(const Dialect& dialect, const Schema& schema) {
  ARROW_RETURN_NOT_OK(CheckDialect(dialect));
  return CheckNumberMarks(dialect, schema);
}

Status CheckOptions(const Options& options) {
  ARROW_RETURN_NOT_OK(RefuseRemote(options.output_path, "output"));
  ARROW_RETURN_NOT_OK(RefuseRemote(options.rejects_path, "rejects file"));
  if (options.schema.columns.empty()) {
    return Status::Invalid("no schema. Declare the columns with --columns 'name:type,…' or --schema FILE.toml.");
  }
  ARROW_RETURN_NOT_OK(CheckSchema(options.schema));
  for (size_t i = 0; i <= options.file_dialects.size(); i++) {
    Status status = CheckReading(DialectAt(options, i), options.schema);
    if (status.ok()) continue;
    if (i == options.file_dialects.size()) return status;
    return status.WithMessage("[[file]] '", options.file_dialects[i].match, "': ", status.message());
  }
  if (options.unit_bytes < 1 || options.unit_bytes > (int64_t{1} << 30)) {
    return Status::Invalid("--unit-bytes must lie between 1 and 1 GiB, not ", options.unit_bytes);
  }
  if (options.max_record_bytes < 1 || options.max_record_bytes > (int64_t{1} << 29)) {
    return Status::Invalid("--max-record-bytes must lie between 1 and 512 MiB, not ", options.max_record_bytes);
  }
  if (static_cast<int64_t>(options.schema.columns.size()) > options.max_fields) {
    return Status::Invalid("the schema has ", options.schema.columns.size(), " columns; the limit is ",
                           options.max_fields);
  }
  if (options.missing_columns == MissingColumns::kNull && options.dialect.no_nulls) {
    return Status::Invalid(
        "--missing-columns null makes nulls, and --no-nulls allows none\nfix: leave one of them out");
  }
  if (!(options.sample_percent >= 0 && options.sample_percent <= 100)) {
    return Status::Invalid("--sample must lie between 0% and 100%, not ", options.sample_percent, "%");
  }
  ARROW_RETURN_NOT_OK(CheckDialect(options.dialect));
  const Dialect& dialect = options.dialect;
  if (dialect.header || (dialect.header_rows == 1 && dialect.skip_after_header == 0)) return Status::OK();
  return Status::Invalid(dialect.header_rows == 1 ? "--skip-after-header" : "--header-rows",
                         " needs a header, and there is none\nfix: add --header");
}

Status Rename(const Options& options, Schema* schema) {
  for (const auto& rename : options.renames) {
    const auto column = std::find_if(schema->columns.begin(), schema->columns.end(),
                                     [&](const Column& candidate) { return candidate.name == rename.first; });
    if (column == schema->columns.end()) {
      return Status::Invalid("--rename: the schema has no column '", rename.first,
                             "'\nfix: give the source's name, then the new one: old=new");
    }
    column->rename = rename.second;
  }
  return Status::OK();
}

Status KeepColumns(const Options& options, SettledJob* settled) {
  const auto& columns = options.schema.columns;
  const auto keep = [&](size_t i) {
    settled->kept.push_back(static_cast<int32_t>(i));
    settled->columns.push_back({columns[i].output_name(), columns[i].type});
  };
  if (options.select.empty()) {
    for (size_t i = 0; i < columns.size(); i++) keep(i);
  }
  std::set<std::string> seen;
  for (const std::string& name : options.select) {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
    if (found == columns.end()) {
      std::string all;
      for (const Column& column : columns) all += (all.empty() ? "" : ", ") + column.name;
      return Status::Invalid("--select names '", name, "', which the schema does not have; it has: ", all);
    }
    if (!seen.insert(name).second) return Status::Invalid("--select names '", name, "' twice");
    keep(static_cast<size_t>(found - columns.begin()));
  }
  return Status::OK();
}

Result<char> ResolveTerminator(const Reading& reading, const JobState& state) {
  if (reading.options.dialect.lenient) return '\n';
  switch (reading.options.dialect.terminator) {
    case Terminator::kLf:
      return '\n';
    case Terminator::kCr:
      return '\r';
    case Terminator::kAuto:
      break;
  }
  for (const auto& input : state.inputs) {
    if (&input->reading() != &reading) continue;
    ARROW_ASSIGN_OR_RAISE(const auto family, input->FindTerminatorFamily());
    if (family) return *family;
  }
  return '\n';
}

Status PrepareFilter(const Options& options, const SettledJob& settled,
                     const std::function<Result<KeptColumn>(int32_t)>& kept_column, RowFilter* filter) {
  if (settled.where) {
    for (const int32_t column : settled.where->columns) {
      ARROW_ASSIGN_OR_RAISE(auto kept, kept_column(column));
      filter->columns.push_back(std::move(kept));
    }
    filter->predicate = settled.where->predicate;
  }
  filter->samples = options.sample_percent < 100;
  filter->sample_below = filter->samples ? static_cast<uint64_t>(options.sample_percent / 100 * 0x1p64) : 0;
  filter->sample_seed = options.sample_seed;
  return Status::OK();
}

// All of a reading but what the files themselves show.
Result<std::unique_ptr<Reading>> MakeReading(const SettledJob& settled, size_t dialect) {
  auto reading = std::make_unique<Reading>();
  reading->options = settled.options;
  reading->options.dialect = DialectAt(settled.options, dialect);
  const auto kept_column = [&](int32_t column) -> Result<KeptColumn> {
    const Column& declared = settled.options.schema.columns[static_cast<size_t>(column)];
    ARROW_ASSIGN_OR_RAISE(const ColumnSpec spec, SpecOf(declared, reading->options.dialect));
    return KeptColumn{column, declared.source, ColumnDecoder(spec)};
  };
  for (const int32_t column : settled.kept) {
    ARROW_ASSIGN_OR_RAISE(auto kept, kept_column(column));
    reading->kept.push_back(std::move(kept));
  }
  ARROW_RETURN_NOT_OK(PrepareFilter(settled.options, settled, kept_column, &reading->filter));
  return reading;
}

}  // namespace

Status CheckSimdLevel() {
  const std::string_view forced = ForcedSimdName();
  if (forced.empty() || FindSimdLevel(forced) != nullptr) return Status::OK();
  std::string names;
  for (const SimdLevel level : SimdLevels()) names.append(names.empty() ? "" : ", ").append(SimdLevelName(level));
  return Status::Invalid("HEADRACE_SIMD is '", forced,
                         "', which is no SIMD level of this machine\nfix: set it to one of ", names,
                         ", or leave it out for the best of them");
}

Result<SettledJob> Settle(const Job& job, const arrow::StopToken& stop) {
  ARROW_RETURN_NOT_OK(CheckSimdLevel());
  SettledJob settled;
  settled.config = job.config;
  settled.options = job.options;
  ARROW_RETURN_NOT_OK(CheckOptions(job.options));
  ARROW_ASSIGN_OR_RAISE(settled.files, ResolveInputs(job.inputs, job.options, job.kept.get(), stop));
  Schema& schema = settled.options.schema;
  ARROW_RETURN_NOT_OK(AddExtraColumns(job.options, settled.files, &schema));
  ARROW_RETURN_NOT_OK(Rename(job.options, &schema));
  ARROW_RETURN_NOT_OK(CheckSchema(schema));
  ARROW_RETURN_NOT_OK(KeepColumns(settled.options, &settled));
  if (!job.options.where.empty()) {
    ARROW_ASSIGN_OR_RAISE(settled.where, ParseWhere(job.options.where, schema, job.options.dialect));
  }
  const bool join = job.options.output_kind != OutputKind::kParquetPerFile;
  settled.units = PlanUnits(settled.files, job.options.unit_bytes, join);
  Config& config = settled.config;
  if (config.chunk_bytes.value <= 0) {
    Choose(&config.chunk_bytes, kMiB, Origin::kDefault, "measured best on files in the page cache");
  }
  ARROW_RETURN_NOT_OK(SettleMemory(&config));
  ARROW_RETURN_NOT_OK(SettleWorkers(job.options, &settled));
  return settled;
}

Result<std::unique_ptr<JobState>> Prepare(const SettledJob& settled, const RunContext& context,
                                          arrow::StopToken closed) {
  auto state = std::make_unique<JobState>(settled.options);
  state->pool = context.pool == nullptr ? arrow::default_memory_pool() : context.pool;
  state->stop = context.stop;
  state->closed = std::move(closed);
  state->chunk_bytes = settled.config.chunk_bytes.value;
  state->max_waiting_bytes = settled.max_waiting_bytes;
  JobState* raw = state.get();
  // Streams that are read at the same time share the threads that decompress.
  const int64_t workers = settled.config.workers.value;
  const int64_t streams =
      std::count_if(settled.files.begin(), settled.files.end(), [](const InputFacts& file) { return file.is_stream; });
  const int64_t threads = std::max<int64_t>(1, workers / std::clamp<int64_t>(streams, 1, workers));
  // The files that no pattern matches, and the columns of paths, have the job's own dialect: the first reading.
  std::map<size_t, const Reading*> reading_of;
  const auto find = [&](size_t dialect) -> Result<const Reading*> {
    const Reading*& reading = reading_of[dialect];
    if (reading == nullptr) {
      ARROW_ASSIGN_OR_RAISE(auto made, MakeReading(settled, dialect));
      reading = made.get();
      state->readings.push_back(std::move(made));
    }
    return reading;
  };
  ARROW_RETURN_NOT_OK(find(settled.options.file_dialects.size()));
  for (const InputFacts& file : settled.files) {
    ARROW_ASSIGN_OR_RAISE(const Reading* reading, find(FileDialectOf(settled.options, file.path)));
    state->inputs.push_back(
        std::make_unique<Input>(file, *reading, threads, state->pool, [raw] { return raw->PollStop(); }));
    ARROW_ASSIGN_OR_RAISE(auto constants, ConstantsOf(settled.options, file));
    state->inputs.back()->set_constants(std::move(constants));
  }
  for (auto& reading : state->readings) {
    ARROW_ASSIGN_OR_RAISE(reading->terminator, ResolveTerminator(*reading, *state));
    reading->dialect = MakeParseDialect(reading->options.dialect, reading->terminator);
  }
  return state;
}

std::vector<std::string> SettledJob::paths() const {
  std::vector<std::string> paths;
  for (const InputFacts& file : files) paths.push_back(file.path);
  return paths;
}

std::vector<std::string> SettledJob::naming_paths() const {
  std::vector<std::string> paths;
  for (const InputFacts& file : files) paths.push_back(file.naming_path());
  return paths;
}

Result<std::unique_ptr<RejectWriter>> OpenRejects(const Options& options, const SettledJob& settled) {
  if (options.rejects_path.empty()) return std::unique_ptr<RejectWriter>();
  return RejectWriter::Create(options.rejects_path, options.overwrite, options.schema, settled.paths());
}

std::vector<KnobReport> DescribeConfig(const Config& config) {
  const auto describe = [](const char* name, const Knob<int64_t>& knob) {
    return KnobReport{name, std::to_string(knob.value), std::string(OriginName(knob.origin)), knob.reason};
  };
  return {describe("workers", config.workers), describe("chunk", config.chunk_bytes),
          describe("memory-limit", config.memory_limit_bytes)};
}

}  // namespace v0
}  // namespace headrace
