// headrace: delimited text into typed columns.
#include <unistd.h>

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/signals.h"
#include "os/bus_errors.h"
#include "os/out_of_memory.h"
#include "source/object_store.h"

namespace headrace::cli {
namespace {

int Print(const std::string& text) {
  const Status status = WriteOutput(text);
  return status.ok() ? kExitClean : Fail(status);
}

int Run(std::vector<std::string> words) {
  if (words.empty()) {
    Tell(GeneralHelp());
    return kExitFailed;
  }
  if (words[0] == "help" && words.size() > 1) {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") return Print(GeneralHelp());
  if (words[0] == "--version") return Print("headrace " HEADRACE_VERSION "\n");
  if (words[0] == "--help-markdown") return Print(MarkdownManual());

  Request request;
  const Status status = ParseCommandLine(words, &request);
  if (!status.ok()) return FailUsage(status, request);
  if (request.help) return Print(CommandHelp(*request.command));
  return request.command->run(request);
}

}  // namespace
}  // namespace headrace::cli

int main(int argc, char** argv) {
  headrace::cli::OccupyStandardDescriptors();
  headrace::cli::InstallSignalHandlers();
  headrace::CatchBusErrors();
  const auto done = headrace::CatchBadAlloc(
      [&]() -> headrace::Result<int> { return headrace::cli::Run(std::vector<std::string>(argv + 1, argv + argc)); });
  const int code = done.ok() ? *done : headrace::cli::Fail(done.status());
  [[maybe_unused]] const bool closed = headrace::CloseObjectStores();
#ifdef __SANITIZE_ADDRESS__
  if (closed) return code;  // which looks for leaks
#endif
  // Without the libraries' own ends: they take a millisecond, and a thread that a server holds would be running while
  // the process is taken down around it.
  ::_exit(code);
}
