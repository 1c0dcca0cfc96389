#pragma once
// From argv to a Request: finds the command, lets CLI11 cut the line into flags and arguments, applies the flag table.
#include <string>
#include <vector>

#include "cli/request.h"
#include "headrace/status.h"

namespace headrace::cli {

/// Parse the words after the program's name. On failure `request->command` is still set where it was understood.
Status ParseCommandLine(const std::vector<std::string>& words, Request* request);

}  // namespace headrace::cli
