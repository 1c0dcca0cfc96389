// The schema file: TOML with `format = 1`, a [dialect] table and one [[column]] table a column.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "headrace/schema.h"
#include "job/check.h"
#include "job/closest.h"
#include "job/number_marks.h"
#include "os/input_file.h"
#include "plan/file_dialect.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kFormat = 1;
constexpr size_t kMaxFileBytes = size_t{16} << 20;

constexpr std::string_view kTopKeys[] = {"format", "dialect", "file", "column"};
constexpr std::string_view kColumnKeys[] = {
    "name",      "type",        "rename",       "format", "nulls",    "decimal",      "thousands",          "currency",
    "ambiguous", "true_values", "false_values", "strict", "encoding", "bloom_filter", "false_positive_rate"};
constexpr std::string_view kFormatList =
    "iso8601, a pattern such as %d/%m/%Y, epoch_s, epoch_ms, epoch_us, epoch_ns, percent, currency, hex, base64, "
    "braced";

constexpr std::pair<std::string_view, TimeFormat> kTimeFormats[] = {{"iso8601", TimeFormat::kIso8601},
                                                                    {"epoch_s", TimeFormat::kEpochS},
                                                                    {"epoch_ms", TimeFormat::kEpochMs},
                                                                    {"epoch_us", TimeFormat::kEpochUs},
                                                                    {"epoch_ns", TimeFormat::kEpochNs}};
constexpr std::pair<std::string_view, NumberFormat> kNumberFormats[] = {{"percent", NumberFormat::kPercent},
                                                                        {"currency", NumberFormat::kCurrency}};
constexpr std::pair<std::string_view, BytesFormat> kBytesFormats[] = {{"hex", BytesFormat::kHex},
                                                                      {"base64", BytesFormat::kBase64}};
constexpr std::pair<std::string_view, Ambiguous> kAmbiguous[] = {
    {"refused", Ambiguous::kRefused}, {"earlier", Ambiguous::kEarlier}, {"later", Ambiguous::kLater}};
constexpr std::pair<std::string_view, ColumnEncoding> kEncodings[] = {
    {"auto", ColumnEncoding::kAuto},
    {"plain", ColumnEncoding::kPlain},
    {"dictionary", ColumnEncoding::kDictionary},
    {"delta", ColumnEncoding::kDelta},
    {"byte_stream_split", ColumnEncoding::kByteStreamSplit}};
constexpr std::pair<std::string_view, Terminator> kTerminators[] = {
    {"auto", Terminator::kAuto}, {"lf", Terminator::kLf}, {"cr", Terminator::kCr}};

constexpr std::pair<std::string_view, ShortRecords> kShortRecords[] = {{"reject", ShortRecords::kReject},
                                                                       {"pad", ShortRecords::kPad}};
constexpr std::pair<std::string_view, LongRecords> kLongRecords[] = {
    {"reject", LongRecords::kReject}, {"truncate", LongRecords::kTruncate}, {"collect", LongRecords::kCollect}};
constexpr std::pair<std::string_view, EscapeStyle> kEscapeStyles[] = {
    {"field", EscapeStyle::kField}, {"quoted", EscapeStyle::kQuoted}, {"c", EscapeStyle::kC}};

