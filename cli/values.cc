#include "cli/values.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace headrace::cli {
namespace {

constexpr int64_t kMaxWorkers = 1024;

// How a message shows what the user wrote.
std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// The whole text as digits; nothing where it is anything else or does not fit.
std::optional<int64_t> Digits(std::string_view text) {
  int64_t value = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct CodecRule {
  std::string_view name;
  Codec codec;
  int low, high, usual;  // levels; low > high: the codec has none
};
constexpr CodecRule kCodecs[] = {
    {"zstd", Codec::kZstd, 1, 22, 1}, {"lz4", Codec::kLz4, 1, 12, 1},  {"snappy", Codec::kSnappy, 1, 0, 1},
    {"gzip", Codec::kGzip, 1, 9, 6},  {"none", Codec::kNone, 1, 0, 1},
};

}  // namespace

Result<int64_t> ParseNumber(std::string_view text, int64_t low, int64_t high) {
  const std::optional<int64_t> value = Digits(text);
  if (value && *value >= low && *value <= high) return *value;
  const std::string range = high == std::numeric_limits<int64_t>::max()
                                ? "of at least " + std::to_string(low)
                                : "from " + std::to_string(low) + " to " + std::to_string(high);
  return Status::Invalid(Quoted(text), " is not a whole number ", range);
}

Result<int64_t> ParseSize(std::string_view text) {
  constexpr std::pair<std::string_view, int> kUnits[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  std::string_view number = text;
  int shift = 0;
  for (const auto& [suffix, bits] : kUnits) {
    if (!text.ends_with(suffix)) continue;
    number.remove_suffix(suffix.size());
    shift = bits;
  }
  const std::optional<int64_t> value = Digits(number);
  if (!value || *value == 0 || *value > (std::numeric_limits<int64_t>::max() >> shift)) {
    return Status::Invalid(Quoted(text), " is not a size\nfix: give bytes, or KiB, MiB or GiB as in 64MiB");
  }
  return *value << shift;
}

Result<std::optional<char>> ParseByteOrNone(std::string_view text) {
  if (text.empty() || text == "none") return std::optional<char>();
  ARROW_ASSIGN_OR_RAISE(const char byte, ParseByte(text));
  return std::optional<char>(byte);
}

std::vector<std::string> SplitCommas(std::string_view text) {
  std::vector<std::string> items;
  for (size_t begin = 0;;) {
    const size_t comma = text.find(',', begin);
    items.emplace_back(text.substr(begin, comma - begin));
    if (comma == std::string_view::npos) return items;
    begin = comma + 1;
  }
}

Result<std::vector<std::string>> ParseNames(std::string_view text) {
  std::vector<std::string> names = SplitCommas(text);
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (name.empty()) return Status::Invalid(Quoted(text), " holds an empty name\nfix: write name,name,name");
    if (!seen.insert(name).second) return Status::Invalid("the name ", Quoted(name), " stands there twice");
  }
  return names;
}

Result<std::vector<std::pair<std::string, std::string>>> ParseRenames(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> renames;
  std::set<std::string> seen;
  for (const std::string& item : SplitCommas(text)) {
    const size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == item.size()) {
      return Status::Invalid(Quoted(item), " is not a renaming\nfix: write old=new,old=new");
    }
    renames.emplace_back(item.substr(0, equals), item.substr(equals + 1));
    if (!seen.insert(renames.back().first).second) {
      return Status::Invalid("the name ", Quoted(renames.back().first), " is renamed twice");
    }
  }
  return renames;
}

Result<Compression> ParseCompression(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  for (const CodecRule& rule : kCodecs) {
    if (rule.name != name) continue;
    if (colon == std::string_view::npos) return Compression{rule.codec, rule.usual};
    if (rule.low > rule.high) return Status::Invalid("'", name, "' takes no level\nfix: write ", name, " alone");
    const auto level = ParseNumber(text.substr(colon + 1), rule.low, rule.high);
    if (!level.ok()) return level.status().WithMessage("the level ", level.status().message());
    return Compression{rule.codec, static_cast<int>(*level)};
  }
  return Status::Invalid(Quoted(text),
                         " is not a codec\nfix: use zstd, lz4, snappy, gzip or none; a level as in zstd:3");
}

