#pragma once
// How a failure is told: what, where, how to fix it, in at most four lines; and the exit code that it means.
#include <string>

#include "cli/request.h"
#include "headrace/status.h"

namespace headrace::cli {

/// Tell `status` and return the exit code. Quiet where the reader of standard output went away. `left` says what a run
/// that a signal stopped leaves behind; empty: nothing worth saying.
int Fail(const Status& status, std::string_view left = {});

/// The same for a job: names the line of the list that an input comes from.
int FailJob(const Status& status, const Request& request, std::string_view left = {});

/// Tell that what was asked for is done, but not told as was asked for: `what` says what is complete.
int FailToTell(const Status& status, std::string_view what);

/// The same as FailJob for a command line that is wrong: points to the help.
int FailUsage(const Status& status, const Request& request);

/// Return the message for `status` as lines that end in a newline.
std::string FailureText(const Status& status);

/// Return how to come past a fault of this kind.
std::string_view RemedyFor(RejectKind kind);

}  // namespace headrace::cli
