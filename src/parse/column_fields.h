#pragma once
// Takes columns out of a FieldIndex as lists of fields.
// Takes: FieldIndex. Gives: FieldList, valid until the next Gather. Owns: the lists' memory. Threads: one a worker.
// Fails: never.
#include <cstdint>
#include <memory>
#include <vector>

#include "parse/field_index.h"
#include "parse/field_list.h"
#include "parse/record_scanner.h"
#include "simd/columns.h"

namespace headrace {
inline namespace v0 {

class ColumnFields {
 public:
  explicit ColumnFields(const ParseDialect& dialect);

  /// Gather from windows of another dialect.
  void Use(const ParseDialect& dialect) { dialect_ = dialect; }

  /// Return the fields of `column` over the rows of `index`: the CR of a CR LF and quotes left out. Columns that stand
  /// side by side are made together: the next ones of a window cost little.
  FieldList Gather(const FieldIndex& index, const char* text, uint32_t column);

 private:
  void MakeTile(const FieldIndex& index, uint32_t tile);
  void CutCarriageReturns(uint32_t quote, FieldList* fields);
  void NarrowQuotes(FieldList* fields);
  void MarkDoubled(const FieldIndex& index);
  FieldList ListOf(const FieldIndex& index, const char* text) const;
  FieldList GatherFromTile(const FieldIndex& index, const char* text, uint32_t column);
  FieldList GatherExact(const FieldIndex& index, const char* text, uint32_t column);

  ParseDialect dialect_;
  TurnColumnsFn turn_columns_;
  std::vector<uint32_t> tile_memory_;
  ColumnTile tile_;
  uint64_t tile_revision_ = 0;  // of the window that the tile is of
  uint32_t tile_number_ = 0;
  uint32_t tile_empty_ = 0;                  // the columns with an empty field
  std::unique_ptr<uint32_t[]> begin_, end_;  // of a column that no tile holds as it is
  std::unique_ptr<uint64_t[]> quoted_, escaped_, all_;
  std::vector<uint64_t> doubled_;  // a bit a field with a doubled quote inside: a column's rows, then the next one's
  uint64_t doubled_revision_ = 0;  // of the window that they are of
};

}  // namespace v0
}  // namespace headrace
