#include "cli/flags.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "cli/commands.h"
#include "cli/values.h"
#include "job/number_marks.h"
#include "os/machine.h"

namespace headrace::cli {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
constexpr int64_t kMostFiles = 1'000'000'000;

// --- What flags do when it takes more than a line -------------------------------------------------------------------

Status ReadDeclared(Request& request, std::string_view value) {
  ARROW_ASSIGN_OR_RAISE(SchemaFile file, ReadSchemaFile(std::string(value)));
  request.job.options.dialect = file.dialect;
  request.job.options.file_dialects = file.file_dialects;
  request.schema_dialect = file.dialect_set;
  // --columns replaces the columns of the file, wherever it stands on the line.
  if (!request.Given("--columns")) request.job.options.schema = file.schema;
  return Status::OK();
}

Status ApplySchemaFile(Request& request, std::string_view value) {
  request.schema_path = value;
  return ReadDeclared(request, value);
}

Status ApplyLock(Request& request, std::string_view value) {
  request.lock_path = value;
  std::error_code error;
  request.locked = std::filesystem::exists(request.lock_path, error);
  return request.locked ? ReadDeclared(request, value) : Status::OK();
}

Status ApplyColumns(Request& request, std::string_view value) {
  ARROW_ASSIGN_OR_RAISE(request.job.options.schema, ParseColumns(value));
  return Status::OK();
}

Status ApplyOnError(Request& request, std::string_view value) {
  constexpr std::pair<std::string_view, OnError> kPolicies[] = {{"fail", OnError::kFail},
                                                                {"skip", OnError::kSkip},
                                                                {"null", OnError::kNull},
                                                                {"quarantine", OnError::kQuarantine}};
  for (const auto& [name, policy] : kPolicies) {
    if (name != value) continue;
    request.job.options.on_error = policy;
    return Status::OK();
  }
  return Status::Invalid("'", value, "' is not a policy\nfix: use fail, skip, null or quarantine");
}

Status ApplyCompression(Request& request, std::string_view value) {
  ARROW_ASSIGN_OR_RAISE(const Compression compression, ParseCompression(value));
  request.job.options.codec = compression.codec;
  request.job.options.codec_level = compression.level;
  return Status::OK();
}

Status ApplyChunk(Request& request, std::string_view value) {
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, ParseChunk(value));  // or rows
  Config& config = request.job.config;
  request.chunk_name = value;
  config.chunk_bytes = {};
  config.chunk_rows = 0;
  if (value == "auto") return Status::OK();
  if (value.ends_with('r')) {
    config.chunk_rows = bytes;
    return Status::OK();
  }
  request.job.config.chunk_bytes = {bytes, Origin::kUser, "--chunk " + std::string(value)};
  return Status::OK();
}

// Set a knob to a size that the user gave; auto leaves it open.
Status SetSize(std::string_view flag, std::string_view value, Knob<int64_t>* knob) {
  *knob = {};
  if (value == "auto") return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, ParseSize(value));
  *knob = {bytes, Origin::kUser, std::string(flag) + " " + std::string(value)};
  return Status::OK();
}

// Set a knob to a number that the user gave, from `low` on; auto leaves it open.
Status SetCount(std::string_view flag, std::string_view value, int64_t low, int64_t open, Knob<int64_t>* knob) {
  *knob = {open, Origin::kDefault, {}};
  if (value == "auto") return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const int64_t count, ParseNumber(value, low, kMostFiles));
  *knob = {count, Origin::kUser, std::string(flag) + " " + std::string(value)};
  return Status::OK();
}

// Set `field` to the meaning of `value` among `choices`.
template <class T>
Status Choose(T& field, std::string_view value, std::initializer_list<std::pair<std::string_view, T>> choices) {
  std::string names;
  for (const auto& [name, meaning] : choices) {
    if (name == value) {
      field = meaning;
      return Status::OK();
    }
    names += (names.empty() ? "" : name == (choices.end() - 1)->first ? " or " : ", ") + std::string(name);
  }
  return Status::Invalid("'", value, "' is not one of its values\nfix: use ", names);
}

