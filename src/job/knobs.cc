#include "job/knobs.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>

#include "job/levels.h"
#include "os/direct_writer.h"
#include "os/file_reader.h"
#include "os/storage.h"
#include "source/range_source.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kKiB = int64_t{1} << 10, kMiB = int64_t{1} << 20;
constexpr int64_t kBaseBytes = 64 * kMiB;        // program, libraries, codecs
constexpr int64_t kRemoteBaseBytes = 32 * kMiB;  // libraries that talk to servers
constexpr int64_t kWorkerBytes = 4 * kMiB;       // of one: fields, codecs
constexpr int64_t kConnectionBytes = kMiB / 2;
constexpr int64_t kMaxWorkers = 1024;
constexpr int64_t kMoreWorkers = 2;  // than CPUs, which may help where reads take long
constexpr int64_t kUsualChunk = kMiB, kLeastChunk = 64 * kKiB, kMaxChunk = 1024 * kMiB;
constexpr int64_t kNetworkChunk = 4 * kMiB;  // each read waits for another machine
constexpr int64_t kUsualBuffer = 256 * kKiB, kLeastBuffer = 64 * kKiB;
constexpr int64_t kUsualPrefetch = 2;
constexpr int64_t kBatchBytes = 512 * kMiB;  // of text, in a batch of files
constexpr int64_t kSampleBytes = 64 * kKiB;
constexpr const char* kSavedReason = "as tuned in an earlier run on this machine and device, with these types";

// A size as messages show it.
std::string MiB(int64_t bytes) {
  if (bytes >= kMiB) return std::to_string(bytes / kMiB) + " MiB";
  return bytes >= kKiB ? std::to_string(bytes / kKiB) + " KiB" : std::to_string(bytes) + " B";
}

// What is asked for must be enough.
std::string NeededMiB(int64_t bytes) { return MiB(bytes + kMiB - 1); }

template <class T>
void Choose(Knob<T>* knob, T value, Origin origin, const std::string& reason) {
  *knob = {value, origin, reason};
}

// A value that has no origin was set by a program that uses the library.
void NoteCaller(Config* config) {
  const Config open;
  const auto note = [](auto* knob, const auto& unset) {
    if (knob->origin != Origin::kDefault || knob->value == unset.value) return;
    knob->origin = Origin::kUser;
    if (knob->reason.empty()) knob->reason = "set by the caller";
  };
  note(&config->workers, open.workers);
  note(&config->chunk_bytes, open.chunk_bytes);
  note(&config->io, open.io);
  note(&config->write, open.write);
  note(&config->buffer_bytes, open.buffer_bytes);
  note(&config->prefetch_files, open.prefetch_files);
  note(&config->batch_files, open.batch_files);
  note(&config->memory_limit_bytes, open.memory_limit_bytes);
  note(&config->worker_memory_bytes, open.worker_memory_bytes);
}

bool IsPlain(const InputFacts& file) { return !file.is_stream; }

// A regular file that the system's cache can hold, compressed or not.
bool IsLocal(const InputFacts& file) {
  return file.path != "-" && file.kept.empty() && !file.remote && file.facts.is_regular;
}

// What the ranges of a remote file may hold, and what libraries take for each connection.
int64_t RemoteBytes(const Options& options) {
  return RangeSource::kRanges * (RangeBytes(options.unit_bytes) + kConnectionBytes);
}

// The mean length of the records in the first bytes of the first plain file that has any; 0 where there is none.
Result<int64_t> SampledRowBytes(const SettledJob& settled) {
  const char terminator = settled.options.dialect.terminator == Terminator::kCr ? '\r' : '\n';
  for (const InputFacts& file : settled.files) {
    if (!IsPlain(file) || file.facts.size == 0) continue;
    ARROW_ASSIGN_OR_RAISE(const auto opened, InputFile::Open(file.path, file.kept));
    std::string text(static_cast<size_t>(std::min(kSampleBytes, file.facts.size)), '\0');
    ARROW_ASSIGN_OR_RAISE(const int64_t got, opened->ReadAt(0, text.data(), static_cast<int64_t>(text.size())));
    const auto rows = std::count(text.begin(), text.begin() + got, terminator);
    return std::max<int64_t>(1, got / std::max<int64_t>(1, rows));
  }
  return 0;
}

