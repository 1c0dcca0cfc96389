#pragma once
// Reports as text for people.
#include <string>
#include <string_view>
#include <vector>

#include "cli/request.h"

namespace headrace::cli {

/// Return one line that says how the columns of a file differ.
std::string DriftLine(const Drift& drift);

/// Return the account of a run: rows, rates, outputs, the first rejects; with --verbose files and knobs too.
std::string SummaryText(const Report& report, const Request& request);

/// Return the statistics of a scan as an aligned table.
std::string ScanTable(const Report& report);

/// Return the columns that were found as an aligned table: name, type, reason.
std::string InferredTable(const std::vector<InferredReport>& columns);

/// Return knobs as an aligned table: name, value, origin, reason.
std::string KnobTable(const std::vector<KnobReport>& knobs);

}  // namespace headrace::cli
