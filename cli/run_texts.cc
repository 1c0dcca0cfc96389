// The commands that print what the tables say: completion, manpage.
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/help.h"
#include "cli/request.h"

namespace headrace::cli {

int RunCompletion(Request& request) {
  if (request.arguments.front() != "bash") {
    return FailUsage(
        Status::Invalid("no completion for '", request.arguments.front(), "'\nfix: headrace completion bash"), request);
  }
  const Status status = WriteOutput(BashCompletion());
  return status.ok() ? kExitClean : Fail(status);
}

int RunManpage(Request&) {
  const Status status = WriteOutput(ManualPage());
  return status.ok() ? kExitClean : Fail(status);
}

}  // namespace headrace::cli
