#include "job/levels.h"

#include <algorithm>
#include <string>

namespace headrace {
inline namespace v0 {
namespace {

// How many workers, for a number of CPUs.
enum class Crew : uint8_t { kOnePerFile, kCpus, kCpusPlus2 };

struct Row {
  Level level;
  Crew crew;
  int64_t chunk_bytes;  // 0: a whole unit
  Io io;
  int64_t prefetch_files;
  bool batches;  // of as many files as there are workers; otherwise all files are one batch
};

// The guide: what it started from; phase 1 (memory mapping); phase 2 (chunks, batches); phase 3 (asynchronous I/O) with
// more processes than cores and the files' prefetching.
constexpr Row kRows[] = {
    {Level::kBaseline, Crew::kOnePerFile, 0, Io::kRead, 0, false},
    {Level::kConservative, Crew::kCpus, 0, Io::kMmap, 0, false},
    {Level::kModerate, Crew::kCpus, int64_t{2} << 20, Io::kMmap, 0, true},
    {Level::kAggressive, Crew::kCpusPlus2, int64_t{2} << 20, Io::kUring, 2, true},
};

int64_t WorkersOf(Crew crew, int64_t cpus, int64_t files) {
  switch (crew) {
    case Crew::kOnePerFile:
      return std::max<int64_t>(1, std::min(files, cpus));
    case Crew::kCpus:
      return cpus;
    case Crew::kCpusPlus2:
      return cpus + 2;
  }
  return 1;
}

}  // namespace

void ApplyLevel(int64_t cpus, int64_t files, int64_t unit_bytes, Config* config) {
  for (const Row& row : kRows) {
    if (row.level != config->level) continue;
    const std::string reason = "--level " + std::string(LevelName(row.level));
    const auto set = [&](auto Config::*knob, auto value) {
      if ((config->*knob).value == (Config().*knob).value) config->*knob = {value, Origin::kLevel, reason};
    };
    const int64_t workers = WorkersOf(row.crew, cpus, files);
    set(&Config::workers, workers);
    if (config->chunk_rows == 0) set(&Config::chunk_bytes, row.chunk_bytes == 0 ? unit_bytes : row.chunk_bytes);
    set(&Config::io, row.io);
    set(&Config::prefetch_files, row.prefetch_files);
    set(&Config::batch_files, row.batches ? workers : std::max<int64_t>(1, files));
  }
}

std::string_view LevelName(Level level) {
  constexpr std::string_view kNames[] = {"auto", "baseline", "conservative", "moderate", "aggressive"};
  return kNames[static_cast<size_t>(level)];
}

std::string_view IoName(Io io) {
  constexpr std::string_view kNames[] = {"auto", "read", "mmap", "uring"};
  return kNames[static_cast<size_t>(io)];
}

std::string_view WriteName(Write write) {
  constexpr std::string_view kNames[] = {"auto", "buffered", "direct"};
  return kNames[static_cast<size_t>(write)];
}

}  // namespace v0
}  // namespace headrace
