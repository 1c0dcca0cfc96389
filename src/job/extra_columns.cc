#include "job/extra_columns.h"

#include <algorithm>

#include "decode/literal.h"
#include "job/where.h"
#include "ledger/json_writer.h"
#include "plan/path_columns.h"

namespace headrace {
inline namespace v0 {
namespace {

void Add(const std::string& name, ColumnSource source, TypeKind kind, Schema* schema) {
  if (name.empty()) return;
  Column column;
  column.name = name;
  column.type.kind = kind;
  column.source = source;
  schema->columns.push_back(std::move(column));
}

std::string Names(const std::vector<PathColumn>& columns) {
  std::string names;
  for (const PathColumn& column : columns) names += (names.empty() ? "" : ", ") + column.name;
  return names.empty() ? "none" : names;
}

Status AddPathColumns(const std::vector<InputFacts>& files, Schema* schema) {
  const std::vector<PathColumn> first = PathColumns(files.front().file_path());
  for (const InputFacts& file : files) {
    const std::vector<PathColumn> other = PathColumns(file.file_path());
    if (std::equal(first.begin(), first.end(), other.begin(), other.end(),
                   [](const PathColumn& a, const PathColumn& b) { return a.name == b.name; })) {
      continue;
    }
    return Status::Invalid("the paths of the inputs have different name=value folders: '", files.front().path, "' has ",
                           Names(first), ", '", file.path, "' has ", Names(other),
                           "\nfix: load them apart, or leave out --hive-input");
  }
  for (const PathColumn& column : first) {
    const auto declared = std::find_if(schema->columns.begin(), schema->columns.end(),
                                       [&](const Column& other) { return other.name == column.name; });
    if (declared != schema->columns.end() && declared->source == ColumnSource::kField) {
      declared->source = ColumnSource::kPath;
    } else {
      Add(column.name, ColumnSource::kPath, TypeKind::kString, schema);
    }
  }
  return Status::OK();
}

// The value of a folder, as the column would read it from a field.
Result<std::optional<std::string>> PathValue(const Options& options, const Column& column, const InputFacts& file) {
  const std::vector<PathColumn> folders = PathColumns(file.file_path());
  const auto folder = std::find_if(folders.begin(), folders.end(),
                                   [&](const PathColumn& candidate) { return candidate.name == column.name; });
  if (folder == folders.end()) {
    return Status::Invalid("the path has no folder '", column.name, "=…', from which the column is to come\nat ",
                           file.path, "\nfix: name the column as the folder, or read it from the text");
  }
  ARROW_ASSIGN_OR_RAISE(const ColumnSpec spec, SpecOf(column, options.dialect));
  std::string value;
  const auto wrong = [&](RejectKind kind) {
    return Status::Invalid("the folder '", column.name, "=", folder->value.value_or("__HIVE_DEFAULT_PARTITION__"),
                           "' is no value of the column (", TypeName(column.type), "): ", RejectKindReason(kind),
                           "\nat ", file.path, "\nfix: declare the column with another type, or as a string");
  };
  if (!folder->value)
    return spec.no_nulls ? wrong(RejectKind::kNullNotAllowed) : Result<std::optional<std::string>>(std::nullopt);
  if (const auto bad = DecodeLiteral(spec, *folder->value, &value)) return wrong(*bad);
  return value;
}

}  // namespace

Status AddExtraColumns(const Options& options, const std::vector<InputFacts>& files, Schema* schema) {
  Add(options.filename_column, ColumnSource::kFilename, TypeKind::kDictionary, schema);
  Add(options.record_number_column, ColumnSource::kRecordNumber, TypeKind::kInt64, schema);
  Add(options.line_number_column, ColumnSource::kLineNumber, TypeKind::kInt64, schema);
  if (options.hive_input) ARROW_RETURN_NOT_OK(AddPathColumns(files, schema));
  const bool any_field = std::any_of(schema->columns.begin(), schema->columns.end(),
                                     [](const Column& column) { return column.source == ColumnSource::kField; });
  if (any_field) return Status::OK();
  return Status::Invalid("no declared column is one of the text: all of them are folders of the path\n",
                         "fix: declare the columns of the files too");
}

Result<std::vector<std::optional<std::string>>> ConstantsOf(const Options& options, const InputFacts& file) {
  std::vector<std::optional<std::string>> constants(options.schema.columns.size());
  for (size_t i = 0; i < constants.size(); i++) {
    const Column& column = options.schema.columns[i];
    if (column.source == ColumnSource::kFilename) {
      if (!IsUtf8(file.path)) {
        return Status::Invalid("this path is not UTF-8, which the column '", column.name, "' has to be\nat ",
                               EscapeInvalidUtf8(file.path), "\nfix: rename the file, or leave out --filename-column");
      }
      constants[i] = file.path;
    } else if (column.source == ColumnSource::kPath) {
      ARROW_ASSIGN_OR_RAISE(constants[i], PathValue(options, column, file));
    }
  }
  return constants;
}

}  // namespace v0
}  // namespace headrace
