#include "sniff/range_sink.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kLeastRepeats = 4;  // that make a dictionary worth while, on average

struct RangePiece : Piece {
  std::vector<ColumnRange> ranges;
};

class RangeEncoder : public Encoder {
 public:
  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId&) override {
    auto piece = std::make_unique<RangePiece>();
    piece->rows = batch.rows;
    piece->ranges.resize(batch.columns.size());
    for (size_t i = 0; i < batch.columns.size(); i++) piece->ranges[i].Note(batch.columns[i]);
    return piece;
  }
};

struct IntegerKind {
  TypeKind kind;
  int64_t min;
  uint64_t max;
};
constexpr IntegerKind kIntegerKinds[] = {
    {TypeKind::kUInt8, 0, UINT8_MAX},   {TypeKind::kInt8, INT8_MIN, INT8_MAX},
    {TypeKind::kUInt16, 0, UINT16_MAX}, {TypeKind::kInt16, INT16_MIN, INT16_MAX},
    {TypeKind::kUInt32, 0, UINT32_MAX}, {TypeKind::kInt32, INT32_MIN, INT32_MAX},
};

}  // namespace

template <class T>
void ColumnRange::NoteIntegers(const DecodedColumn& column) {
  const auto* values = reinterpret_cast<const T*>(column.values);
  for (int64_t i = 0; i < column.num_values; i++) {
    if (values[i] < 0) {
      min_ = std::min(min_, static_cast<int64_t>(values[i]));
    } else {
      max_ = std::max(max_, static_cast<uint64_t>(values[i]));
    }
  }
}

bool ColumnRange::AddText(std::string_view text) {
  distinct_.Insert(text);
  too_many_ = distinct_.size() > kMostDistinct || distinct_.bytes().size() > kMostDistinctBytes;
  if (too_many_) distinct_ = StringTable();
  return !too_many_;
}

void ColumnRange::NoteTexts(const DecodedColumn& column) {
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
  for (int64_t i = 0; i < column.num_values; i++) {
    if (!AddText({column.bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])})) return;
  }
}

void ColumnRange::Note(const DecodedColumn& column) {
  count_ = column.num_values;
  if (column.type.kind == TypeKind::kInt64) NoteIntegers<int64_t>(column);
  if (column.type.kind == TypeKind::kUInt64) NoteIntegers<uint64_t>(column);
  if (column.type.kind == TypeKind::kString) NoteTexts(column);
}

void ColumnRange::Append(const ColumnRange& next) {
  count_ += next.count_;
  min_ = std::min(min_, next.min_);
  max_ = std::max(max_, next.max_);
  too_many_ |= next.too_many_;
  for (int32_t i = 0; i < next.distinct_.size() && !too_many_; i++) AddText(next.distinct_.at(i));
}

DataType ColumnRange::Narrow(const DataType& type, std::string* reason) const {
  DataType narrow = type;
  if (count_ == 0) return narrow;
  if (type.kind == TypeKind::kString) {
    if (too_many_ || count_ < kLeastRepeats * distinct_.size()) return narrow;
    narrow.kind = TypeKind::kDictionary;
    *reason = std::to_string(distinct_.size()) + " distinct texts in " + std::to_string(count_) + " values";
    return narrow;
  }
  for (const IntegerKind& integer : kIntegerKinds) {
    if (min_ < integer.min || max_ > integer.max) continue;
    narrow.kind = integer.kind;
    *reason = "from " + std::to_string(min_) + " to " + std::to_string(max_);
    return narrow;
  }
  return narrow;
}

Result<std::unique_ptr<Encoder>> RangeSink::MakeEncoder() { return std::make_unique<RangeEncoder>(); }

Status RangeSink::Commit(std::unique_ptr<Piece> piece, const UnitId&) {
  const auto* unit = static_cast<const RangePiece*>(piece.get());
  for (size_t i = 0; i < ranges_.size(); i++) ranges_[i].Append(unit->ranges[i]);
  rows_ += unit->rows;
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
