#include "sniff/facts_sink.h"

#include <bit>

namespace headrace {
inline namespace v0 {
namespace {

struct FactsPiece : Piece {
  std::vector<ColumnFacts> facts;
};

// `numbers`: of each row, its record and its line.
ColumnFacts FactsOf(const DecodedColumn& column, const int64_t* const numbers[2], const std::vector<std::string>& nulls,
                    const NumberMarks& marks) {
  ColumnFacts facts(marks);
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
  int64_t value = 0;
  for (int64_t word = 0; word * 64 < column.rows; word++) {
    for (uint64_t bits = column.validity[word]; bits != 0; bits &= bits - 1, value++) {
      const int64_t row = word * 64 + std::countr_zero(bits);
      const auto size = static_cast<size_t>(offsets[value + 1] - offsets[value]);
      facts.Note({column.bytes + offsets[value], size}, nulls, {row, numbers[0][row], numbers[1][row]});
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
    const size_t num_columns = batch.columns.size() - 2;
    const int64_t* numbers[2];
    for (size_t i = 0; i < 2; i++) {
      numbers[i] = reinterpret_cast<const int64_t*>(batch.columns[num_columns + i].values);
    }
    for (size_t i = 0; i < num_columns; i++) piece->facts.push_back(FactsOf(batch.columns[i], numbers, nulls_, marks_));
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
