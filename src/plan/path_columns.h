#pragma once
// The columns that stand in paths, as Hive lays out partitions: .../year=2024/month=01/x.csv.
// Takes: a path. Gives: names and values, percent-decoded. Owns: nothing. Threads: pure. Fails: never.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {
inline namespace v0 {

struct PathColumn {
  std::string name;
  std::optional<std::string> value;  ///< none: null (__HIVE_DEFAULT_PARTITION__)
};

/// Return the `name=value` folders of `path`, outermost first; the file's own name does not count.
std::vector<PathColumn> PathColumns(std::string_view path);

}  // namespace v0
}  // namespace headrace
