// The ledger's files: rejects in each form, from creating the file (in memory) to its end, and the manifest's text,
// written and read again.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/folder.h"
#include "bench/micro/texts.h"
#include "bench/micro/ticks.h"
#include "ledger/manifest.h"
#include "ledger/rejects.h"

namespace {

using namespace headrace;

constexpr int64_t kRejects = 10'000, kPieces = 1000;

// Of records of a Milan file: some with too few fields, others with a bad value.
std::vector<Reject> MakeRejects() {
  const std::string text = MilanText(2 << 20, 1);
  std::vector<Reject> rejects(kRejects);
  size_t at = 0;
  for (int64_t i = 0; i < kRejects; i++) {
    Reject& reject = rejects[static_cast<size_t>(i)];
    const size_t end = text.find('\n', at);
    reject.record = reject.line = 1 + i;
    reject.offset = static_cast<int64_t>(at);
    reject.field_offset = static_cast<int64_t>(at) + 5;
    reject.column = i % 3 == 0 ? -1 : static_cast<int32_t>(i % 8);
    reject.kind = i % 3 == 0 ? RejectKind::kTooFewFields : RejectKind::kBadFloat;
    reject.raw = text.substr(at, end - at);
    reject.raw_length = static_cast<int64_t>(reject.raw.size());
    at = end + 1;
  }
  return rejects;
}

Status WriteRejects(const std::string& path, const std::vector<Reject>& rejects) {
  ARROW_ASSIGN_OR_RAISE(const auto writer, RejectWriter::Create(path, true, MilanSchema(), {"milan.txt"}));
  for (const Reject& reject : rejects) ARROW_RETURN_NOT_OK(writer->Append(reject));
  return writer->Finish();
}

void Rejects(benchmark::State& state, const char* name) {
  const BenchFolder folder;
  const std::vector<Reject> rejects = MakeRejects();
  uint64_t raw_bytes = 0;
  for (const Reject& reject : rejects) raw_bytes += reject.raw.size();
  Status status;
  const Ticks ticks(&state);
  for (auto _ : state) status &= WriteRejects(folder.Path(name), rejects);
  ticks.Report("reject", state.iterations() * rejects.size(), state.iterations() * raw_bytes);
  if (!status.ok()) state.SkipWithError(status.ToString().c_str());
}

std::string MakeManifest() {
  Report report;
  report.outputs.push_back({"out.parquet", kPieces * 420'000, kPieces << 23, "crc32c:00c0ffee"});
  std::vector<PieceRecord> pieces;
  for (int64_t i = 0; i < kPieces; i++) pieces.push_back({"out.parquet", i, i << 23, 1 << 23, 420'000, 0xc0ffee});
  return ManifestJson(report, pieces, {{"milan.txt", kPieces << 25, 1'383'260'400'000}}, "out.parquet");
}

void WriteManifest(benchmark::State& state) {
  const Ticks ticks(&state);
  uint64_t bytes = 0;
  for (auto _ : state) bytes += MakeManifest().size();
  ticks.Report("piece", state.iterations() * kPieces, bytes);
}

void ReadManifestText(benchmark::State& state) {
  const std::string text = MakeManifest();
  Status status;
  const Ticks ticks(&state);
  for (auto _ : state) status &= ParseManifest(text, "manifest").status();
  ticks.Report("piece", state.iterations() * kPieces, state.iterations() * text.size());
  if (!status.ok()) state.SkipWithError(status.ToString().c_str());
}

BENCHMARK_CAPTURE(Rejects, parquet, "rejects.parquet")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Rejects, csv, "rejects.csv")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Rejects, jsonl, "rejects.jsonl")->Unit(benchmark::kMillisecond);
BENCHMARK(WriteManifest)->Unit(benchmark::kMillisecond);
BENCHMARK(ReadManifestText)->Unit(benchmark::kMillisecond);

}  // namespace
