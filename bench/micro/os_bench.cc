// Checksums, and the ways to read a plain file: a file of 8 MiB in memory, as large as a worker's chunk at a time.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/folder.h"
#include "bench/micro/ticks.h"
#include "os/bus_errors.h"
#include "os/crc32.h"
#include "os/crc32c.h"
#include "os/file_reader.h"

namespace {

using namespace headrace;

constexpr int64_t kFileBytes = 8 << 20, kChunkBytes = 1 << 20;

using Checksum = uint32_t (*)(uint32_t crc, const void* data, size_t num_bytes);

void Sum(benchmark::State& state, Checksum checksum) {
  const std::string data(static_cast<size_t>(state.range(0)), 'x');
  uint32_t crc = 0;
  const Ticks ticks(&state);
  for (auto _ : state) benchmark::DoNotOptimize(crc = checksum(crc, data.data(), data.size()));
  const uint64_t bytes = state.iterations() * data.size();
  ticks.Report("byte", bytes, bytes);
}

void ReadFile(benchmark::State& state, Io io) {
  const BenchFolder folder;
  const auto file = InputFile::Open(folder.Write("file", std::string(kFileBytes, 'x'))).ValueOrDie();
  const auto reader = MakeFileReader(io);
  std::vector<char> memory(kChunkBytes);
  uint64_t bytes = 0;
  int64_t at = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    bytes += static_cast<uint64_t>(reader->ReadAt(*file, at, memory.data(), kChunkBytes).ValueOrDie());
    at = (at + kChunkBytes) % kFileBytes;
    benchmark::ClobberMemory();
  }
  ticks.Report("byte", bytes, bytes);
}

BENCHMARK_CAPTURE(Sum, crc32c, Crc32c)->Arg(16 << 10)->Arg(1 << 20);
BENCHMARK_CAPTURE(Sum, crc32c_plain, Crc32cPlain)->Arg(16 << 10);
BENCHMARK_CAPTURE(Sum, crc32, Crc32)->Arg(16 << 10);

// Not the ways that the machine refuses.
[[maybe_unused]] const bool kRegistered = [] {
  CatchBusErrors();  // as the program does: without it nothing is mapped
  for (const Io io : {Io::kRead, Io::kMmap, Io::kUring}) {
    if (!WhyNot(io).empty()) continue;
    benchmark::RegisterBenchmark(("ReadFile/" + std::string(IoName(io))).c_str(), ReadFile, io)->UseRealTime();
  }
  return true;
}();

}  // namespace
