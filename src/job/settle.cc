#include "job/settle.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>

#include "job/check.h"
#include "job/check_wishes.h"
#include "job/extra_columns.h"
#include "job/knobs.h"
#include "job/number_marks.h"
#include "os/crc32c.h"
#include "os/device.h"
#include "os/machine.h"
#include "plan/file_dialect.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {
namespace {

Status CheckReading(const Dialect& dialect, const Schema& schema) {
  ARROW_RETURN_NOT_OK(CheckDialect(dialect));
  return CheckNumberMarks(dialect, schema);
}

Status CheckRotation(const Options& options) {
  const bool rotates = options.rows_per_file > 0 || options.bytes_per_file > 0;
  if (options.rows_per_file < 0 || options.bytes_per_file < 0) {
    return Status::Invalid("--rows-per-file and --bytes-per-file cannot be negative");
  }
  const bool is_parts = options.output_kind == OutputKind::kParquetParts;
  if (rotates && !is_parts && options.output_kind != OutputKind::kParquetHive) {
    return Status::Invalid("--rows-per-file and --bytes-per-file need a folder of parts or of partitions");
  }
  if (rotates || !is_parts) return Status::OK();
  return Status::Invalid("a folder of parts needs --rows-per-file or --bytes-per-file");
}

// A program's own list may hold what a schema file's cannot.
Status CheckKeys(const std::vector<FileDialect>& files) {
  const std::vector<std::string_view> known = DialectKeys();
  for (const FileDialect& file : files) {
    for (const std::string& key : file.keys) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      return Status::Invalid("FileDialect '", file.match, "': '", key, "' is no key of a dialect\n",
                             "fix: use the names of a schema file's [dialect], as in docs/dialects.md");
    }
  }
  return Status::OK();
}