Status SettleChunk(const Storage storage, SettledJob* settled) {
  Config& config = settled->config;
  Knob<int64_t>& chunk = config.chunk_bytes;
  if (chunk.value <= 0 && config.chunk_rows > 0) {
    ARROW_ASSIGN_OR_RAISE(const int64_t row_bytes, SampledRowBytes(*settled));
    const std::string rows = std::to_string(config.chunk_rows) + " rows";
    if (row_bytes > 0) {
      const int64_t fit = std::max<int64_t>(1, kMaxChunk / row_bytes);
      Choose(&chunk, std::min(config.chunk_rows, fit) * row_bytes, Origin::kUser,
             rows + " of " + std::to_string(row_bytes) + " bytes, as a sample has them");
    } else {
      Choose(&chunk, kUsualChunk, Origin::kUser, rows + ", but no plain file shows how long they are");
    }
  }
  if (chunk.value > kMaxChunk) Choose(&chunk, kMaxChunk, chunk.origin, "no more than 1 GiB at a time");
  if (chunk.value > 0) return Status::OK();
  int64_t largest = 0;
  for (const InputFacts& file : settled->files)
    largest = std::max(largest, IsPlain(file) ? file.facts.size : kUsualChunk);
  if (storage == Storage::kNetwork) {
    Choose(&chunk, kNetworkChunk, Origin::kDetected, "the files lie on a network: fewer, longer reads");
  } else if (largest < kUsualChunk && !settled->files.empty()) {
    Choose(&chunk, std::clamp(largest + 1, kLeastChunk, kUsualChunk), Origin::kDetected,
           "the largest file has no more");
  } else {
    Choose(&chunk, kUsualChunk, Origin::kDefault, "measured best on files in the page cache");
  }
  return Status::OK();
}

void SettleIo(Config* config) {
  Knob<Io>& io = config->io;
  if (io.value == Io::kAuto) {
    return Choose(&io, Io::kRead, Origin::kDefault, "works for every file, also for one that others change");
  }
  const std::string why_not = WhyNot(io.value);
  if (!why_not.empty()) {
    Choose(&io, Io::kRead, Origin::kDetected, std::string(IoName(io.value)) + " was asked for, but " + why_not);
  }
}

// Measured on a virtual disk, Milan text to Parquet, pairs in turns: 1.1 to 1.3 times as fast past the page cache, and
// 1.35 times to uncompressed Arrow IPC. Pages of the cache cost more than the disk does, which has to be waited for
// anyway, and does nothing until many of them are dirty.
void SettleWrite(const Options& options, Config* config) {
  Knob<Write>& write = config->write;
  const bool is_file = options.output_kind == OutputKind::kParquet || options.output_kind == OutputKind::kIpcFile;
  const auto folder = std::filesystem::path(options.output_path).parent_path();
  const Storage storage = is_file ? StorageOf(folder.empty() ? "." : folder.string()) : Storage::kUnknown;
  const bool asked = write.value == Write::kDirect;
  const auto buffer = [&](const std::string& reason) {
    Choose(&write, Write::kBuffered, Origin::kDetected, asked ? "direct was asked for, but " + reason : reason);
  };
  if (write.value == Write::kBuffered) return;
  if (!is_file) return buffer("the output is not one file");
  if (storage == Storage::kMemory) return buffer("the output lies in memory");
  if (asked) return;
  if (storage != Storage::kSolid && storage != Storage::kRotational)
    return buffer("the output is not known to lie on a local disk");
  Choose(&write, Write::kDirect, Origin::kDetected,
         "the output is on a local disk, and is synced before it has its name");
}

void SettleFiles(const Storage storage, SettledJob* settled) {
  Config& config = settled->config;
  const auto files = static_cast<int64_t>(settled->files.size());
  const bool any_local = std::any_of(settled->files.begin(), settled->files.end(), IsLocal);
  if (config.prefetch_files.value < 0) {
    if (files < 2 || !any_local) {
      Choose<int64_t>(&config.prefetch_files, 0, Origin::kDetected, "there is no next file on a disk");
    } else if (storage == Storage::kMemory) {
      Choose<int64_t>(&config.prefetch_files, 0, Origin::kDetected, "the files lie in memory");
    } else {
      Choose(&config.prefetch_files, kUsualPrefetch, Origin::kDefault, "the next files, as the guide has it");
    }
  }
  if (config.batch_files.value <= 0) {
    int64_t bytes = 0;
    for (const InputFacts& file : settled->files) bytes += file.facts.size;
    const int64_t mean = std::max<int64_t>(1, bytes / std::max<int64_t>(1, files));
    Choose(&config.batch_files, std::max(config.workers.value, kBatchBytes / mean), Origin::kDetected,
           "files of about " + MiB(kBatchBytes) + " together, at least one for each worker");
  }
}

