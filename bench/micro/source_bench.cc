// Files to UTF-8, by the stream that the pipeline reads: open a file of 4 MiB of text in memory, decompress or convert
// it, hand it over 256 KiB at a time. Ticks and bytes are those of the text. Threads read ahead, so time is that on the
// wall.
#include <arrow/util/compression.h>
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/micro/folder.h"
#include "bench/micro/texts.h"
#include "bench/micro/ticks.h"
#include "source/text_stream.h"

namespace {

using namespace headrace;

constexpr size_t kTextBytes = 4 << 20, kReadBytes = 256 << 10;

std::string Compressed(arrow::Compression::type type) {
  const std::string text = MilanText(kTextBytes, 1);
  const auto codec = arrow::util::Codec::Create(type).ValueOrDie();
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  std::string file(static_cast<size_t>(codec->MaxCompressedLen(size, bytes)), '\0');
  auto* out = reinterpret_cast<uint8_t*>(file.data());
  file.resize(static_cast<size_t>(codec->Compress(size, bytes, static_cast<int64_t>(file.size()), out).ValueOrDie()));
  return file;
}

// Letters, one in twenty of them an accented one.
std::string Latin() {
  std::string text = TextShape{.name = "", .least_bytes = 2, .most_bytes = 14}.Make(kTextBytes, 1);
  Random random(1);
  for (char& c : text) {
    if (c >= 'a' && random() % 20 == 0) c = '\xE9';
  }
  return text;
}

std::string Utf16() {
  std::string file = "\xFF\xFE";
  for (const char c : Latin()) file.append({c, '\0'});
  return file;
}

void ReadStream(benchmark::State& state, const std::string& file, const std::string& encoding) {
  const BenchFolder folder;
  StreamSpec spec;
  spec.path = folder.Write("file", file);
  spec.encoding = encoding;
  std::vector<char> text(kReadBytes);
  uint64_t bytes = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    const auto stream = TextStream::Open(spec, [] { return Status::OK(); }).ValueOrDie();
    while (const int64_t got = stream->Read(text.data(), kReadBytes).ValueOrDie()) bytes += static_cast<uint64_t>(got);
  }
  ticks.Report("byte", bytes, bytes);
}

// Files are made once, not for each look at how long a benchmark takes.
void Gzip(benchmark::State& state) {
  static const std::string file = Compressed(arrow::Compression::GZIP);
  ReadStream(state, file, "");
}
void Zstd(benchmark::State& state) {
  static const std::string file = Compressed(arrow::Compression::ZSTD);
  ReadStream(state, file, "");
}
void OneByteEncoding(benchmark::State& state) {
  static const std::string file = Latin();
  ReadStream(state, file, ParseEncoding("windows-1252").ValueOrDie());
}
void Utf16WithMark(benchmark::State& state) {
  static const std::string file = Utf16();
  ReadStream(state, file, "");
}

BENCHMARK(Gzip)->Name("ReadStream/gzip")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(Zstd)->Name("ReadStream/zstd")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(OneByteEncoding)->Name("ReadStream/windows_1252")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(Utf16WithMark)->Name("ReadStream/utf_16")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
