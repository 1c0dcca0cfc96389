#pragma once
// Columns that no field of the text holds: file name, record and line number, folders of the path.
// Takes: Options, inputs. Gives: the schema with them, and their values in each file. Owns: nothing. Threads: pure.
// Fails: Status that names the column or the input.
#include <optional>
#include <string>
#include <vector>

#include "headrace/options.h"
#include "plan/inputs.h"

namespace headrace {
inline namespace v0 {

/// Add to `schema` the columns that `options` asks for, behind those declared. A declared column with the name of a
/// folder takes its values from there.
Status AddExtraColumns(const Options& options, const std::vector<InputFacts>& files, Schema* schema);

/// Return, for each column of the schema that is the same in every record of the file, its value; none: null.
Result<std::vector<std::optional<std::string>>> ConstantsOf(const Options& options, const InputFacts& file);

}  // namespace v0
}  // namespace headrace
