#include "sniff/facts_sink.h"

#include <bit>

namespace headrace {
inline namespace v0 {
namespace {

struct FactsPiece : Piece {
  std::vector<ColumnFacts> facts;
};

ColumnFacts FactsOf(const DecodedColumn& column, const std::vector<std::string>& nulls, const NumberMarks& marks) {
  ColumnFacts facts(marks);
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
  int64_t value = 0;
  for (int64_t word = 0; word * 64 < column.rows; word++) {
    for (uint64_t bits = column.validity[word]; bits != 0; bits &= bits - 1, value++) {
      const auto size = static_cast<size_t>(offsets[value + 1] - offsets[value]);
      facts.Note({column.bytes + offsets[value], size}, nulls, word * 64 + std::countr_zero(bits));
    }
  }
  return facts;
}

class FactsEncoder : public Encoder {
 public:
  FactsEncoder(const std::vector<std::string>& nulls, const NumberMarks& marks) : nulls_(nulls), marks_(marks) {}

  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId&) override {
    auto piece = std::make_unique<FactsPiece>();
    piece->rows = batch.rows;
    for (const DecodedColumn& column : batch.columns) piece->facts.push_back(FactsOf(column, nulls_, marks_));
    return piece;
  }

 private:
  const std::vector<std::string>& nulls_;
  const NumberMarks& marks_;
};

}  // namespace

Result<std::unique_ptr<Encoder>> FactsSink::MakeEncoder() { return std::make_unique<FactsEncoder>(nulls_, marks_); }

Status FactsSink::Commit(std::unique_ptr<Piece> piece, const UnitId&) {
  const auto* unit = static_cast<const FactsPiece*>(piece.get());
  for (size_t i = 0; i < facts_.size(); i++) facts_[i].Append(unit->facts[i], rows_);
  rows_ += unit->rows;
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
