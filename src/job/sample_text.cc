#include "job/sample_text.h"

#include <algorithm>

#include "parse/field_list.h"
#include "simd/utf8.h"
#include "source/text_stream.h"

namespace headrace {
inline namespace v0 {
namespace {

void DropByteOrderMark(TextSample* sample) {
  sample->has_mark = sample->text.starts_with("\xEF\xBB\xBF");
  if (sample->has_mark) sample->text.erase(0, 3);
}

Result<TextSample> ReadPlain(const InputFile& file, int64_t size, int64_t begin, int64_t num_bytes) {
  TextSample sample;
  sample.text.resize(static_cast<size_t>(std::min(num_bytes, size - begin)));
  ARROW_ASSIGN_OR_RAISE(const int64_t got,
                        file.ReadAt(begin, sample.text.data(), static_cast<int64_t>(sample.text.size())));
  sample.text.resize(static_cast<size_t>(got));
  sample.from_start = begin == 0;
  sample.to_end = begin + got >= size;
  if (sample.from_start) DropByteOrderMark(&sample);
  return sample;
}

// A sample may begin or end inside a character.
std::string WholeLines(const TextSample& sample) {
  const size_t begin = sample.from_start ? 0 : std::min(sample.text.find_first_of("\r\n"), sample.text.size());
  const size_t end = sample.to_end ? sample.text.size() : sample.text.find_last_of("\r\n") + 1;  // 0: no line
  return sample.text.substr(begin, std::max(begin, end) - begin);
}

}  // namespace

Result<TextSample> ReadHead(const InputFacts& file, const Options& options, int64_t head_bytes,
                            const arrow::StopToken& stop) {
  if (!file.is_stream) {
    ARROW_ASSIGN_OR_RAISE(const auto opened, InputFile::Open(file.path, file.kept));
    return ReadPlain(*opened, file.facts.size, 0, head_bytes);
  }
  ARROW_ASSIGN_OR_RAISE(auto stream, TextStream::Open(StreamSpecOf(file, options), [&stop] { return stop.Poll(); }));
  TextSample sample;
  sample.from_start = true;
  sample.text.resize(static_cast<size_t>(head_bytes));
  int64_t held = 0;
  while (held < head_bytes) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, stream->Read(sample.text.data() + held, head_bytes - held));
    sample.to_end = got == 0;
    if (got == 0) break;
    held += got;
  }
  sample.text.resize(static_cast<size_t>(held));
  DropByteOrderMark(&sample);
  return sample;
}

Result<std::vector<TextSample>> ReadSamples(const InputFacts& file, const Options& options, int64_t head_bytes,
                                            int64_t bytes_below, const arrow::StopToken& stop) {
  std::vector<TextSample> samples;
  ARROW_ASSIGN_OR_RAISE(samples.emplace_back(), ReadHead(file, options, head_bytes, stop));
  const int64_t size = file.facts.size;
  if (file.is_stream || size <= head_bytes) return samples;
  ARROW_ASSIGN_OR_RAISE(const auto opened, InputFile::Open(file.path, file.kept));
  const int64_t tail = std::max(head_bytes, size - bytes_below);
  const int64_t middle = head_bytes + (tail - head_bytes) / 2;
  if (tail - middle > bytes_below) {
    ARROW_ASSIGN_OR_RAISE(samples.emplace_back(), ReadPlain(*opened, size, middle, bytes_below));
  }
  ARROW_ASSIGN_OR_RAISE(samples.emplace_back(), ReadPlain(*opened, size, tail, size - tail));
  return samples;
}

bool AreUtf8(const std::vector<TextSample>& samples) {
  return std::all_of(samples.begin(), samples.end(), [](const TextSample& sample) {
    const std::string padded = WholeLines(sample) + std::string(kTextPadding, '\0');
    return IsValidUtf8(padded.data(), padded.data() + padded.size() - kTextPadding);
  });
}

bool ShowUtf8(const std::vector<TextSample>& samples) {
  return std::any_of(samples.begin(), samples.end(), [](const TextSample& sample) {
    const std::string text = WholeLines(sample);
    return sample.has_mark || HasUtf8Character(text.data(), text.data() + text.size());
  });
}

}  // namespace v0
}  // namespace headrace
