#include "sink/statistics_sink.h"

#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

struct StatisticsPiece : Piece {
  std::vector<ColumnStatistics> columns;
  int64_t rows_seen = 0;  // from the columns themselves, where there are any; Piece::rows is what the batch says
};

class StatisticsEncoder : public Encoder {
 public:
  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId&) override {
    auto piece = std::make_unique<StatisticsPiece>();
    piece->rows = batch.rows;
    piece->columns.reserve(batch.columns.size());
    for (const DecodedColumn& column : batch.columns) piece->columns.emplace_back(column);
    piece->rows_seen = piece->columns.empty() ? batch.rows : piece->columns[0].rows();
    piece->memory_bytes = static_cast<int64_t>(sizeof *piece + batch.columns.size() * sizeof(ColumnStatistics));
    return piece;
  }
};

}  // namespace

StatisticsSink::StatisticsSink(std::vector<SinkColumn> columns)
    : columns_(std::move(columns)), statistics_(columns_.size()) {}

Result<std::unique_ptr<Encoder>> StatisticsSink::MakeEncoder() { return std::make_unique<StatisticsEncoder>(); }

Status StatisticsSink::Commit(std::unique_ptr<Piece> piece, const UnitId&) {
  auto* unit = static_cast<StatisticsPiece*>(piece.get());
  if (unit->columns.size() != statistics_.size()) {
    return Status::Invalid("a batch of ", unit->columns.size(), " columns for ", statistics_.size());
  }
  for (size_t i = 0; i < statistics_.size(); ++i) statistics_[i].Append(unit->columns[i]);
  rows_ += unit->rows_seen;
  return Status::OK();
}

Result<std::vector<OutputReport>> StatisticsSink::Inspect() {
  OutputReport report;
  report.rows = rows_;
  return std::vector<OutputReport>{std::move(report)};
}

Status StatisticsSink::Publish(const std::string& manifest_json) {
  if (!manifest_json.empty()) return Status::Invalid("a scan writes no file and has no manifest");
  return Status::OK();
}

std::vector<ColumnReport> StatisticsSink::columns() const {
  std::vector<ColumnReport> reports;
  for (size_t i = 0; i < columns_.size(); ++i)
    reports.push_back(statistics_[i].Report(columns_[i].name, columns_[i].type));
  return reports;
}

}  // namespace v0
}  // namespace headrace