Status ApplyIo(Request& request, std::string_view value) {
  Knob<Io>& io = request.job.config.io;
  ARROW_RETURN_NOT_OK(
      Choose(io.value, value, {{"auto", Io::kAuto}, {"read", Io::kRead}, {"mmap", Io::kMmap}, {"uring", Io::kUring}}));
  io.origin = io.value == Io::kAuto ? Origin::kDefault : Origin::kUser;
  io.reason = "--io " + std::string(value);
  return Status::OK();
}

Status ApplyWrite(Request& request, std::string_view value) {
  Knob<Write>& write = request.job.config.write;
  ARROW_RETURN_NOT_OK(
      Choose(write.value, value, {{"auto", Write::kAuto}, {"buffered", Write::kBuffered}, {"direct", Write::kDirect}}));
  write.origin = write.value == Write::kAuto ? Origin::kDefault : Origin::kUser;
  write.reason = "--write " + std::string(value);
  return Status::OK();
}

template <class T, class U>
Status Set(T& field, Result<U> value) {
  ARROW_ASSIGN_OR_RAISE(field, std::move(value));
  return Status::OK();
}

Status True(bool& field) {
  field = true;
  return Status::OK();
}

constexpr uint32_t kWriters = kIngest | kExplain;
constexpr uint32_t kFileMakers = kJobs & ~kBench;
constexpr uint32_t kRunners = kIngest | kScan;

// --- The table, in the order of the help
// ------------------------------------------------------------------------------

