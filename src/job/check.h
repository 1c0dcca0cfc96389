#pragma once
// Checks what no single column can: names that collide, types out of bounds, bytes with two meanings.
// Takes: Schema, Dialect. Gives: Status that says what, where and how to fix it. Threads: pure.
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "headrace/schema.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Check names (UTF-8, not empty, unique in the source and in the output), bounds of types, and formats against types.
/// A schema without columns passes: whoever needs columns says so.
Status CheckSchema(const Schema& schema);

/// CheckSchema, one column after the other: a fault is that of the column added last.
class SchemaChecker {
 public:
  Status Add(const Column& column);

 private:
  Status CheckUnique(const Column& column);
  std::vector<std::string> names_;                   // of the source, in order
  std::unordered_map<std::string, size_t> by_name_;  // index into names_
  std::unordered_map<std::string, size_t> by_output_name_;
};

/// Check one column alone; its name may be empty here.
Status CheckColumn(const Column& column);

/// Check that delimiter, quote, escape and comment are different bytes, and none of them CR or LF.
Status CheckDialect(const Dialect& dialect);

}  // namespace v0
}  // namespace headrace