void SettleBuffer(const Options& options, Config* config) {
  Knob<int64_t>& buffer = config->buffer_bytes;
  if (buffer.value <= 0) {
    return Choose(&buffer, kUsualBuffer, Origin::kDefault, "of text that is decompressed or converted");
  }
  const int64_t most = ReadaheadBytes(options.unit_bytes);
  if (buffer.value > most) Choose(&buffer, most, buffer.origin, "no more than a thread may hold ready");
  if (buffer.value < kLeastBuffer) Choose(&buffer, kLeastBuffer, buffer.origin, "no less than decoders write at once");
}

// The share of a worker that was asked for sets the workers, or with their number the limit.
void SettleMemory(const Allowance& allowance, Config* config) {
  const Knob<int64_t>& share = config->worker_memory_bytes;
  Knob<int64_t>& limit = config->memory_limit_bytes;
  if (limit.value > 0) return;
  if (share.value > 0 && config->workers.value > 0) {
    const int64_t most = std::numeric_limits<int64_t>::max() / config->workers.value;
    return Choose(&limit, std::min(share.value, most) * config->workers.value, Origin::kUser,
                  std::to_string(config->workers.value) + " workers of " + MiB(share.value) + " each");
  }
  const std::string who = allowance.memory_limit_bytes >= 0 ? "cgroup " + allowance.memory_from : "the machine";
  Choose(&limit, allowance.available_memory_bytes / 2, Origin::kDetected,
         "half of the " + MiB(allowance.available_memory_bytes) + " that " + who + " leaves");
}

// Blocks to write from that nobody asked for are not worth a worker.
void FitWrite(int64_t cpus, SettledJob* settled) {
  Config& config = settled->config;
  if (config.write.value != Write::kDirect || config.write.origin == Origin::kUser) return;
  const int64_t wanted = config.workers.value > 0 ? config.workers.value : cpus;
  const auto fit = [&] {
    const MemoryPlan plan = PlanMemory(*settled);
    const int64_t room = config.memory_limit_bytes.value - plan.base_bytes;
    return std::min(wanted, std::max<int64_t>(room, 0) / plan.EachBytes(config.chunk_bytes.value));
  };
  const Knob<Write> direct = config.write;
  const int64_t with_blocks = fit();
  Choose(&config.write, Write::kBuffered, Origin::kDetected, "the memory limit leaves no room for blocks of its own");
  if (fit() == with_blocks) config.write = direct;
}

// Where memory is short, a chunk that nobody asked for is the first to give way.
void FitChunk(SettledJob* settled) {
  Config& config = settled->config;
  if (config.chunk_bytes.origin == Origin::kUser || config.chunk_rows > 0) return;
  const auto fits = [settled] {
    const MemoryPlan plan = PlanMemory(*settled);
    const Config& settings = settled->config;
    return plan.base_bytes + plan.EachBytes(settings.chunk_bytes.value) <= settings.memory_limit_bytes.value;
  };
  while (!fits() && config.chunk_bytes.value > kLeastChunk) {
    Choose(&config.chunk_bytes, std::max(kLeastChunk, config.chunk_bytes.value / 2), config.chunk_bytes.origin,
           "smaller, so that one worker fits into the memory limit");
  }
}

