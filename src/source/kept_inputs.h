#pragma once
// Copies of inputs that can be read only once (standard input, pipes), for jobs that must look at them before they run.
// Takes: paths. Gives: paths of copies. Owns: files without names in the folder for temporary files. Threads: any
// number. Fails: Status that says how to do without.
#include <arrow/util/cancel.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "os/scratch_file.h"

namespace headrace {
inline namespace v0 {

class KeptInputs {
 public:
  /// Copy those of `inputs` that can be read only once, to their ends; nullptr where there is none. Standard input that
  /// is a file at its start is not copied. `stop` ends a wait for input.
  static Result<std::shared_ptr<const KeptInputs>> Keep(const std::vector<std::string>& inputs,
                                                        const arrow::StopToken& stop);

  /// Return what is to be opened in place of `path` for as long as this lives; empty: `path` itself.
  std::string CopyOf(const std::string& path) const;

 private:
  Status Copy(const std::string& path, const arrow::StopToken& stop);

  std::vector<std::unique_ptr<ScratchFile>> files_;
  std::map<std::string, std::string> copies_;
};

}  // namespace v0
}  // namespace headrace