constexpr Flag kFlags[] = {
    {"--schema", 0, "FILE.toml", Group::kColumns, kJobs,
     "Read the dialect and the columns from a schema file. Other flags override what it sets.", "", ApplySchemaFile,
     true},
    {"--lock", 0, "FILE.toml", Group::kColumns, kRunners,
     "Fix what is found: where the file is not there, it is written behind the run, with the dialect and the columns; where "
     "it is there, they are taken from it, and a value that its column would change is a bad value.",
     "", ApplyLock, true},
    {"--columns", 0, "NAME:TYPE,...", Group::kColumns, kJobs,
     "Declare the source's columns in order, as in 'id:uint32,day:date,price:decimal(9,2)'. Types: bool, int8 to "
     "int64, "
     "uint8 to uint64, float32, float64, decimal(P,S), string, binary, date, timestamp[s|ms|us|ns] or "
     "timestamp[U, ZONE], time[U], duration[U], dictionary(string), uuid.",
     "", ApplyColumns, true},
    {"--select", 0, "NAME,...", Group::kColumns, kJobs,
     "Keep these columns, in this order; the others are not decoded. Names are the source's.", "all",
     [](Request& r, std::string_view v) { return Set(r.job.options.select, ParseNames(v)); }},
    {"--rename", 0, "OLD=NEW,...", Group::kColumns, kJobs, "Give columns other names in the output.", "",
     [](Request& r, std::string_view v) { return Set(r.job.options.renames, ParseRenames(v)); }},
    {"--missing-columns", 0, "error|null", Group::kColumns, kJobs,
     "What happens where a header lacks a declared column: the job fails before anything is written, or the column is "
     "null in that file.",
     "error",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.missing_columns, v,
                     {{"error", MissingColumns::kError}, {"null", MissingColumns::kNull}});
     }},
    {"--extra-columns", 0, "ignore|error", Group::kColumns, kJobs,
     "What happens where a header has a column that is not declared: it is left out, or the job fails before anything "
     "is written.",
     "ignore",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.extra_columns, v,
                     {{"ignore", ExtraColumns::kIgnore}, {"error", ExtraColumns::kError}});
     }},
    {"--filename-column", 0, "NAME", Group::kColumns, kJobs,
     "Add a column with the path of the input that the row comes from, as dictionary(string).", "",
     [](Request& r, std::string_view v) { return Set(r.job.options.filename_column, ParseText(v)); }},
    {"--record-number-column", 0, "NAME", Group::kColumns, kJobs,
     "Add a column with the number of the data record in its file, from 1, as in the rejects table (int64).", "",
     [](Request& r, std::string_view v) { return Set(r.job.options.record_number_column, ParseText(v)); }},
    {"--line-number-column", 0, "NAME", Group::kColumns, kJobs,
     "Add a column with the number of the line where the record begins, from 1 (int64).", "",
     [](Request& r, std::string_view v) { return Set(r.job.options.line_number_column, ParseText(v)); }},
    {"--hive-input", 0, "", Group::kColumns, kJobs,
     "Add the name=value folders on the inputs' paths as columns: strings, or of the type declared under that name.", "",
     [](Request& r, std::string_view) { return True(r.job.options.hive_input); }},

    {"--infer", 0, "sample|full|none", Group::kColumns, kFinders,
     "Where no columns are declared: how their types are found. sample: from samples; where a later value does not "
     "fit, "
     "all values are looked at and the job begins again. full: look at all values first. none: every column is a "
     "string. sample and full give the same types.",
     "sample",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.infer, v,
                     {{"sample", Infer::kSample}, {"full", Infer::kFull}, {"none", Infer::kNone}});
     }},

    {"--dtypes", 0, "wide|optimized", Group::kColumns, kFinders,
     "Where no columns are declared: how narrow their types are. optimized: integers as narrow as their range (uint8 to "
     "int64), and dictionaries where texts repeat; it looks at all values, twice.",
     "wide",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.dtypes, v, {{"wide", Dtypes::kWide}, {"optimized", Dtypes::kOptimized}});
     }},

    {"--delimiter", 0, "TEXT", Group::kDialect, kFinders,
     "What stands between fields: one character or up to 16 bytes, \\t for a tab, \\xNN for any byte; or whitespace, "
     "for any run of spaces and tabs.",
     "found; with declared columns ',', or \\t where every input is named .tsv",
     [](Request& r, std::string_view v) { return Set(r.job.options.dialect.delimiter, ParseDelimiter(v)); }},
    {"--quote", 0, "BYTE|none", Group::kDialect, kFinders,
     "The byte around fields that hold delimiters or line ends, doubled inside them (RFC 4180). With none, quotes are "
     "ordinary bytes, which is a little faster.",
     "'\"'", [](Request& r, std::string_view v) { return Set(r.job.options.dialect.quote, ParseByteOrNone(v)); }},
    {"--escape", 0, "BYTE|none", Group::kDialect, kFinders,
     "The byte that makes the one behind it an ordinary byte of its field, in quotes or not: a quote, a delimiter, a "
     "line end. Nulls such as \\N are compared before escapes are read.",
     "none", [](Request& r, std::string_view v) { return Set(r.job.options.dialect.escape, ParseByteOrNone(v)); }},
    {"--escape-style", 0, "field|quoted|c", Group::kDialect, kFinders,
     "What the escape means. field: the byte behind it is an ordinary one. quoted: so in quotes alone, and before a "
     "quote or an escape alone, as Spark has it; elsewhere it is text. c: as field, and \\n, \\t, \\r, \\b, \\f, \\v, "
     "\\0, \\012 and \\x0a stand for other bytes, as in the files of PostgreSQL's COPY and MySQL.",
     "field",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.dialect.escape_style, v,
                     {{"field", EscapeStyle::kField}, {"quoted", EscapeStyle::kQuoted}, {"c", EscapeStyle::kC}});
     }},
    {"--lenient", 0, "", Group::kDialect, kFinders,
     "Read what breaks the rules of quotes and line ends, by the rules of docs/dialects.md: LF, CR LF and CR end "
     "records alike, a quote inside a field is an ordinary byte, blank lines are skipped.",
     "", [](Request& r, std::string_view) { return True(r.job.options.dialect.lenient); }},
    {"--short-records", 0, "reject|pad", Group::kDialect, kFinders,
     "What a record with too few fields is: a reject, or a row whose missing fields are empty.", "reject",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.dialect.short_records, v,
                     {{"reject", ShortRecords::kReject}, {"pad", ShortRecords::kPad}});
     }},
    {"--long-records", 0, "reject|truncate|collect", Group::kDialect, kFinders,
     "What a record with too many fields is: a reject, a row without the fields behind the last column, or a row whose "
     "last field is all the text from where it begins.",
     "reject",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.dialect.long_records, v,
                     {{"reject", LongRecords::kReject},
                      {"truncate", LongRecords::kTruncate},
                      {"collect", LongRecords::kCollect}});
     }},
    {"--comment", 0, "BYTE|none", Group::kDialect, kFinders, "Skip lines that begin with this byte.", "none",
     [](Request& r, std::string_view v) { return Set(r.job.options.dialect.comment, ParseByteOrNone(v)); }},
    {"--decimal", 0, ".|,", Group::kDialect, kFinders, "What stands before the fraction of numbers.", "'.'",
     [](Request& r, std::string_view v) { return Set(r.job.options.dialect.decimal, ParseDecimalMark(v)); }},
    {"--thousands", 0, "MARK|none", Group::kDialect, kFinders,
     "What may stand between groups of three digits of numbers: one of . , ' _ or a space (plain, no-break or narrow "
     "no-break). Numbers grouped in another way are bad values.",
     "none", [](Request& r, std::string_view v) { return Set(r.job.options.dialect.thousands, ParseThousands(v)); }},
    {"--terminator", 0, "auto|lf|cr", Group::kDialect, kFinders,
     "What ends a record: lf is LF with or without a CR before it, cr is CR alone. auto takes the first one that the "
     "first file shows.",
     "auto",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.dialect.terminator, v,
                     {{"auto", Terminator::kAuto}, {"lf", Terminator::kLf}, {"cr", Terminator::kCr}});
     }},
    {"--header", 0, "", Group::kDialect, kFinders,
     "The first record of each file names its columns; they are matched by name, and columns that are not declared are "
     "left out.",
     "", [](Request& r, std::string_view) { return True(r.job.options.dialect.header); }},
    {"--no-header", 0, "", Group::kDialect, kFinders, "There is no header: columns are matched by position.",
     "found; with declared columns no header",
     [](Request& r, std::string_view) {
       r.job.options.dialect.header = false;
       return Status::OK();
     }},
    {"--header-rows", 0, "N", Group::kDialect, kFinders,
     "The header is N records: a column's name is its cells in them that are not empty, joined by '_'. Needs --header.",
     "1",
     [](Request& r, std::string_view v) { return Set(r.job.options.dialect.header_rows, ParseNumber(v, 1, 1000)); }},
    {"--skip-after-header", 0, "N", Group::kDialect, kFinders,
     "Drop the first N records behind the header of every file, such as a row of units. Needs --header.", "0",
     [](Request& r, std::string_view v) {
       return Set(r.job.options.dialect.skip_after_header, ParseNumber(v, 0, kNoLimit));
     }},
    {"--skip-rows", 0, "N", Group::kDialect, kFinders, "Drop the first N lines of every file, before the header.", "0",
     [](Request& r, std::string_view v) { return Set(r.job.options.dialect.skip_rows, ParseNumber(v, 0, kNoLimit)); }},
    {"--skip-footer", 0, "N", Group::kDialect, kFinders, "Drop the last N lines of every file.", "0",
     [](Request& r, std::string_view v) { return Set(r.job.options.dialect.skip_footer, ParseNumber(v, 0, kNoLimit)); }},
    {"--nulls", 0, "TEXT,...", Group::kDialect, kFinders,
     "The spellings of null, in place of the default; an empty item is the empty field, as in 'NA,,\\N'.",
     "the empty field",
     [](Request& r, std::string_view v) {
       r.job.options.dialect.nulls = SplitCommas(v);
       return Status::OK();
     }},
    {"--no-nulls", 0, "", Group::kDialect, kFinders,
     "No value may be null: an empty field or a null spelling is a bad value.", "",
     [](Request& r, std::string_view) { return True(r.job.options.dialect.no_nulls); }},
    {"--encoding", 0, "NAME", Group::kDialect, kFinders,
     "The encoding of the text, such as utf-16-le, latin-1, windows-1252, shift_jis or gb18030: any that iconv knows. "
     "Bytes that are not valid in it are bad values.",
     "utf-8, or what a UTF-16 or UTF-32 byte order mark shows; windows-1252 where columns are found and the text is "
     "not UTF-8",
     [](Request& r, std::string_view v) { return Set(r.job.options.dialect.encoding, ParseEncoding(v)); }},
    {"--max-record-bytes", 0, "SIZE", Group::kDialect, kFinders, "A longer record is a fault.", "16MiB",
     [](Request& r, std::string_view v) { return Set(r.job.options.max_record_bytes, ParseSize(v)); }},
    {"--max-expansion", 0, "N", Group::kDialect, kFinders,
     "Compressed input that becomes more than N times as long is an error; the first MiB is free.", "1000",
     [](Request& r, std::string_view v) { return Set(r.job.options.max_expansion, ParseNumber(v, 1, kNoLimit)); }},

    {"--where", 0, "EXPR", Group::kRows, kJobs,
     "Keep the records for which this is true, as in \"price >= 9.5 AND (city IN ('Rome', 'Milan') OR city IS NULL)\". "
     "Columns need not be selected; other columns of the records left out are not decoded, and not checked.",
     "", [](Request& r, std::string_view v) { return Set(r.job.options.where, ParseText(v)); }},
    {"--sample", 0, "P%", Group::kRows, kJobs,
     "Keep this share of the records, chosen by a hash of file and position: always the same ones.", "100%",
     [](Request& r, std::string_view v) { return Set(r.job.options.sample_percent, ParsePercent(v)); }},
    {"--sample-seed", 0, "N", Group::kRows, kJobs, "Another seed gives another sample.", "0",
     [](Request& r, std::string_view v) { return Set(r.job.options.sample_seed, ParseNumber(v, 0, kNoLimit)); }},
    {"--rows", 0, "N", Group::kRows, kJobs,
     "Read the first N data records of the whole job, good or bad, before --where and --sample; nothing behind them is "
     "read.",
     "all", [](Request& r, std::string_view v) { return Set(r.job.options.max_records, ParseNumber(v, 0, kNoLimit)); }},

    {"--on-error", 0, "fail|skip|null|quarantine", Group::kFaults, kJobs,
     "What happens to a bad record or value. fail: stop, publish nothing. skip: leave the record out. null: a bad "
     "value "
     "becomes null; a record of the wrong shape is left out. quarantine: leave the record out and list it in "
     "--rejects.",
     "fail", ApplyOnError},
    {"--rejects", 0, "FILE", Group::kFaults, kFileMakers,
     "Write a table of what was rejected or nulled, with file, line, byte, column, reason and raw text. The name ends "
     "in "
     ".parquet, .csv or .jsonl. Means --on-error quarantine unless another policy is given.",
     "",
     [](Request& r, std::string_view v) { return Set(r.job.options.rejects_path, ParseText(v)); }},
    {"--max-rejects", 0, "N|P%", Group::kFaults, kJobs,
     "Fail when more records than this are rejected; a share of the records read is judged at the end.", "no limit",
     [](Request& r, std::string_view v) { return ParseMaxRejects(v, &r.job.options); }},
    {"--on-file-error", 0, "fail|keep", Group::kFaults, kJobs,
     "What happens when a file cannot be read to its end. keep: keep its whole records, and count the rest as one "
     "reject.",
     "fail",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.on_file_error, v, {{"fail", OnFileError::kFail}, {"keep", OnFileError::kKeep}});
     }},

    {"--output", 'o', "OUTPUT", Group::kOutput, kWriters, "Where the result goes; see above for its forms.", "",
     [](Request& r, std::string_view v) {
       r.output = v;
       return Status::OK();
     }},
    {"--output", 'o', "DIR", Group::kOutput, kGenMilan, "The folder that is made and filled.", "",
     [](Request& r, std::string_view v) {
       r.output = v;
       return Status::OK();
     }},
    {"--overwrite", 0, "", Group::kOutput, kFileMakers,
     "Replace what exists under the names of the output and the rejects, once the new ones are complete.", "",
     [](Request& r, std::string_view) { return True(r.job.options.overwrite); }},
    {"--overwrite", 0, "", Group::kOutput, kGenMilan, "Replace files that exist, each once its successor is complete.",
     "", [](Request& r, std::string_view) { return True(r.job.options.overwrite); }},
    {"--compression", 0, "zstd|lz4|snappy|gzip|none[:LEVEL]", Group::kOutput, kWriters,
     "Codec of the output, with a level as in zstd:3. Arrow IPC knows zstd, lz4 and none.",
     "zstd:1; none for Arrow IPC", ApplyCompression},
    {"--parquet-compat", 0, "wide|latest", Group::kOutput, kWriters,
     "wide: Parquet encodings that every reader of recent years knows. latest: newer encodings too.", "wide",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.parquet_compat, v,
                     {{"wide", ParquetCompat::kWide}, {"latest", ParquetCompat::kLatest}});
     }},
    {"--partition-by", 0, "NAME,...", Group::kOutput, kWriters,
     "Spread the rows over Hive partitions (dir/NAME=value/) by these output columns. OUTPUT is dir/.", "",
     [](Request& r, std::string_view v) { return Set(r.job.options.partition_by, ParseNames(v)); }},
    {"--rows-per-file", 0, "N", Group::kOutput, kWriters,
     "Write all inputs in their order into dir/part-00000.parquet, part-00001.parquet, ...: the next file begins where "
     "the next row group would give it more than N rows. With --partition-by, in each partition. OUTPUT is dir/.",
     "no limit", [](Request& r, std::string_view v) { return Set(r.job.options.rows_per_file, ParseNumber(v, 1, kNoLimit)); }},
    {"--bytes-per-file", 0, "SIZE", Group::kOutput, kWriters,
     "The same, where the file's row groups would hold more than SIZE bytes, compressed. With both, the first that is "
     "reached counts.",
     "no limit", [](Request& r, std::string_view v) { return Set(r.job.options.bytes_per_file, ParseSize(v)); }},
    {"--unit-bytes", 0, "SIZE", Group::kOutput, kJobs,
     "About how many bytes of text make one Parquet row group or one Arrow batch. 'scan' keeps no values: there it is 4MiB "
     "where it is not given.",
     "32MiB",
     [](Request& r, std::string_view v) { return Set(r.job.options.unit_bytes, ParseSize(v)); }},
    {"--recursive", 0, "", Group::kOutput, kFinders,
     "Search the folders below a directory that is an input too, but not those whose names begin with '.' or '_'.", "",
     [](Request& r, std::string_view) { return True(r.job.options.recursive); }},
    {"--file-order", 0, "given|name|largest", Group::kOutput, kFinders, "The order of the inputs in the output.",
     "given",
     [](Request& r, std::string_view v) {
       return Choose(r.job.options.file_order, v,
                     {{"given", FileOrder::kGiven}, {"name", FileOrder::kName}, {"largest", FileOrder::kLargest}});
     }},
    {"--manifest", 0, "", Group::kOutput, kWriters,
     "Write OUTPUT.manifest.json beside the output: inputs, units, rows and checksums, for `headrace verify`.", "",
     [](Request& r, std::string_view) { return True(r.job.options.manifest); }},

    {"--verify", 0, "", Group::kOutput, kWriters,
     "Read the output again before it is published, as `headrace verify` does, page by page and against the account; "
     "what does not match fails the job.",
     "", [](Request& r, std::string_view) { return True(r.job.options.verify); }},

    {"--days", 0, "N", Group::kSample, kGenMilan, "How many files, one a day.", "7",
     [](Request& r, std::string_view v) { return Set(r.sample.days, ParseNumber(v, 1, 3660)); }},
    {"--rows", 0, "N", Group::kSample, kGenMilan, "How many rows in all, spread over the days.",
     "full days, about 5.16 million rows each",
     [](Request& r, std::string_view v) { return Set(r.sample.rows, ParseNumber(v, 1, kNoLimit)); }},
    {"--seed", 0, "N", Group::kSample, kGenMilan, "Another seed gives other values, alike on average.", "1",
     [](Request& r, std::string_view v) { return Set(r.sample.seed, ParseNumber(v, 0, kNoLimit)); }},
    {"--bytes-per-row", 0, "65|77", Group::kSample, kGenMilan,
     "The mean length of a row: 65 as in the real files, 77 where more fields are filled.", "65",
     [](Request& r, std::string_view v) {
       return Choose(r.sample.bytes_per_row, v, {{"65", 65}, {"77", 77}});
     }},

    {"--workers", 0, "auto|conservative|aggressive|memory-limited|N", Group::kSpeed, kFinders | kGenMilan,
     "How many threads work. auto: as many as help. conservative: the CPUs minus 2. aggressive: the CPUs plus 2. "
     "memory-limited: one for every 2 GiB of free memory, at most one a CPU. CPUs and memory are those that affinity "
     "and "
     "cgroup allow.",
     "auto",
     [](Request& r, std::string_view v) {
       const Allowance allowance = ReadAllowance();
       return Set(r.job.config.workers, ParseWorkers(v, allowance.cpus(), allowance.available_memory_bytes));
     }},
    {"--chunk", 0, "auto|small|medium|large|whole|ROWSr|SIZE", Group::kSpeed, kJobs,
     "How much text a worker reads at a time: small is 256KiB, medium 2MiB, large 16MiB, whole a whole unit; 500000r as "
     "many rows, of the length that a sample shows.",
     "auto", ApplyChunk},
    {"--io", 0, "auto|read|mmap|uring", Group::kSpeed, kJobs,
     "How plain files are read: read into our own memory, mapped a chunk at a time, or several parts at the same time "
     "through io_uring. What the system refuses is read, and `explain` says why.",
     "auto", ApplyIo},
    {"--write", 0, "auto|buffered|direct", Group::kSpeed, kWriters,
     "How an output that is one file is written: through the page cache, or past it. auto: past it on a local disk, where "
     "the file is then read from when it is next opened.",
     "auto", ApplyWrite},
    {"--buffer", 0, "auto|SIZE", Group::kSpeed, kJobs,
     "How much text a thread that decompresses or converts hands over at a time.", "256KiB",
     [](Request& r, std::string_view v) { return SetSize("--buffer", v, &r.job.config.buffer_bytes); }},
    {"--prefetch", 0, "auto|N", Group::kSpeed, kJobs,
     "How many files the system is asked to have ready ahead of the workers; 0 is none.",
     "2, where files lie on a disk or network",
     [](Request& r, std::string_view v) { return SetCount("--prefetch", v, 0, -1, &r.job.config.prefetch_files); }},
    {"--batch-files", 0, "auto|N", Group::kSpeed, kJobs,
     "After how many files idle memory is given back to the system.", "files of 512 MiB together",
     [](Request& r, std::string_view v) { return SetCount("--batch-files", v, 1, 0, &r.job.config.batch_files); }},
    {"--memory-limit", 0, "auto|SIZE", Group::kSpeed, kFinders, "The most memory that the process may use.",
     "half of what is free",
     [](Request& r, std::string_view v) { return SetSize("--memory-limit", v, &r.job.config.memory_limit_bytes); }},
    {"--worker-memory", 0, "auto|SIZE", Group::kSpeed, kFinders,
     "The memory limit divided by the workers: sets how many work, or, with --workers N and no limit, the limit.",
     "the limit / workers",
     [](Request& r, std::string_view v) { return SetSize("--worker-memory", v, &r.job.config.worker_memory_bytes); }},

    {"--levels", 0, "", Group::kSpeed, kBench,
     "Scan at every level, and print the tuning guide's table for this machine and these files.", "",
     [](Request& r, std::string_view) { return True(r.levels); }},
    {"--rounds", 0, "N", Group::kSpeed, kBench, "How often each row is measured; the table has medians.", "3",
     [](Request& r, std::string_view v) { return Set(r.rounds, ParseNumber(v, 1, 1000)); }},
    {"--topology", 0, "FILE", Group::kSpeed, kExplain,
     "Plan for another machine: FILE holds hwloc's XML (`lstopo FILE.xml` writes it there) or a description such as "
     "'package:2 core:8 pu:2'. Shows workers, chunk, which files go to fast and efficient cores, and modelled rates.",
     "",
     [](Request& r, std::string_view v) {
       r.topology_path = v;
       return Status::OK();
     }},
    {"--level", 0, "auto|baseline|conservative|moderate|aggressive", Group::kSpeed, kJobs,
     "Values for the knobs that are not given, after the phases of the tuning guide (docs/tuning.md). No level changes "
     "the result.",
     "auto",
     [](Request& r, std::string_view v) {
       return Choose(r.job.config.level, v,
                     {{"auto", Level::kAuto},
                      {"baseline", Level::kBaseline},
                      {"conservative", Level::kConservative},
                      {"moderate", Level::kModerate},
                      {"aggressive", Level::kAggressive}});
     }},

    {"--no-tune", 0, "", Group::kSpeed, kRunners,
     "Leave the knobs as they are when the run begins. Without it, a run over two seconds tries other numbers of workers "
     "and read sizes where --workers and --chunk do not fix them, and keeps what is faster.",
     "",
     [](Request& r, std::string_view) {
       r.job.config.tunes = false;
       return Status::OK();
     }},

    {"--report", 0, "FILE.json", Group::kTelling, kRunners,
     "Write an account of the run: rows, bytes, seconds, files, knobs, outputs with checksums. An earlier report is "
     "replaced.",
     "",
     [](Request& r, std::string_view v) {
       r.telling.report_path = v;
       return Status::OK();
     }},
    {"--metrics", 0, "FILE.jsonl", Group::kTelling, kRunners,
     "Write a line of JSON at an interval and at the end: rows, bytes, queues, the time of each stage, CPU, memory, I/O, "
     "and what holds the run back. An existing file is replaced.",
     "",
     [](Request& r, std::string_view v) {
       r.telling.metrics_path = v;
       return Status::OK();
     }},
    {"--metrics-listen", 0, "HOST:PORT", Group::kTelling, kRunners,
     "Serve the same as Prometheus text under /metrics while the run lasts. Without a host, on 127.0.0.1; port 0 takes "
     "one that is free and prints it.",
     "",
     [](Request& r, std::string_view v) {
       r.telling.metrics_listen = v;
       return Status::OK();
     }},
    {"--metrics-interval", 0, "SECONDS", Group::kTelling, kRunners, "How often the run is looked at.", "1",
     [](Request& r, std::string_view v) { return Set(r.telling.metrics_interval, ParseInterval(v)); }},
    {"--progress", 0, "auto|always|never", Group::kTelling, kRunners | kGenMilan,
     "Show progress on standard error. auto: where it is a terminal.", "auto",
     [](Request& r, std::string_view v) {
       return Choose(
           r.telling.progress, v,
           {{"auto", ProgressMode::kAuto}, {"always", ProgressMode::kAlways}, {"never", ProgressMode::kNever}});
     }},
    {"--json", 0, "", Group::kTelling, kFinders | kVerify | kGenMilan, "Print the result on standard output as JSON.",
     "", [](Request& r, std::string_view) { return True(r.telling.json); }},
    {"--quiet", 'q', "", Group::kTelling, kRunners | kVerify | kGenMilan, "Tell nothing but errors.", "",
     [](Request& r, std::string_view) { return True(r.telling.quiet); }},
    {"--verbose", 'v', "", Group::kTelling, kRunners, "Tell more: each file, and each knob with its reason.", "",
     [](Request& r, std::string_view) { return True(r.telling.verbose); }},
    {"--help", 'h', "", Group::kTelling, ~uint32_t{0}, "Show this help.", "",
     [](Request& r, std::string_view) { return True(r.help); }},
};

}  // namespace

