#pragma once
// From the inputs that were asked for to files in source order.
// Takes: paths, globs, directories, "-". Gives: InputFacts. Owns: nothing. Threads: one. Fails: Status that names the
// input and how to mend it.
#include <cstdint>
#include <string>
#include <vector>

#include "headrace/options.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {

/// One input file, as it was when the job was planned.
struct InputFacts {
  std::string path;
  FileFacts facts;
  bool is_stream = false;  ///< standard input, a pipe, compressed, or not UTF-8: read once, from start to end
};

/// Put in place of each `@FILE` the lines of that file (`@-`: of standard input): a path, glob or directory each, as on
/// the command line, relative to the current directory. Blank lines and those that begin with '#' are left out; lists
/// do not nest.
Result<std::vector<std::string>> ExpandLists(const std::vector<std::string>& inputs);

/// Expand globs and directories (sorted by bytes; hidden names and names that begin with '_' left out), check that
/// every file is there, and order them. `output_path` must not be one of them, nor would-be one of them.
Result<std::vector<InputFacts>> ResolveInputs(const std::vector<std::string>& inputs, const Options& options);

}  // namespace v0
}  // namespace headrace
