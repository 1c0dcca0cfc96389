#pragma once
// Dialect and schema: how the text is written and what its columns are.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headrace/status.h"
#include "headrace/types.h"

namespace headrace {
inline namespace v0 {

/// What ends a record.
enum class Terminator : uint8_t {
  kAuto,  ///< fixed by the first terminator of the first file
  kLf,    ///< LF, with at most one CR before it
  kCr     ///< CR alone
};

/// What a record with fewer fields than there are columns is.
enum class ShortRecords : uint8_t {
  kReject,
  kPad  ///< a row whose missing fields are empty ones
};

/// What a record with more fields than there are columns is.
enum class LongRecords : uint8_t {
  kReject,
  kTruncate,  ///< a row, without the fields behind the last column
  kCollect    ///< a row, whose last field is all the text from where it begins, as it stands
};

/// The delimiter that stands for any run of spaces and tabs. Runs at the ends of a record are no delimiters.
inline constexpr std::string_view kWhitespace = "whitespace";

/// How the text is cut into records and fields.
struct Dialect {
  std::string delimiter = ",";      ///< 1 to 16 bytes without CR, LF, quote and escape; or kWhitespace
  std::optional<char> quote = '"';  ///< RFC 4180 quoting; none: quotes are ordinary bytes
  std::optional<char> escape;       ///< makes the byte behind it an ordinary byte of its field
  EscapeStyle escape_style = EscapeStyle::kField;
  std::optional<char> comment;  ///< lines that begin with this byte are skipped
  Terminator terminator = Terminator::kAuto;
  bool header = false;            ///< the first record names the columns: matched by name, not by position
  int64_t header_rows = 1;        ///< records that name the columns together: their cells joined by '_'
  int64_t skip_after_header = 0;  ///< records dropped behind the header of every file
  bool lenient = false;           ///< the lenient rules of docs/dialects.md for quotes and terminators
  ShortRecords short_records = ShortRecords::kReject;
  LongRecords long_records = LongRecords::kReject;
  int64_t skip_rows = 0;                  ///< physical lines dropped at the head of every file, before the header
  int64_t skip_footer = 0;                ///< physical lines dropped at the end of every file
  std::vector<std::string> nulls = {""};  ///< spellings of null
  bool no_nulls = false;                  ///< every null is a reject
  char decimal = '.';                     ///< before the fraction of numbers: '.' or ','
  std::string thousands;                  ///< between groups of three digits of numbers; empty: none
  /// Of the text, as ParseEncoding gives it; empty: UTF-8, or UTF-16 or UTF-32 where a byte order mark shows it.
  std::string encoding;

  bool operator==(const Dialect&) const = default;
};

/// Where a column's values come from.
enum class ColumnSource : uint8_t {
  kField,         ///< a field of each record
  kFilename,      ///< the path of the input
  kRecordNumber,  ///< the data record's number in its file, from 1
  kLineNumber,    ///< the physical line where the record begins, from 1
  kPath           ///< a `name=value` folder on the input's path, as Hive lays out partitions
};

/// How a column's values are stored in Parquet. What a type or Options::parquet_compat does not allow is refused.
enum class ColumnEncoding : uint8_t {
  kAuto,            ///< each row group as its values ask for
  kPlain,           ///< one behind the other
  kDictionary,      ///< indices; PLAIN in row groups with more distinct values than a dictionary takes
  kDelta,           ///< differences, of texts those of their lengths; PLAIN where differences do not fit 32-bit values
  kByteStreamSplit  ///< floats: all first bytes, all second bytes, …
};

/// What a column wants of Parquet files beside its type. Other outputs pass it over.
struct ParquetWishes {
  ColumnEncoding encoding = ColumnEncoding::kAuto;
  bool bloom_filter = false;          ///< a filter in each row group, for readers that look for single values
  double false_positive_rate = 0.01;  ///< of the filter: 1e-9 at least, and below 1
};

/// One declared column of the source.
struct Column {
  std::string name;
  DataType type;
  Format format;                                  ///< how its values are written
  std::string rename;                             ///< name in the output; empty: `name`
  std::optional<std::vector<std::string>> nulls;  ///< in place of the dialect's
  bool strict = false;                            ///< a text that the value does not give back is a bad value
  bool inferred = false;                          ///< such a text widens the column
  bool verified = false;                          ///< inferred, and every value was looked at: none is checked again
  ColumnSource source = ColumnSource::kField;
  ParquetWishes parquet;

  /// Return the name in the output.
  const std::string& output_name() const { return rename.empty() ? name : rename; }
};

/// The declared columns, in the order of the source.
struct Schema {
  std::vector<Column> columns;
};

/// Parse a type as the command line spells it, such as "decimal(9,2)" or "timestamp[us, UTC]".
Result<DataType> ParseType(std::string_view text);

/// Return the type as ParseType reads it.
std::string TypeName(const DataType& type);

/// Parse one byte as flags and schema files spell it: itself, \t, \\ or \xNN.
Result<char> ParseByte(std::string_view text);

/// Parse a delimiter: bytes spelled as for ParseByte, or kWhitespace.
Result<std::string> ParseDelimiter(std::string_view text);

/// Return the name of an encoding as the program uses it; fails for one that iconv does not know.
Result<std::string> ParseEncoding(std::string_view text);

/// Parse `--columns` text: 'name:type,name:type'; commas inside () or [] do not end a column.
Result<Schema> ParseColumns(std::string_view text);

/// How the files are written that a pattern names, where it differs from the others.
struct FileDialect {
  std::string match;  ///< a glob: of the file's name, or with a slash of its path or the end of it
  Dialect dialect;
  std::vector<std::string> keys;  ///< of the dialect, as in a schema file, that hold
};

/// What a schema file holds. `dialect_set` names the keys that its [dialect] table sets.
struct SchemaFile {
  Dialect dialect;
  std::vector<std::string> dialect_set;
  std::vector<FileDialect> file_dialects;
  Schema schema;
};

/// Read a schema file (TOML, format = 1). Fails with file, line and the offending key.
Result<SchemaFile> ReadSchemaFile(const std::string& path);

}  // namespace v0
}  // namespace headrace
