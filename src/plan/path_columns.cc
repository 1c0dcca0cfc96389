#include "plan/path_columns.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr std::string_view kNullFolder = "__HIVE_DEFAULT_PARTITION__";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 32;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// A percent sign without two digits behind it stands for itself.
std::string PercentDecoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); i++) {
    const int high = text[i] == '%' && i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace

std::vector<PathColumn> PathColumns(std::string_view path) {
  std::vector<PathColumn> columns;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    const std::string_view folder = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    const size_t equals = folder.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    PathColumn column{PercentDecoded(folder.substr(0, equals)), std::nullopt};
    const std::string_view value = folder.substr(equals + 1);
    if (value != kNullFolder) column.value = PercentDecoded(value);
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace v0
}  // namespace headrace
