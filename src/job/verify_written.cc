#include "job/verify_written.h"

#ifdef HEADRACE_FAULT_INJECTION
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#endif

#include "ledger/verify.h"

namespace headrace {
inline namespace v0 {
namespace {

#ifdef HEADRACE_FAULT_INJECTION
// HEADRACE_FAULT=damage_output:N: a bit of byte N of a file that was written is another one when it is read again.
void Damage(const std::string& written) {
  namespace fs = std::filesystem;
  constexpr std::string_view kFault = "damage_output:";
  const char* wanted = std::getenv("HEADRACE_FAULT");
  if (wanted == nullptr || !std::string_view(wanted).starts_with(kFault)) return;
  std::string path = written;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(written)) {
      if (entry.is_regular_file()) path = entry.path();
    }
  }
  const int64_t at = std::atoll(wanted + kFault.size());
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const int byte = file.get();
  file.seekp(at);
  file.put(static_cast<char>(byte ^ 1));
}
#endif

}  // namespace

Status VerifyBeforePublishing(const Sink& sink, const Options& options, const std::string& manifest_json,
                              const arrow::StopToken& stop) {
  const std::string written = sink.written_path();
  if (written.empty()) return Status::Invalid("only a file or a folder can be verified\nfix: leave out --verify");
#ifdef HEADRACE_FAULT_INJECTION
  Damage(written);
#endif
  ARROW_ASSIGN_OR_RAISE(const VerifyReport report, VerifyWritten(written, options.output_path, manifest_json, stop));
  if (report.ok) return Status::OK();
  const auto more = static_cast<int64_t>(report.problems.size()) - 1 + report.problems_left_out;
  return Status::IOError("the output was not published, for it does not read back as it was written: ",
                         report.problems.front(), more > 0 ? " (and " + std::to_string(more) + " more)" : "",
                         "\nfix: look at the disk and the memory of this machine, and run the job again");
}

}  // namespace v0
}  // namespace headrace
