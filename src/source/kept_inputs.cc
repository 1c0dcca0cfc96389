#include "source/kept_inputs.h"

#include <unistd.h>

#include <cstdlib>

#include "os/input_file.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr const char* kStandardInput = "/proc/self/fd/0";
constexpr size_t kCopyBytes = 1 << 20;

// Whether there is such an input, and its bytes are gone once they are read. What is not there will be told later.
bool IsReadOnce(const std::string& path) {
  const auto facts = StatFile(path == "-" ? kStandardInput : path);
  return path == "-" || (facts.ok() && !facts->is_regular && !facts->is_directory);
}

// Whether standard input is a file that nobody has read from.
bool IsFileAtItsStart() {
  const auto facts = StatFile(kStandardInput);
  return facts.ok() && facts->is_regular && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0 && access(kStandardInput, R_OK) == 0;
}

Status NoRoom(const Status& status, const std::string& path) {
  return status.WithMessage(status.message(), "\nfix: '", path,
                            "' can be read only once, and all of it is kept where TMPDIR says: name a folder with room "
                            "there, or declare the columns, for which nothing needs to be kept");
}

}  // namespace

Result<std::shared_ptr<const KeptInputs>> KeptInputs::Keep(const std::vector<std::string>& inputs,
                                                           const arrow::StopToken& stop) {
  std::shared_ptr<KeptInputs> kept;
  for (const std::string& path : inputs) {
    if (!IsReadOnce(path)) continue;
    if (!kept) kept = std::make_shared<KeptInputs>();
    if (kept->copies_.count(path) != 0)
      return Status::Invalid("'", path, "' is named twice, and can be read only once");
    if (path == "-" && IsFileAtItsStart()) {
      kept->copies_[path] = kStandardInput;
    } else {
      ARROW_RETURN_NOT_OK(kept->Copy(path, stop));
    }
  }
  return kept;
}

Status KeptInputs::Copy(const std::string& path, const arrow::StopToken& stop) {
  const char* folder = std::getenv("TMPDIR");
  const std::string beside = std::string(folder == nullptr || *folder == '\0' ? "/tmp" : folder) + "/headrace-input";
  auto made = ScratchFile::Create(beside);
  if (!made.ok()) return NoRoom(made.status(), path);
  std::unique_ptr<ScratchFile> copy = std::move(made).ValueUnsafe();
  ARROW_ASSIGN_OR_RAISE(const auto input, InputFile::Open(path));
  std::string buffer(kCopyBytes, '\0');
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, input->Read(buffer.data(), kCopyBytes, [&stop] { return stop.Poll(); }));
    if (got == 0) break;
    ARROW_RETURN_NOT_OK(stop.Poll());
    const Status written = copy->Append(std::string_view(buffer).substr(0, static_cast<size_t>(got)));
    if (!written.ok()) return NoRoom(written, path);
  }
  copies_[path] = copy->path();
  files_.push_back(std::move(copy));
  return Status::OK();
}

std::string KeptInputs::CopyOf(const std::string& path) const {
  const auto copy = copies_.find(path);
  return copy == copies_.end() ? std::string() : copy->second;
}

}  // namespace v0
}  // namespace headrace
