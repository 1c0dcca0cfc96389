#pragma once
// The rules that join flags: what one means for another, and what cannot go together. Runs after parse.cc.
#include <string>

#include "cli/request.h"
#include "headrace/status.h"

namespace headrace::cli {

/// Complete `request->job` for a run: schema present, delimiter and codec defaults, error policy, output form.
Status PrepareJob(Request* request);

/// Return the form that an OUTPUT has by its name; an error names the forms.
Result<OutputKind> OutputForm(const std::string& output, bool partitioned);

}  // namespace headrace::cli
