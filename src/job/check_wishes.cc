#include "job/check_wishes.h"

#include "sink/parquet_encoding.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kLeastRate = 1e-9;  // some 13 bytes a distinct value; far below, a filter is as large as can be

}  // namespace

const char* EncodingName(ColumnEncoding encoding) {
  constexpr const char* kNames[] = {"auto", "plain", "dictionary", "delta", "byte_stream_split"};
  return kNames[static_cast<int>(encoding)];
}

Status CheckWishes(const Column& column) {
  const ParquetWishes& wishes = column.parquet;
  if (!TakesEncoding(column.type, wishes.encoding, ParquetCompat::kLatest)) {
    std::string allowed;
    for (const auto encoding : {ColumnEncoding::kAuto, ColumnEncoding::kPlain, ColumnEncoding::kDictionary,
                                ColumnEncoding::kDelta, ColumnEncoding::kByteStreamSplit}) {
      if (!TakesEncoding(column.type, encoding, ParquetCompat::kLatest)) continue;
      allowed += (allowed.empty() ? "" : ", ") + std::string(EncodingName(encoding));
    }
    return Status::Invalid("encoding = \"", EncodingName(wishes.encoding), "\" is not for ", TypeName(column.type),
                           "\nfix: use one of: ", allowed);
  }
  if (!wishes.bloom_filter) return Status::OK();
  if (column.type.kind == TypeKind::kBool) {
    return Status::Invalid("Parquet has no bloom filters of bools\nfix: leave out bloom_filter");
  }
  if (wishes.false_positive_rate >= kLeastRate && wishes.false_positive_rate < 1) return Status::OK();
  return Status::Invalid("the false_positive_rate of a bloom filter is at least 1e-9 and below 1, not ",
                         wishes.false_positive_rate, "\nfix: give a share such as 0.01");
}

Status CheckWishes(const std::vector<SinkColumn>& columns, ParquetCompat compat) {
  for (const SinkColumn& column : columns) {
    if (TakesEncoding(column.type, column.parquet.encoding, compat)) continue;
    return Status::Invalid("column '", column.name, "': not every reader knows encoding = \"",
                           EncodingName(column.parquet.encoding), "\" for ", TypeName(column.type),
                           "\nfix: add --parquet-compat latest, or choose another encoding");
  }
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
