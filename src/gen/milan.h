#pragma once
// Sample data in the shape of the Milan grid (Telecom Italia, 2013): one tab-separated file a day, made from a seed.
// Takes: options. Gives: files in a directory, each whole under its name or absent. Owns: its threads, while it runs.
// Threads: any, where no two calls write the same directory. Fails: Status, with errno text where the system refused.
#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include <cstdint>
#include <functional>
#include <string>

namespace headrace {
inline namespace v0 {
namespace gen {

/// State what to generate. The bytes depend on days, rows, seed and bytes_per_row alone.
struct MilanOptions {
  /// Where the files go, `sms-call-internet-mi-2013-11-01.txt` onward; made if missing.
  std::string directory;
  /// Number of files, one for each local day in Milan, 1 to 3660.
  int days = 7;
  /// Rows of all files together, split evenly; at most 5.6 million a day. 0 gives full days: about 5.16 million rows
  /// each, more on working days than on week-ends.
  int64_t rows = 0;
  /// Another seed gives other values and other row counts per square and interval, with the same averages.
  uint64_t seed = 1;
  /// Mean length of a row: 65 as in the real files, or 77, where more of the activities are filled.
  int bytes_per_row = 65;
  /// Threads, the caller's included; 0 takes one for each CPU. Each costs about 2 MiB of memory.
  int workers = 0;
  /// Replace files that exist, each when its successor is complete; otherwise they are an error.
  bool overwrite = false;
  /// Called after every few hundred KiB with the bytes written so far: from any worker, never from two at once.
  std::function<void(int64_t bytes_done)> progress;
};

/// Say what GenerateMilan wrote.
struct MilanReport {
  int64_t files = 0, rows = 0, bytes = 0;
  double seconds = 0;
};

/// Write the files. After a failure or a stop, the days finished before stay; nothing half-written does.
arrow::Result<MilanReport> GenerateMilan(const MilanOptions& options, arrow::StopToken stop_token);

}  // namespace gen
}  // namespace v0
}  // namespace headrace