Status SettleWorkers(const Allowance& allowance, SettledJob* settled) {
  Config* config = &settled->config;
  const MemoryPlan plan = PlanMemory(*settled);
  const int64_t each = plan.EachBytes(config->chunk_bytes.value), limit = config->memory_limit_bytes.value;
  if (limit < plan.base_bytes + each) {
    return Status::Invalid("--memory-limit ", MiB(limit), " is too small for one worker, which needs ",
                           NeededMiB(plan.base_bytes + each), " with units of ", MiB(settled->options.unit_bytes),
                           "\nfix: raise it, or lower --unit-bytes");
  }
  const int64_t fit = (limit - plan.base_bytes) / each;
  Knob<int64_t>& workers = config->workers;
  const Knob<int64_t>& share = config->worker_memory_bytes;
  const bool is_open = workers.value <= 0;
  int64_t most = 0;  // that have something to do
  for (const PlannedUnit& unit : settled->units) most += unit.is_stream ? 2 : 1;
  most = std::max<int64_t>(1, most);
  if (is_open) {
    const int64_t cpus = allowance.cpus();
    // Fewer than there are CPUs are not taken over: what left an earlier run no more (a neighbour, a slow source) may
    // be gone, and a short job has no time to find that out.
    const int64_t saved = settled->saved ? settled->saved->workers : 0;
    if (saved >= cpus && saved <= cpus + kMoreWorkers) {
      Choose(&workers, saved, Origin::kSaved, kSavedReason);
    } else {
      Choose(&workers, cpus, Origin::kDetected, allowance.CpusReason());
    }
    if (workers.value > most) Choose(&workers, most, Origin::kDetected, "no more than there are units to carry");
    if (share.value > 0) most = std::min(most, std::max<int64_t>(1, limit / share.value));
    if (workers.value > most) {
      Choose(&workers, most, Origin::kUser, "as many as have " + MiB(share.value) + " each of " + MiB(limit));
    }
    if (config->tunes) settled->max_workers = std::min({cpus + kMoreWorkers, most, fit, kMaxWorkers});
  }
  settled->facts.wanted_workers = workers.value;
  settled->facts.workers_without_quota =
      is_open ? std::max(workers.value, std::min({allowance.affinity_cpus, most, fit})) : workers.value;
  settled->facts.limited_by_memory = workers.value > fit;
  if (workers.value > fit) {
    Choose(&workers, fit, workers.origin, "as many as fit into " + MiB(limit) + ", at " + MiB(each) + " each");
  }
  workers.value = std::min(workers.value, kMaxWorkers);
  settled->max_workers = std::max(settled->max_workers, workers.value);
  settled->waiting_bytes_each = 2 * settled->options.unit_bytes + settled->options.unit_bytes / 2;
  settled->room_bytes = limit - plan.base_bytes;
  settled->side_bytes = plan.side_bytes;
  return Status::OK();
}

// What an earlier run has found of this machine, and what was tuned for this kind of job, where it fits into the memory
// limit.
void UseSaved(int64_t cpus, SettledJob* settled) {
  Config& config = settled->config;
  settled->tunes_chunk = config.tunes && config.chunk_bytes.value <= 0 && config.chunk_rows == 0 &&
                         std::any_of(settled->files.begin(), settled->files.end(), IsPlain);
  const MemoryPlan plan = PlanMemory(*settled);
  settled->fits = [plan, limit = config.memory_limit_bytes.value](int64_t workers, int64_t chunk_bytes) {
    return plan.base_bytes + workers * plan.EachBytes(chunk_bytes) <= limit;
  };
  const std::string path = SavedSettingsPath();
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(path, error)) return;
  settled->facts.copy_bytes_per_second = LoadCopyRate(path, CpuModel());
  if (!config.tunes) return;
  settled->saved = LoadSetting(path, SettingKey(*settled), &settled->tune_note);
  if (!settled->saved) return;
  const int64_t workers = config.workers.value > 0 ? config.workers.value : std::max(cpus, settled->saved->workers);
  if (!settled->fits(workers, settled->saved->chunk_bytes)) {  // a longer read is not worth a worker
    settled->saved.reset();
  } else if (settled->saved->chunk_bytes > 0 && settled->tunes_chunk) {
    Choose(&config.chunk_bytes, settled->saved->chunk_bytes, Origin::kSaved, kSavedReason);
  }
}

Status CheckShare(const SettledJob& settled) {
  const int64_t share = settled.config.worker_memory_bytes.value;
  const int64_t each = PlanMemory(settled).EachBytes(settled.config.chunk_bytes.value);
  if (share <= 0 || share >= each) return Status::OK();
  return Status::Invalid("--worker-memory ", MiB(share), " is too small: a worker needs ", NeededMiB(each),
                         " with units of ", MiB(settled.options.unit_bytes), "\nfix: raise it, or lower --unit-bytes");
}

}  // namespace

