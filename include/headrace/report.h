#pragma once
// What a run did: the ledger's figures, per file, per column, per output.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headrace/metrics.h"
#include "headrace/options.h"

namespace headrace {
inline namespace v0 {

struct FileReport {
  std::string path;
  int64_t bytes = 0;     ///< of text, decompressed
  int64_t rows = 0;      ///< records read
  int64_t rejected = 0;  ///< records rejected
  double seconds = 0;    ///< worker time spent on it
  bool complete = true;  ///< read to its end; false where Options::max_records came first
  Bent bent;
};

/// A file whose header names other columns than the first file's, or lacks some of the schema.
struct Drift {
  std::string path;
  std::vector<std::string> missing, extra;
  bool reordered = false;  ///< the columns that both have stand in another order
};

struct OutputReport {
  std::string path;
  int64_t rows = 0;  ///< as re-read from what was written
  int64_t bytes = 0;
  std::string checksum;  ///< "crc32c:" and eight hexadecimal digits, of the whole file
};

/// Statistics of one column (scan). Sums and extremes are text: exact for integers and decimals.
struct ColumnReport {
  std::string name;
  std::string type;
  int64_t count = 0;  ///< non-null values
  int64_t nulls = 0;
  bool has_extremes = false;
  std::string min, max;
  bool has_sum = false;
  std::string sum;
  /// How JSON spells min, max and sum: true where they are strings there (64-bit integers, decimals, times, text).
  bool extremes_quoted = true, sum_quoted = true;
};

struct KnobReport {
  std::string name, value, origin, reason;
};

/// A spelling of null that stands in a column without quotes.
struct NullWord {
  std::string text;
  int64_t count = 0;
};

/// The type that was found for a column, and why.
struct InferredReport {
  std::string column, type;
  std::string reason;  ///< the classes of its values, each with its first row and text
  /// Where the first value stands that does not have the type from samples, or from the values before it where every
  /// value was looked at first; an empty path: there was none.
  std::string forced_path;
  int64_t forced_record = 0, forced_line = 0;
  bool broke_promise = false;        ///< that value ended a run, which began again with this type
  std::vector<NullWord> null_words;  ///< in the samples; a string column keeps them as text
};

/// The account of a run. rows_read = rows_written + rows_rejected + rows_skipped, checked.
struct Report {
  int64_t rows_read = 0;
  int64_t rows_written = 0;
  int64_t rows_rejected = 0;
  int64_t rows_skipped = 0;  ///< header, preamble, comment and blank lines, and records that are not wanted
  int64_t values_nulled = 0;
  Bent bent;
  int64_t bytes_read = 0;
  double seconds = 0;
  int64_t peak_memory_bytes = 0;  ///< of the whole process since it began, resident; 0 where it is not known
  int64_t units = 0;
  int64_t units_redone = 0;         ///< units whose speculated start was wrong
  int64_t units_given_up = 0;       ///< times that a unit was given up for want of memory, and carried again
  int64_t max_units_in_flight = 0;  ///< units being carried at the same time, at most
  std::vector<FileReport> files;
  std::vector<Drift> drift;
  std::vector<std::string> notes;  ///< what may be a mistake, and failed nothing
  std::vector<KnobReport> config;
  std::vector<InferredReport> inferred;  ///< where the job declared no columns
  std::string schema_text;               ///< what was found there of dialect and columns, as a schema file
  std::vector<Decision> decisions;       ///< of the tuner
  std::optional<Verdict> verdict;        ///< of the whole run; none: it was not looked at
  std::optional<SamplesReport> samples;  ///< the same
  std::vector<OutputReport> outputs;
  bool verified = false;              ///< the outputs were read again, page by page, and matched (Options::verify)
  std::vector<ColumnReport> columns;  ///< scan only
  std::vector<Reject> first_rejects;  ///< a few, for messages
};

/// Say of the column's null_words that it keeps them as text, and how they become null. Empty: it has none, or is no
/// text.
std::string KeptAsText(const InferredReport& column);

/// Return the report as JSON text (format = 1), with the keys that docs/outputs.md lists.
std::string ReportToJson(const Report& report);

/// Return the report of a scan as JSON text: rows, bytes, seconds, columns.
std::string ScanToJson(const Report& report);

}  // namespace v0
}  // namespace headrace