std::span<const Flag> Flags() { return kFlags; }

std::string_view GroupTitle(Group group) {
  switch (group) {
    case Group::kColumns:
      return "Columns";
    case Group::kDialect:
      return "How the text is written";
    case Group::kRows:
      return "Records wanted";
    case Group::kFaults:
      return "Bad records and values";
    case Group::kOutput:
      return "Output";
    case Group::kSample:
      return "Sample data";
    case Group::kSpeed:
      return "Speed (never changes the result)";
    case Group::kTelling:
      return "Telling";
  }
  return "";
}

std::vector<std::string_view> ValueWords(const Flag& flag) {
  std::vector<std::string_view> words;
  std::string_view form = flag.value.substr(0, flag.value.find('['));
  while (!form.empty()) {
    const size_t bar = form.find('|');
    const std::string_view word = form.substr(0, bar);
    const bool literal = std::none_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (literal) words.push_back(word);
    form.remove_prefix(bar == std::string_view::npos ? form.size() : bar + 1);
  }
  return words;
}

std::string FlagSpelling(const Flag& flag) {
  std::string text = flag.letter != 0 ? std::string("-") + flag.letter + ", " : "";
  text += flag.name;
  if (!flag.value.empty()) text += " " + std::string(flag.value);
  return text;
}

}  // namespace headrace::cli