// Measured on the Milan shape: 1.1 units of columns and pieces. Columns that take more than that are found while they
// are decoded (MemoryBudget).
MemoryPlan PlanMemory(const SettledJob& settled) {
  const Options& options = settled.options;
  const Config& config = settled.config;
  const auto& files = settled.files;
  const bool any_stream =
      std::any_of(files.begin(), files.end(), [](const InputFacts& file) { return file.is_stream; });
  const bool any_remote =
      std::any_of(files.begin(), files.end(), [](const InputFacts& file) { return file.remote != nullptr; });
  // Threads that decompress: as many as workers, and one.
  const int64_t ahead = 2 * (ReadaheadBytes(options.unit_bytes) + config.buffer_bytes.value - kUsualBuffer);
  const int64_t chunks = config.io.value == Io::kMmap ? 3 : 2;  // what is mapped counts, too
  const int64_t text = any_stream ? options.unit_bytes + options.unit_bytes / 8 : 0;
  const int64_t remote = any_remote ? RemoteBytes(options) : 0;
  MemoryPlan plan;
  const int64_t blocks = config.write.value == Write::kDirect ? DirectWriter::kBlocks * DirectWriter::kBlockBytes : 0;
  plan.base_bytes = kBaseBytes + (any_remote ? kRemoteBaseBytes : 0) + blocks;
  plan.stream_bytes = text;
  plan.chunks = chunks;
  plan.side_bytes = kWorkerBytes + options.unit_bytes / 4 + remote + (any_stream ? ahead : 0);
  plan.columns_bytes = options.unit_bytes + 3 * (options.unit_bytes / 4);
  return plan;
}

Status SettleKnobs(const Allowance& allowance, SettledJob* settled) {
  const auto local = std::find_if(settled->files.begin(), settled->files.end(), IsLocal);
  const Storage storage = local == settled->files.end() ? Storage::kUnknown : StorageOf(local->file_path());
  Config* config = &settled->config;
  NoteCaller(config);
  ApplyLevel(allowance.cpus(), static_cast<int64_t>(settled->files.size()), settled->options.unit_bytes, config);
  SettleIo(config);
  SettleWrite(settled->options, config);
  SettleBuffer(settled->options, config);
  SettleMemory(allowance, config);
  UseSaved(allowance.cpus(), settled);
  ARROW_RETURN_NOT_OK(SettleChunk(storage, settled));
  FitWrite(allowance.cpus(), settled);
  FitChunk(settled);
  ARROW_RETURN_NOT_OK(CheckShare(*settled));
  ARROW_RETURN_NOT_OK(SettleWorkers(allowance, settled));
  SettleFiles(storage, settled);
  if (config->worker_memory_bytes.value <= 0) {
    Choose(&config->worker_memory_bytes, config->memory_limit_bytes.value / config->workers.value, Origin::kDetected,
           "memory limit / workers");
  }
  return Status::OK();
}

std::vector<KnobReport> DescribeConfig(const SettledJob& settled) {
  const Config& config = settled.config;
  const std::string note = settled.tune_note.empty() ? "" : "; " + settled.tune_note;
  const auto describe = [](const char* name, const auto& knob, const std::string& value) {
    return KnobReport{name, value, std::string(OriginName(knob.origin)), knob.reason};
  };
  const auto number = [&](const char* name, const Knob<int64_t>& knob) {
    return describe(name, knob, std::to_string(knob.value));
  };
  return {
      number("workers", config.workers),
      number("chunk", config.chunk_bytes),
      describe("io", config.io, std::string(IoName(config.io.value))),
      describe("write", config.write, std::string(WriteName(config.write.value))),
      number("buffer", config.buffer_bytes),
      number("prefetch", config.prefetch_files),
      number("batch-files", config.batch_files),
      number("memory-limit", config.memory_limit_bytes),
      number("worker-memory", config.worker_memory_bytes),
      {"tune", config.tunes ? "on" : "off", std::string(OriginName(config.tunes ? Origin::kDefault : Origin::kUser)),
       config.tunes ? "jobs over 2 s, the knobs that were to be chosen" + note : "--no-tune"}};
}

}  // namespace v0
}  // namespace headrace
