#pragma once
// The levels: rows of a table of Config values, after the phases of the tuning guide.
// Takes: a level, the CPUs, the files. Gives: values for the knobs that nobody set. Owns: nothing. Threads: any number.
// Fails: never.
#include "headrace/options.h"
#include "headrace/report.h"

namespace headrace {
inline namespace v0 {

/// Give the knobs of `config` that are not set the values of its level; none for kAuto. `files` is the job's number of
/// inputs, `cpus` what may be used, `unit_bytes` the size of a unit.
void ApplyLevel(int64_t cpus, int64_t files, int64_t unit_bytes, Config* config);

/// All levels, as `headrace bench --levels` runs them.
inline constexpr Level kLevels[] = {Level::kBaseline, Level::kConservative, Level::kModerate, Level::kAggressive,
                                    Level::kAuto};

}  // namespace v0
}  // namespace headrace
