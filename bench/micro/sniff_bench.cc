// What nobody declared: the dialect from the samples that discovery takes (64 KiB of the head, 32 KiB of the middle and
// of the end), the facts of values one by one, and both together over a file of 4 MiB, with one worker. The pass over
// all values is Decode/telling_… besides.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/fields.h"
#include "bench/micro/folder.h"
#include "bench/micro/texts.h"
#include "bench/micro/ticks.h"
#include "headrace/ingest.h"
#include "sniff/facts.h"
#include "sniff/sniffer.h"

namespace {

using namespace headrace;

void SniffSamples(benchmark::State& state, const TextShape& shape) {
  const std::string text = shape.Make(256 << 10, 1);
  const std::vector<TextSample> samples = {{text.substr(0, 64 << 10), true, false},
                                           {text.substr(text.size() / 2, 32 << 10), false, false},
                                           {text.substr(text.size() - (32 << 10)), false, true}};
  Sniffed sniffed;
  const Ticks ticks(&state);
  for (auto _ : state) sniffed = SniffDialect(samples, '\n', Dialect(), {});
  uint64_t bytes = 0;
  for (const TextSample& sample : samples) bytes += state.iterations() * sample.text.size();
  ticks.Report("byte", bytes, bytes);
  if (sniffed.dialect.delimiter != std::string(1, shape.delimiter)) state.SkipWithError("another dialect was found");
}

void NoteValues(benchmark::State& state, const MakeField& make) {
  ColumnTexts texts(make);
  const std::vector<std::string> nulls = {""};
  ColumnFacts facts;
  uint64_t bytes = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const ColumnText& text = texts.Next();
    const FieldList& fields = text.fields();
    for (uint32_t row = 0; row < fields.size; row++) {
      facts.Note({fields.text + fields.begin[row], fields.end[row] - fields.begin[row]}, nulls,
                 {row, row + 1, row + 1});
    }
    bytes += text.bytes();
  }
  ticks.Report("field", state.iterations() * uint64_t{ColumnText::kRows}, bytes);
  if (!facts.has_values()) state.SkipWithError("the facts are to be of values");
}

void DiscoverFile(benchmark::State& state, Infer infer) {
  const BenchFolder folder;
  const std::string text = MilanText(4 << 20, 1);
  Job job;
  job.inputs = {folder.Write("milan.txt", text)};
  job.options.infer = infer;
  job.config.workers.value = 1;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const Result<Discovery> found = Discover(job);
    if (!found.ok() || found->columns.size() != TextShape::kColumns) {
      state.SkipWithError(found.status().ToString().c_str());
      break;
    }
  }
  ticks.Report("job", state.iterations(), infer == Infer::kFull ? state.iterations() * text.size() : 0);
}

std::string Integer(Random& random) { return std::to_string(random() % 1'000'000); }
std::string Word(Random& random) { return "x" + Words(random, true); }

BENCHMARK_CAPTURE(SniffSamples, milan, kMilanShape)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SniffSamples, quoted_doubled, kDoubledShape)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(NoteValues, milan, MilanNumber);
BENCHMARK_CAPTURE(NoteValues, integers, Integer);
BENCHMARK_CAPTURE(NoteValues, timestamps, DateTime);
BENCHMARK_CAPTURE(NoteValues, words, Word);
BENCHMARK_CAPTURE(DiscoverFile, from_samples, Infer::kSample)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(DiscoverFile, from_all_values, Infer::kFull)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
