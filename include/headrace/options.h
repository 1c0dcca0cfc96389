#pragma once
// A job: what is read, what the result is (Options), how fast it is made (Config).
// Options decide every byte of the output; Config never changes one. Most callers leave Config alone.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "headrace/schema.h"

namespace headrace {
inline namespace v0 {

/// What happens to a bad record or value.
enum class OnError : uint8_t {
  kFail,       ///< stop at the first fault in source order; nothing is published
  kSkip,       ///< leave the record out
  kNull,       ///< a bad value becomes null; structural faults are rejected
  kQuarantine  ///< leave the record out and list it in the rejects file, which must be named
};

/// What happens when a file cannot be read to its end.
enum class OnFileError : uint8_t {
  kFail,
  kKeep  ///< keep its whole records; the rest is one reject `damaged_file`
};

enum class FileOrder : uint8_t { kGiven, kName, kLargest };

enum class Codec : uint8_t { kNone, kZstd, kLz4, kSnappy, kGzip };

enum class ParquetCompat : uint8_t {
  kWide,   ///< encodings that every reader of recent years knows
  kLatest  ///< byte-stream-split and differences of texts' lengths too
};

/// How the types of columns that are not declared are found. The result is the same for kFull and kSample.
enum class Infer : uint8_t {
  kFull,    ///< one more pass over the input
  kSample,  ///< from samples; where a later value does not fit, one more pass, and the run begins again
  kNone     ///< all columns are strings
};

/// How narrow the types of columns that are not declared are.
enum class Dtypes : uint8_t {
  kWide,      ///< int64, strings
  kOptimized  ///< integers of the width that their range needs, dictionaries where texts repeat; one more pass
};

/// What happens where a header lacks a column of the schema.
enum class MissingColumns : uint8_t { kError, kNull };

/// What happens where a header has a column that the schema lacks.
enum class ExtraColumns : uint8_t { kIgnore, kError };

/// The form of the output.
enum class OutputKind : uint8_t {
  kNone,            ///< statistics only (scan)
  kParquet,         ///< one Parquet file
  kIpcFile,         ///< one Arrow IPC file
  kIpcStream,       ///< an Arrow IPC stream on a descriptor
  kParquetPerFile,  ///< a directory, one Parquet file an input
  kParquetParts,    ///< a directory of part-00000.parquet, part-00001.parquet, …, all inputs in their order
  kParquetHive      ///< a directory of Hive partitions
};

/// One kept column: index into the schema and the name it has in the output.
struct Selected {
  int column = 0;
  std::string name;
};

/// What the result is. Same inputs and same Options give the same output bytes.
struct Options {
  Dialect dialect;
  std::vector<FileDialect> file_dialects;  ///< the first whose pattern matches counts; needs a schema
  Schema schema;  ///< without columns: dialect and columns are found in the inputs (see Discover)
  Infer infer = Infer::kSample;
  Dtypes dtypes = Dtypes::kWide;
  std::vector<std::string> declared;  ///< keys of the dialect, as in a schema file, that Discover leaves as they are
  std::vector<std::string> select;    ///< source names to keep, in order; empty: all
  std::vector<std::pair<std::string, std::string>> renames;  ///< names in the source and in the output
  std::string where;            ///< a predicate: records for which it is not true are skipped; empty: none are
  double sample_percent = 100;  ///< share of the records that is kept, chosen by hash
  uint64_t sample_seed = 0;
  int64_t max_records = -1;  ///< read this many data records, the first in source order; -1: all

  std::string filename_column;       ///< name of a column with the input's path; empty: none
  std::string record_number_column;  ///< the same, with the number of the data record in its file, from 1
  std::string line_number_column;    ///< the same, with the line where the record begins
  bool hive_input = false;           ///< `name=value` folders on the inputs' paths are columns
  MissingColumns missing_columns = MissingColumns::kError;
  ExtraColumns extra_columns = ExtraColumns::kIgnore;
  bool recursive = false;  ///< folders are searched below
  OnError on_error = OnError::kFail;
  OnFileError on_file_error = OnFileError::kFail;
  std::string rejects_path;         ///< of the rejects file: .parquet, .csv or .jsonl; empty: none is written
  int64_t max_rejects = -1;         ///< more rejected records than this fail the job; -1: no limit
  double max_rejects_percent = -1;  ///< the same, as a share of the records read, judged at the end
  int64_t max_record_bytes = int64_t{16} << 20;
  int32_t max_fields = 100'000;
  int64_t max_expansion = 1000;  ///< bytes of text for one byte of compressed input, 1 or more
  FileOrder file_order = FileOrder::kGiven;
  int64_t unit_bytes = int64_t{32} << 20;  ///< bytes of text in one row group, about

  OutputKind output_kind = OutputKind::kNone;
  std::string output_path;    ///< needed but for kNone and kIpcStream
  int output_descriptor = 1;  ///< for kIpcStream
  bool overwrite = false;
  bool manifest = false;
  bool verify = false;         ///< what was written is read again, page by page, before it is published
  Codec codec = Codec::kZstd;  ///< of Parquet pages and IPC bodies; the command line sets kNone for IPC
  int codec_level = 1;
  ParquetCompat parquet_compat = ParquetCompat::kWide;
  std::vector<std::string> partition_by;  ///< output names, for kParquetHive
  int64_t rows_per_file = 0;   ///< the next file begins before it has more, at a row group's edge; 0: no limit. For
                               ///< kParquetParts and kParquetHive, as the next one
  int64_t bytes_per_file = 0;  ///< the same, of row groups as they lie in the file
};

/// Where a Config value comes from.
enum class Origin : uint8_t { kDefault, kUser, kDetected, kTuned, kLevel, kSaved };

/// One knob with its origin and the reason for its value. Callers set the value: it is then theirs (kUser).
template <class T>
struct Knob {
  T value{};
  Origin origin = Origin::kDefault;
  std::string reason;
};

/// How plain files are read. Every way gives the same bytes.
enum class Io : uint8_t {
  kAuto,
  kRead,  ///< pread into memory of our own
  kMmap,  ///< mapped a chunk at a time, and copied: needs a program that catches SIGBUS, as the command line does
  kUring  ///< io_uring: the parts of a chunk at the same time, and the next chunk asked for; Linux, where it is allowed
};

/// How an output that is one file is written. Every way gives the same bytes.
enum class Write : uint8_t {
  kAuto,
  kBuffered,  ///< through the page cache
  kDirect     ///< past it (O_DIRECT), by a thread of its own
};

/// Config values that belong together, after the phases of the tuning guide (docs/tuning.md).
enum class Level : uint8_t { kAuto, kBaseline, kConservative, kModerate, kAggressive };

/// How fast the result is made. Where a knob's value is 0 (below 0 for prefetch_files), it is chosen.
struct Config {
  Level level = Level::kAuto;  ///< gives values to what is not set below
  Knob<int64_t> workers;       ///< threads that carry units
  Knob<int64_t> chunk_bytes;   ///< bytes that a worker reads at a time
  int64_t chunk_rows = 0;      ///< where chunk_bytes is 0: so many rows, as long as those of a sample; 0: choose
  Knob<Io> io;                 ///< how plain files are read
  Knob<Write> write;           ///< how the output is written
  Knob<int64_t> buffer_bytes;  ///< text that a thread which decompresses or converts hands over at a time
  Knob<int64_t> prefetch_files{
      -1, Origin::kDefault, {}};      ///< files that the system is asked to have ready ahead of the workers
  Knob<int64_t> batch_files;          ///< after so many files, idle memory is given back
  Knob<int64_t> memory_limit_bytes;   ///< for the whole process
  Knob<int64_t> worker_memory_bytes;  ///< limit / workers: sets the workers, or with them the limit
  bool tunes = true;  ///< turn workers and chunk_bytes, where they were to be chosen, while the job runs
};

/// Return the origin's name, such as "detected".
std::string_view OriginName(Origin origin);

/// Return the names of a way to read, of one to write and of a level, such as "uring", "direct" and "moderate".
std::string_view IoName(Io io);
std::string_view WriteName(Write write);
std::string_view LevelName(Level level);

}  // namespace v0
}  // namespace headrace
