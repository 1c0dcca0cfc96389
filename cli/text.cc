#include "cli/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ledger/json_writer.h"

namespace headrace::cli {
namespace {

std::string Fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

// `value` with three significant digits and the unit that suits it.
std::string WithUnit(double value, const char* const* units, int num_units, double step) {
  int unit = 0;
  while (unit + 1 < num_units && std::abs(value) >= step * 0.9995) {
    value /= step;
    ++unit;
  }
  const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return Fixed(value, decimals) + units[unit];
}

// Bytes of the character at the head of `text` where a terminal shows it as it is; 0 for control bytes, what is not
// UTF-8, and marks that turn the direction of the text around (a line could show what it does not hold).
size_t ShownBytes(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto length = static_cast<size_t>(Utf8SequenceBytes(text));
  if (length == 1 && (byte(0) < 0x20 || byte(0) == 0x7F)) return 0;
  if (length == 2 && byte(0) == 0xC2 && byte(1) < 0xA0) return 0;
  if (length != 3 || byte(0) != 0xE2) return length;
  const bool turns = (byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) ||
                     (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9);
  return turns ? 0 : length;
}

// Characters that a terminal shows for UTF-8 text, near enough for tables.
size_t DisplayWidth(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string Grouped(int64_t value) {
  std::string digits = std::to_string(value);
  const int64_t first = value < 0 ? 1 : 0;
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > first; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string Scaled(double value) {
  static const char* const kUnits[] = {"", "k", "M", "G", "T"};
  return WithUnit(value, kUnits, 5, 1000);
}

std::string HumanBytes(double bytes) {
  static const char* const kUnits[] = {" B", " kB", " MB", " GB", " TB", " PB"};
  return WithUnit(bytes, kUnits, 6, 1000);
}

std::string HumanSeconds(double seconds) {
  if (seconds < 59.95) return Fixed(seconds, seconds < 1 ? 3 : seconds < 9.995 ? 2 : 1) + " s";
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  const bool hours = whole >= 3600;
  const int64_t large = hours ? whole / 3600 : whole / 60;
  const int64_t small = hours ? whole / 60 % 60 : whole % 60;
  const std::string padded = (small < 10 ? "0" : "") + std::to_string(small);
  return std::to_string(large) + (hours ? " h " : " min ") + padded + (hours ? " min" : " s");
}

std::string Plural(int64_t count, std::string_view noun) {
  return Grouped(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string Visible(std::string_view raw, size_t max_bytes) {
  std::string text;
  for (size_t at = 0; at < raw.size();) {
    if (at >= max_bytes) return text + "...";
    const auto byte = static_cast<unsigned char>(raw[at]);
    const size_t length = ShownBytes(raw.substr(at));
    if (length > 0) {
      text += raw.substr(at, length);
      at += length;
      continue;
    }
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\x%02x", byte);
    text += byte == '\t' ? "\\t" : byte == '\n' ? "\\n" : byte == '\r' ? "\\r" : byte == 0 ? "\\0" : escape;
    ++at;
  }
  return text;
}

std::string ShownInput(std::string_view path) {
  constexpr size_t kMaxBytes = 1000;
  return path == "-" ? "standard input" : Visible(path, kMaxBytes);
}

std::string AlignedTable(const std::vector<std::vector<std::string>>& rows, std::string_view align) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - DisplayWidth(row[i]), ' ');
      const bool right = i < align.size() && align[i] == 'r';
      line += (i == 0 ? "" : "  ") + (right ? padding + row[i] : row[i] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string Wrapped(std::string_view text, size_t indent, size_t width) {
  const std::string margin(indent, ' ');
  std::string lines, line;
  while (!text.empty()) {
    const size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
      lines += margin + line + "\n";
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return line.empty() ? lines : lines + margin + line + "\n";
}

std::vector<std::string_view> Paragraphs(std::string_view text) {
  std::vector<std::string_view> paragraphs;
  while (!text.empty()) {
    const size_t end = std::min(text.find("\n\n"), text.size());
    paragraphs.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return paragraphs;
}

}  // namespace headrace::cli
