#pragma once
// SIGINT, SIGTERM and SIGHUP: the first asks the run to stop, the second ends the process at once.
#include <arrow/util/cancel.h>

namespace headrace::cli {

/// Install the handlers and ignore SIGPIPE and SIGXFSZ, so that writes fail instead. A signal that the parent had
/// ignored stays so. Call once, from main.
void InstallSignalHandlers();

/// Return the token that the first signal sets; where no handlers are installed, one that nothing sets.
arrow::StopToken StopOnSignal();

/// Return the first signal that came, or 0.
int CaughtSignal();

}  // namespace headrace::cli
