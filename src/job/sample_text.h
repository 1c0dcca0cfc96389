#pragma once
// Pieces of an input's text to look at before a job runs.
// Takes: InputFacts. Gives: text. Owns: nothing afterwards. Threads: one. Fails: Status that names the file.
#include <string>
#include <vector>

#include "headrace/options.h"
#include "plan/inputs.h"
#include "sniff/sample.h"

namespace headrace {
inline namespace v0 {

/// Read the first `head_bytes` of the file's text.
Result<TextSample> ReadHead(const InputFacts& file, const Options& options, int64_t head_bytes,
                            const arrow::StopToken& stop);

/// Read the head and, of plain files that are longer, `bytes_below` in the middle and as much at the end.
Result<std::vector<TextSample>> ReadSamples(const InputFacts& file, const Options& options, int64_t head_bytes,
                                            int64_t bytes_below, const arrow::StopToken& stop);

/// Return whether all samples are UTF-8, but for characters that they begin or end inside.
bool AreUtf8(const std::vector<TextSample>& samples);

/// Return whether one has something that text of another encoding hardly ever has: the mark, or a character of several
/// bytes.
bool ShowUtf8(const std::vector<TextSample>& samples);

}  // namespace v0
}  // namespace headrace