Status CheckOptions(const Options& options) {
  ARROW_RETURN_NOT_OK(RefuseRemote(options.output_path, "output"));
  ARROW_RETURN_NOT_OK(RefuseRemote(options.rejects_path, "rejects file"));
  if (options.schema.columns.empty()) {
    return Status::Invalid("no schema. Declare the columns with --columns 'name:type,…' or --schema FILE.toml.");
  }
  ARROW_RETURN_NOT_OK(CheckSchema(options.schema));
  ARROW_RETURN_NOT_OK(CheckKeys(options.file_dialects));
  for (size_t i = 0; i <= options.file_dialects.size(); i++) {
    Status status = CheckReading(DialectAt(options, i), options.schema);
    if (status.ok()) continue;
    if (i == options.file_dialects.size()) return status;
    return status.WithMessage("[[file]] '", options.file_dialects[i].match, "': ", status.message());
  }
  ARROW_RETURN_NOT_OK(CheckLimits(options));
  if (static_cast<int64_t>(options.schema.columns.size()) > options.max_fields) {
    return Status::Invalid("the schema has ", options.schema.columns.size(), " columns; the limit is ",
                           options.max_fields);
  }
  ARROW_RETURN_NOT_OK(CheckRotation(options));
  if (options.on_error == OnError::kQuarantine && options.rejects_path.empty()) {
    return Status::Invalid("--on-error quarantine needs a file for what it sets aside\n",
                           "fix: add --rejects FILE, or use --on-error skip");
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

std::unordered_map<std::string_view, size_t> PlacesOf(const Schema& schema) {
  std::unordered_map<std::string_view, size_t> places;
  for (size_t i = 0; i < schema.columns.size(); i++) places.emplace(schema.columns[i].name, i);
  return places;
}

Status Rename(const Options& options, Schema* schema) {
  const auto places = PlacesOf(*schema);
  for (const auto& [name, new_name] : options.renames) {
    const auto found = places.find(name);
    if (found == places.end()) {
      return Status::Invalid("--rename: the schema has no column '", name,
                             "'\nfix: give the source's name, then the new one: old=new");
    }
    schema->columns[found->second].rename = new_name;
  }
  return Status::OK();
}

Status KeepColumns(const Options& options, SettledJob* settled) {
  const auto& columns = options.schema.columns;
  const auto keep = [&](size_t i) {
    settled->kept.push_back(static_cast<int32_t>(i));
    settled->columns.push_back({columns[i].output_name(), columns[i].type, columns[i].parquet});
  };
  if (options.select.empty()) {
    for (size_t i = 0; i < columns.size(); i++) keep(i);
  }
  const auto places = PlacesOf(options.schema);
  std::vector<bool> seen(columns.size());
  for (const std::string& name : options.select) {
    const auto found = places.find(name);
    if (found == places.end()) {
      std::string all;
      for (const Column& column : columns) all += (all.empty() ? "" : ", ") + column.name;
      return Status::Invalid("--select names '", name, "', which the schema does not have; it has: ", all);
    }
    if (seen[found->second]) return Status::Invalid("--select names '", name, "' twice");
    seen[found->second] = true;
    keep(found->second);
  }
  return Status::OK();
}

bool WritesParquet(OutputKind kind) {
  return kind == OutputKind::kParquet || kind == OutputKind::kParquetPerFile || kind == OutputKind::kParquetParts ||
         kind == OutputKind::kParquetHive;
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

using DecoderPtr = std::shared_ptr<const ColumnDecoder>;

// A decoder for `spec` among the last of `made`, or a new one: thousands of columns that all differ are not compared
// with each other.
DecoderPtr DecoderOf(const ColumnSpec& spec, std::vector<DecoderPtr>* made) {
  constexpr ptrdiff_t kLast = 64;
  const auto end = made->rbegin() + std::min(std::ssize(*made), kLast);
  const auto known = std::find_if(made->rbegin(), end, [&](const DecoderPtr& one) { return one->spec() == spec; });
  if (known != end) return *known;
  return made->emplace_back(std::make_shared<const ColumnDecoder>(spec));
}

// All of a reading but what the files themselves show.
Result<std::unique_ptr<Reading>> MakeReading(const SettledJob& settled, size_t dialect) {
  auto reading = std::make_unique<Reading>();
  reading->options = settled.options;
  reading->options.dialect = DialectAt(settled.options, dialect);
  std::vector<DecoderPtr> decoders;
  const auto kept_column = [&](int32_t column) -> Result<KeptColumn> {
    const Column& declared = settled.options.schema.columns[static_cast<size_t>(column)];
    ARROW_ASSIGN_OR_RAISE(const ColumnSpec spec, SpecOf(declared, reading->options.dialect));
    return KeptColumn{column, declared.source, DecoderOf(spec, &decoders)};
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

Status CheckLimits(const Options& options) {
  if (options.unit_bytes < 1 || options.unit_bytes > (int64_t{1} << 30)) {
    return Status::Invalid("--unit-bytes must lie between 1 and 1 GiB, not ", options.unit_bytes);
  }
  if (options.max_record_bytes < 1 || options.max_record_bytes > (int64_t{1} << 29)) {
    return Status::Invalid("--max-record-bytes must lie between 1 and 512 MiB, not ", options.max_record_bytes);
  }
  if (options.max_expansion >= 1) return Status::OK();
  return Status::Invalid("--max-expansion is ", options.max_expansion, "\nfix: give 1 or more");
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
  if (WritesParquet(job.options.output_kind)) {
    ARROW_RETURN_NOT_OK(CheckWishes(settled.columns, job.options.parquet_compat));
  }
  if (!job.options.where.empty()) {
    ARROW_ASSIGN_OR_RAISE(settled.where, ParseWhere(job.options.where, schema, job.options.dialect));
  }
  const bool join = job.options.output_kind != OutputKind::kParquetPerFile;
  settled.units = PlanUnits(settled.files, job.options.unit_bytes, join);
  ARROW_RETURN_NOT_OK(SettleKnobs(ReadAllowance(), &settled));
  return settled;
}

Result<std::unique_ptr<JobState>> Prepare(const SettledJob& settled, const RunContext& context,
                                          arrow::StopToken closed) {
  auto state = std::make_unique<JobState>(settled.options);
  state->pool = context.pool == nullptr ? arrow::system_memory_pool() : context.pool;
  state->stop = context.stop;
  state->closed = std::move(closed);
  state->chunk_bytes = settled.config.chunk_bytes.value;
  state->io = settled.config.io.value;
  state->batch_files = settled.config.batch_files.value;
  state->waiting_bytes_each = settled.waiting_bytes_each;
  state->gauges = std::make_unique<Gauges>(static_cast<size_t>(settled.max_workers));
  state->budget = std::make_unique<MemoryBudget>(settled.room_bytes, settled.side_bytes, state->gauges->workers());
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
    ARROW_ASSIGN_OR_RAISE(const Reading* reading, find(FileDialectOf(settled.options, file.path, file.member_at())));
    state->inputs.push_back(
        std::make_unique<Input>(file, *reading, threads, state->pool, [raw] { return raw->PollStop(); }));
    state->inputs.back()->set_buffer_bytes(settled.config.buffer_bytes.value);
    ARROW_ASSIGN_OR_RAISE(auto constants, ConstantsOf(settled.options, file));
    state->inputs.back()->set_constants(std::move(constants));
  }
  for (auto& reading : state->readings) {
    ARROW_ASSIGN_OR_RAISE(reading->terminator, ResolveTerminator(*reading, *state));
    reading->dialect = MakeParseDialect(reading->options.dialect, reading->terminator);
  }
  return state;
}

void StartPrefetch(const SettledJob& settled, JobState* state) {
  const int64_t files_ahead = settled.config.prefetch_files.value;
  if (files_ahead == 0) return;
  std::vector<std::string> paths;
  for (const InputFacts& file : settled.files) {
    const bool again = file.archive && file.member > 0;  // its archive was fetched already
    paths.push_back(file.facts.is_regular && file.kept.empty() && !file.remote && !again ? file.file_path() : "");
  }
  state->prefetcher = std::make_unique<Prefetcher>(std::move(paths), files_ahead);
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

std::string SettingKey(const SettledJob& settled) {
  const Options& options = settled.options;
  std::string kind = std::to_string(static_cast<int>(options.output_kind)) + " " +
                     std::to_string(static_cast<int>(options.codec)) + ":" + std::to_string(options.codec_level) + " " +
                     std::to_string(options.unit_bytes);
  for (const Column& column : options.schema.columns) kind += " " + TypeName(column.type);
  for (const int32_t column : settled.kept) kind += " " + std::to_string(column);
  const Knob<int64_t>& limit = settled.config.memory_limit_bytes;
  if (limit.origin == Origin::kUser) kind += " " + std::to_string(limit.value);  // what fits into it was found
  const std::string first = settled.files.empty() ? "" : settled.files.front().file_path();
  const bool is_stream = !settled.files.empty() && settled.files.front().is_stream;
  return CpuModel() + ", " + std::to_string(AvailableCpus()) + " CPUs, device " + DeviceOf(first) +
         (is_stream ? ", stream" : "") + ", kind " + std::to_string(Crc32c(0, kind.data(), kind.size()));
}

}  // namespace v0
}  // namespace headrace
