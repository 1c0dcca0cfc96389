#include "sink/parquet_column.h"

#include <algorithm>
#include <cmath>

namespace headrace {
inline namespace v0 {
namespace {

template <class T>
bool AreDistinctToAll(const DecodedColumn& distinct) {
  const auto* values = reinterpret_cast<const T*>(distinct.values);
  const T* const end = values + distinct.num_values;
  return std::none_of(values, end, [](T value) { return std::isnan(value); }) && std::count(values, end, T{0}) <= 1;
}

}  // namespace

// Indices are numbered as values appear: where the values have an order, the indices ascend.
ValueOrder OrderOf(const PhysicalColumn& column) {
  if (column.num_values < column.rows) return ValueOrder::kNone;
  if (column.indices == nullptr) return FindOrder(*column.decoded);
  return Ascends(column.indices, column.num_values) ? column.distinct_order : ValueOrder::kNone;
}

std::optional<int64_t> DistinctValues(const PhysicalColumn& column) {
  if (column.distinct == nullptr) return std::nullopt;
  const TypeKind kind = column.distinct->type.kind;
  if (kind == TypeKind::kFloat32 && !AreDistinctToAll<float>(*column.distinct)) return std::nullopt;
  if (kind == TypeKind::kFloat64 && !AreDistinctToAll<double>(*column.distinct)) return std::nullopt;
  return column.distinct->num_values;
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
