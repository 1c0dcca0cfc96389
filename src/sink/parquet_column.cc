#include "sink/parquet_column.h"

namespace headrace {
inline namespace v0 {

// Indices are numbered as values appear: where the values have an order, the indices ascend.
ValueOrder OrderOf(const PhysicalColumn& column) {
  if (column.num_values < column.rows) return ValueOrder::kNone;
  if (column.indices == nullptr) return FindOrder(*column.decoded);
  return Ascends(column.indices, column.num_values) ? column.distinct_order : ValueOrder::kNone;
}

Result<PhysicalColumn> ColumnPreparer::Prepare(const DecodedColumn& column, ColumnEncoding wanted) {
  PhysicalColumn physical;
  physical.rows = column.rows;
  physical.num_values = column.num_values;
  physical.validity = column.validity;
  physical.decoded = &column;
  ARROW_ASSIGN_OR_RAISE(physical.encoding, chooser_.Choose(column, wanted));
  if (physical.encoding == parquet::Encoding::PLAIN) physical.repeats = chooser_.repeats();
  if (physical.encoding != parquet::Encoding::RLE_DICTIONARY) {
    physical.values = MakePhysical(column, &converted_);
    return physical;
  }
  physical.distinct = &chooser_.dictionary().distinct();
  physical.distinct_order = FindOrder(*physical.distinct);
  physical.indices = chooser_.dictionary().indices();
  physical.index_bits = chooser_.index_bits();
  physical.values = MakePhysical(*physical.distinct, &converted_);
  return physical;
}

}  // namespace v0
}  // namespace headrace