std::string JoinNames(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

// Reads one file; every fault names the file and a line of it.
class SchemaFileReader {
 public:
  explicit SchemaFileReader(const std::string& path) : path_(path) {}

  Result<SchemaFile> Read(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text, path_);
    if (!parsed) {
      return At(parsed.error().source(), "this is not TOML: " + std::string(parsed.error().description()));
    }
    const toml::table& root = parsed.table();
    ARROW_RETURN_NOT_OK(CheckFormatVersion(root));
    ARROW_RETURN_NOT_OK(CheckKeys(root, "the file", kTopKeys));
    if (const toml::node* dialect = root.get("dialect")) ARROW_RETURN_NOT_OK(ReadDialect(*dialect));
    if (const toml::node* files = root.get("file")) ARROW_RETURN_NOT_OK(ReadFiles(*files));
    if (const toml::node* columns = root.get("column")) ARROW_RETURN_NOT_OK(ReadColumns(*columns));
    return std::move(file_);
  }

 private:
  // A message's second line is its place; "fix:" comes last.
  Status At(const toml::source_region& region, std::string_view message) const {
    const size_t end = std::min(message.find('\n'), message.size());
    return Status::Invalid(message.substr(0, end), "\nat ", path_, ", line ", region.begin.line, message.substr(end));
  }
  Status At(const toml::node& node, std::string_view message) const { return At(node.source(), message); }
  Status At(const toml::node& node, const Status& status) const { return At(node.source(), status.message()); }

  Status CheckFormatVersion(const toml::table& root) const {
    const toml::node* format = root.get("format");
    if (format == nullptr) {
      return Status::Invalid("the schema file has no format\nat ", path_, ", line 1\nfix: add the line: format = 1");
    }
    if (format->value_exact<int64_t>() == kFormat) return Status::OK();
    return At(*format, "the schema file has a format that this program does not know\nfix: write format = 1");
  }

  Status CheckKeys(const toml::table& table, std::string_view where, std::span<const std::string_view> known) const {
    for (const auto& [key, node] : table) {
      const std::string_view name = key.str();
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string quoted = "'" + std::string(name) + "'";
      const std::string_view meant = ClosestName(name, known);
      const std::string hint = meant.empty() ? "" : "did you mean '" + std::string(meant) + "'? ";
      return At(key.source(),
                "unknown key " + quoted + " in " + std::string(where) + "\nfix: " + hint + "keys: " + JoinNames(known));
    }
    return Status::OK();
  }

  Result<std::string> ReadString(const toml::node& node, std::string_view key) const {
    if (auto text = node.value_exact<std::string>()) return *std::move(text);
    return At(node, "'" + std::string(key) + "' is not a string\nfix: put it in quotes");
  }

  Result<bool> ReadBool(const toml::node& node, std::string_view key) const {
    if (const auto value = node.value_exact<bool>()) return *value;
    return At(node, "'" + std::string(key) + "' is neither true nor false\nfix: write it without quotes");
  }

  Result<int64_t> ReadCount(const toml::node& node, std::string_view key, int64_t least = 0) const {
    const auto count = node.value_exact<int64_t>();
    if (count.has_value() && *count >= least) return *count;
    return At(node, "'" + std::string(key) + "' is not a number of lines\nfix: write " + std::to_string(least) +
                        " or more, without quotes");
  }

  Result<std::vector<std::string>> ReadStrings(const toml::node& node, std::string_view key) const {
    std::vector<std::string> strings;
    const toml::array* array = node.as_array();
    bool all_strings = array != nullptr;
    for (size_t i = 0; all_strings && i < array->size(); ++i) {
      const auto text = (*array)[i].value_exact<std::string>();
      all_strings = text.has_value();
      if (all_strings) strings.push_back(*text);
    }
    if (all_strings) return strings;
    return At(node, "'" + std::string(key) + "' is not a list of strings\nfix: write it as [\"\", \"NA\"]");
  }

  Result<char> ReadByte(const toml::node& node, std::string_view key) const {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadString(node, key));
    const Result<char> byte = ParseByte(text);
    return byte.ok() ? byte : At(node, "'" + std::string(key) + "': " + byte.status().message());
  }

  Result<std::string> ReadDelimiter(const toml::node& node) const {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadString(node, "delimiter"));
    Result<std::string> delimiter = ParseDelimiter(text);
    return delimiter.ok() ? delimiter : At(node, delimiter.status());
  }

  // "", "none" and false mean that there is none.
  Result<std::optional<char>> ReadByteOrNone(const toml::node& node, std::string_view key) const {
    const auto text = node.value_exact<std::string>();
    if (node.value_exact<bool>() == false || text == "" || text == "none") return std::optional<char>();
    ARROW_ASSIGN_OR_RAISE(const char byte, ReadByte(node, key));
    return std::optional<char>(byte);
  }

  template <class T, size_t N>
  Result<T> ReadChoice(const toml::node& node, std::string_view key,
                       const std::pair<std::string_view, T> (&choices)[N]) const {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadString(node, key));
    std::string names;
    for (const auto& [name, value] : choices) {
      if (name == text) return value;
      names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return At(node, "'" + std::string(key) + "' has an unknown value: '" + text + "'\nfix: use one of: " + names);
  }

  // One key for what the type may be written as; whether they go together is checked with the column.
  Status ReadFormat(const toml::node& node, Format* format) const {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadString(node, "format"));
    if (text.find('%') != std::string::npos) {
      format->time = TimeFormat::kPattern;
      format->pattern = text;
      return Status::OK();
    }
    format->braced = text == "braced";
    const bool known = format->braced || Find(text, kTimeFormats, &format->time) ||
                       Find(text, kNumberFormats, &format->number) || Find(text, kBytesFormats, &format->bytes);
    if (known) return Status::OK();
    return At(node, "'format' has an unknown value: '" + text + "'\nfix: use one of: " + std::string(kFormatList));
  }

  template <class T, size_t N>
  static bool Find(std::string_view name, const std::pair<std::string_view, T> (&choices)[N], T* value) {
    const auto* found = std::find_if(choices, choices + N, [=](const auto& choice) { return choice.first == name; });
    if (found != choices + N) *value = found->second;
    return found != choices + N;
  }

  Result<char> ReadDecimalMark(const toml::node& node) const {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadString(node, "decimal"));
    Result<char> mark = ParseDecimalMark(text);
    return mark.ok() ? mark : At(node, mark.status());
  }

  Result<std::string> ReadThousands(const toml::node& node) const {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadString(node, "thousands"));
    Result<std::string> mark = ParseThousands(text);
    return mark.ok() ? mark : At(node, mark.status());
  }

  Status ReadDialect(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return At(node, "'dialect' is not a table\nfix: write [dialect] on a line of its own");
    ARROW_RETURN_NOT_OK(CheckKeys(*table, "[dialect]", DialectKeys()));
    for (const auto& [key, value] : *table) {
      ARROW_RETURN_NOT_OK(ReadDialectKey(key.str(), value, &file_.dialect));
      file_.dialect_set.emplace_back(key.str());
    }
    if (const Status status = CheckDialect(file_.dialect); !status.ok()) return At(node, status);
    return Status::OK();
  }

  Status ReadEncoding(const toml::node& node, std::string* encoding_name) {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadString(node, "encoding"));
    const auto encoding = ParseEncoding(text);
    if (!encoding.ok()) return At(node, encoding.status());
    *encoding_name = *encoding;
    return Status::OK();
  }

  Status ReadDialectKey(std::string_view key, const toml::node& node, Dialect* to) {
    Dialect& dialect = *to;
    if (key == "delimiter") return ReadDelimiter(node).Value(&dialect.delimiter);
    if (key == "escape") return ReadByteOrNone(node, key).Value(&dialect.escape);
    if (key == "lenient") return ReadBool(node, key).Value(&dialect.lenient);
    if (key == "short_records") return ReadChoice(node, key, kShortRecords).Value(&dialect.short_records);
    if (key == "long_records") return ReadChoice(node, key, kLongRecords).Value(&dialect.long_records);
    if (key == "quote") return ReadByteOrNone(node, key).Value(&dialect.quote);
    if (key == "comment") return ReadByteOrNone(node, key).Value(&dialect.comment);
    if (key == "terminator") return ReadChoice(node, key, kTerminators).Value(&dialect.terminator);
    if (key == "header") return ReadBool(node, key).Value(&dialect.header);
    if (key == "nulls") return ReadStrings(node, key).Value(&dialect.nulls);
    if (key == "no_nulls") return ReadBool(node, key).Value(&dialect.no_nulls);
    if (key == "decimal") return ReadDecimalMark(node).Value(&dialect.decimal);
    if (key == "thousands") return ReadThousands(node).Value(&dialect.thousands);
    if (key == "encoding") return ReadEncoding(node, &dialect.encoding);
    if (key == "escape_style") return ReadChoice(node, key, kEscapeStyles).Value(&dialect.escape_style);
    if (key == "header_rows") return ReadCount(node, key, 1).Value(&dialect.header_rows);
    if (key == "skip_after_header") return ReadCount(node, key).Value(&dialect.skip_after_header);
    if (key == "skip_footer") return ReadCount(node, key).Value(&dialect.skip_footer);
    return ReadCount(node, key).Value(&dialect.skip_rows);
  }

  // Whether a dialect holds together is checked when the job's own is known.
  Status ReadFiles(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return At(node, "'file' is not a list\nfix: write [[file]], with two brackets");
    for (const toml::node& item : *array) {
      const toml::table* table = item.as_table();
      const toml::node* match = table == nullptr ? nullptr : table->get("match");
      if (match == nullptr) return At(item, "a [[file]] has no match\nfix: add match = \"…\", a pattern of file names");
      FileDialect file;
      ARROW_ASSIGN_OR_RAISE(file.match, ReadString(*match, "match"));
      std::vector<std::string_view> keys = DialectKeys();
      keys.emplace_back("match");
      ARROW_RETURN_NOT_OK(CheckKeys(*table, "[[file]]", keys));
      for (const auto& [key, value] : *table) {
        if (key.str() == "match") continue;
        ARROW_RETURN_NOT_OK(ReadDialectKey(key.str(), value, &file.dialect));
        file.keys.emplace_back(key.str());
      }
      file_.file_dialects.push_back(std::move(file));
    }
    return Status::OK();
  }

  Status ReadColumns(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return At(node, "'column' is not a list\nfix: write [[column]], with two brackets");
    for (const toml::node& item : *array) {
      const toml::table* table = item.as_table();
      if (table == nullptr) return At(item, "a column is not a table\nfix: write [[column]] above its keys");
      ARROW_RETURN_NOT_OK(ReadColumn(*table));
      // Together with those before it: the fault is this column's, and so is the line.
      if (const Status status = checker_.Add(file_.schema.columns.back()); !status.ok()) return At(item, status);
    }
    return Status::OK();
  }

  Status ReadColumn(const toml::table& table) {
    ARROW_RETURN_NOT_OK(CheckKeys(table, "[[column]]", kColumnKeys));
    Column column;
    for (const std::string_view key : {"name", "type"}) {
      if (table.contains(key)) continue;
      return At(table, "column " + std::to_string(file_.schema.columns.size() + 1) + " has no " + std::string(key) +
                           "\nfix: add " + std::string(key) + " = \"…\" below its [[column]]");
    }
    ARROW_ASSIGN_OR_RAISE(column.name, ReadString(*table.get("name"), "name"));
    ARROW_ASSIGN_OR_RAISE(const std::string type, ReadString(*table.get("type"), "type"));
    if (const Status status = ParseType(type).Value(&column.type); !status.ok()) {
      return At(*table.get("type"), "column '" + column.name + "': " + status.message());
    }
    if (const toml::node* node = table.get("rename")) {
      ARROW_ASSIGN_OR_RAISE(column.rename, ReadString(*node, "rename"));
      if (column.rename.empty()) return At(*node, "'rename' is empty\nfix: give a name, or leave it out");
    }
    ARROW_RETURN_NOT_OK(ReadColumnFormat(table, &column.format));
    if (const toml::node* node = table.get("strict")) {
      ARROW_ASSIGN_OR_RAISE(column.strict, ReadBool(*node, "strict"));
    }
    if (const toml::node* node = table.get("nulls")) {
      ARROW_ASSIGN_OR_RAISE(column.nulls, ReadStrings(*node, "nulls"));
    }
    ARROW_RETURN_NOT_OK(ReadWishes(table, &column.parquet));
    file_.schema.columns.push_back(std::move(column));
    return Status::OK();
  }

  Status ReadWishes(const toml::table& table, ParquetWishes* wishes) const {
    if (const toml::node* node = table.get("encoding")) {
      ARROW_ASSIGN_OR_RAISE(wishes->encoding, ReadChoice(*node, "encoding", kEncodings));
    }
    if (const toml::node* node = table.get("bloom_filter")) {
      ARROW_ASSIGN_OR_RAISE(wishes->bloom_filter, ReadBool(*node, "bloom_filter"));
    }
    const toml::node* rate = table.get("false_positive_rate");
    if (rate == nullptr) return Status::OK();
    if (!wishes->bloom_filter) {
      return At(*rate, "'false_positive_rate' is for columns with a bloom filter\nfix: add bloom_filter = true");
    }
    const auto value = rate->value_exact<double>();
    if (!value.has_value()) return At(*rate, "'false_positive_rate' is not a share\nfix: write it as 0.01");
    wishes->false_positive_rate = *value;
    return Status::OK();
  }

  Status ReadColumnFormat(const toml::table& table, Format* format) const {
    if (const toml::node* node = table.get("format")) ARROW_RETURN_NOT_OK(ReadFormat(*node, format));
    if (const toml::node* node = table.get("decimal")) {
      ARROW_ASSIGN_OR_RAISE(format->decimal, ReadDecimalMark(*node));
    }
    if (const toml::node* node = table.get("thousands")) {
      ARROW_ASSIGN_OR_RAISE(format->thousands, ReadThousands(*node));
    }
    if (const toml::node* node = table.get("currency")) {
      ARROW_ASSIGN_OR_RAISE(format->currency, ReadString(*node, "currency"));
    }
    if (const toml::node* node = table.get("ambiguous")) {
      ARROW_ASSIGN_OR_RAISE(format->ambiguous, ReadChoice(*node, "ambiguous", kAmbiguous));
    }
    if (const toml::node* node = table.get("true_values")) {
      ARROW_ASSIGN_OR_RAISE(format->true_values, ReadStrings(*node, "true_values"));
    }
    if (const toml::node* node = table.get("false_values")) {
      ARROW_ASSIGN_OR_RAISE(format->false_values, ReadStrings(*node, "false_values"));
    }
    return Status::OK();
  }

  const std::string& path_;
  SchemaFile file_;
  SchemaChecker checker_;
};

Result<std::string> ReadText(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, InputFile::Open(path));
  std::string text;
  char buffer[1 << 14];
  while (text.size() <= kMaxFileBytes) {
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->Read(buffer, sizeof buffer, [] { return Status::OK(); }));
    if (bytes == 0) return text;
    text.append(buffer, static_cast<size_t>(bytes));
  }
  return Status::Invalid("this is too large for a schema file: ", path, "\nfix: name a file of at most 16 MiB");
}

}  // namespace

Result<SchemaFile> ReadSchemaFile(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string text, ReadText(path));
  return SchemaFileReader(path).Read(text);
}

}  // namespace v0
}  // namespace headrace