Result<std::string> ParseText(std::string_view text) {
  if (!text.empty()) return std::string(text);
  return Status::Invalid("its value is empty\nfix: leave the flag out, or give it a text");
}

Result<double> ParseInterval(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size() && seconds >= 0.01 && seconds <= 3600) return seconds;
  return Status::Invalid(Quoted(text), " is no interval\nfix: give seconds from 0.01 to 3600, as in 0.5");
}

Result<double> ParsePercent(std::string_view text) {
  double percent = 0;
  const char* const last = text.data() + std::max<size_t>(text.size(), 1) - 1;
  const auto [end, error] = std::from_chars(text.data(), last, percent, std::chars_format::fixed);
  if (!text.ends_with('%') || error != std::errc() || end != last || !(percent >= 0 && percent <= 100)) {
    return Status::Invalid(Quoted(text), " is not a share from 0% to 100%\nfix: write 10% or 0.5%");
  }
  return percent;
}

Status ParseMaxRejects(std::string_view text, Options* options) {
  options->max_rejects = -1;
  options->max_rejects_percent = -1;
  if (!text.ends_with('%')) {
    const auto count = ParseNumber(text, 0, std::numeric_limits<int64_t>::max());
    if (!count.ok()) return Status::Invalid(Quoted(text), " is neither a count nor a share\nfix: write 100 or 0.5%");
    options->max_rejects = *count;
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(options->max_rejects_percent, ParsePercent(text));
  return Status::OK();
}

Result<Knob<int64_t>> ParseWorkers(std::string_view text, int64_t cpus, int64_t memory_bytes) {
  Knob<int64_t> knob;
  if (text == "auto") return knob;
  knob.origin = Origin::kUser;
  knob.reason = "--workers " + std::string(text);
  const std::string have = std::to_string(cpus) + (cpus == 1 ? " CPU" : " CPUs");
  const int64_t memory_gib = memory_bytes >> 30;
  if (text == "conservative") {
    knob.value = std::max<int64_t>(1, cpus - 2);
    knob.reason += ": " + have + " minus 2, at least 1";
  } else if (text == "aggressive") {
    knob.value = cpus + 2;
    knob.reason += ": " + have + " plus 2";
  } else if (text == "memory-limited") {
    knob.value = std::clamp<int64_t>(memory_gib / 2, 1, cpus);
    knob.reason += ": one for every 2 of " + std::to_string(memory_gib) + " GiB free, at most " + have;
  } else {
    const auto number = ParseNumber(text, 1, kMaxWorkers);
    if (!number.ok()) {
      return Status::Invalid(Quoted(text), " is not a number of workers\nfix: use auto, conservative, aggressive, ",
                             "memory-limited, or a number from 1 to ", kMaxWorkers);
    }
    knob.value = *number;
  }
  return knob;
}

Result<int64_t> ParseChunk(std::string_view text) {
  if (text == "auto" || text == "whole") return 0;
  if (text == "small") return int64_t{256} << 10;
  if (text == "medium") return int64_t{2} << 20;
  if (text == "large") return int64_t{16} << 20;
  if (text.ends_with('r')) {
    const std::optional<int64_t> rows = Digits(text.substr(0, text.size() - 1));
    if (rows && *rows > 0) return *rows;
  }
  const auto size = ParseSize(text);
  if (size.ok()) return size;
  return Status::Invalid(Quoted(text), " is not a chunk\nfix: use auto, small, medium, large, whole, rows as in ",
                         "500000r, or a size as in 4MiB");
}

}  // namespace headrace::cli
