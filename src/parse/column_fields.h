#pragma once
// Takes one column out of a FieldIndex as a list of fields.
// Takes: FieldIndex. Gives: FieldList, valid until the next Gather. Owns: the list's memory. Threads: one a worker.
// Fails: never.
#include <cstdint>
#include <memory>

#include "parse/field_index.h"
#include "parse/field_list.h"
#include "parse/record_scanner.h"

namespace headrace {
inline namespace v0 {

class ColumnFields {
 public:
  explicit ColumnFields(const ParseDialect& dialect);

  /// Gather from windows of another dialect.
  void Use(const ParseDialect& dialect) { dialect_ = dialect; }

  /// Return the fields of `column` over the rows of `index`: the CR of a CR LF and quotes left out.
  FieldList Gather(const FieldIndex& index, const char* text, uint32_t column);

 private:
  void NarrowQuotes(const char* text, uint32_t rows, bool may_double, FieldList* fields);
  FieldList ListOf(const FieldIndex& index, const char* text) const;
  FieldList GatherExact(const FieldIndex& index, const char* text, uint32_t column);

  ParseDialect dialect_;
  std::unique_ptr<uint32_t[]> begin_, end_;
  std::unique_ptr<uint64_t[]> quoted_, escaped_;
};

}  // namespace v0
}  // namespace headrace
