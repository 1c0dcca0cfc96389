#pragma once
// From the text of a flag's value to the value. Every failure is a Status whose message says what would be accepted.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headrace/options.h"
#include "headrace/status.h"

namespace headrace::cli {

/// Parse a whole number from `low` to `high`.
Result<int64_t> ParseNumber(std::string_view text, int64_t low, int64_t high);

/// Parse a size: bytes, or a whole number of KiB, MiB or GiB.
Result<int64_t> ParseSize(std::string_view text);

/// Parse one byte, where empty or `none` means that there is none.
Result<std::optional<char>> ParseByteOrNone(std::string_view text);

/// Cut at every comma; an empty text is one empty item.
std::vector<std::string> SplitCommas(std::string_view text);

/// Cut at every comma; empty items and repeated ones are errors.
Result<std::vector<std::string>> ParseNames(std::string_view text);

/// Parse `old=new,old=new`.
Result<std::vector<std::pair<std::string, std::string>>> ParseRenames(std::string_view text);

struct Compression {
  Codec codec = Codec::kZstd;
  int level = 1;
};
/// Parse `CODEC` or `CODEC:LEVEL`.
Result<Compression> ParseCompression(std::string_view text);

/// Parse a text that may not be empty.
Result<std::string> ParseText(std::string_view text);

/// Parse seconds, from 0.01 to 3600.
Result<double> ParseInterval(std::string_view text);

/// Parse `P%`, from 0% to 100%.
Result<double> ParsePercent(std::string_view text);

/// Parse `N` or `P%` into the two fields that it may set.
Status ParseMaxRejects(std::string_view text, Options* options);

/// Parse `--workers`: a number, or a rule that turns this machine's CPUs and memory into one.
Result<Knob<int64_t>> ParseWorkers(std::string_view text, int64_t cpus, int64_t memory_bytes);

/// Parse `--chunk` into bytes, or rows where it ends in 'r'; 0 for `auto` and `whole`, whose sizes are not known yet.
Result<int64_t> ParseChunk(std::string_view text);

}  // namespace headrace::cli
