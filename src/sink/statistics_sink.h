#pragma once
// The sink of `scan`: statistics of each column, no file.
// Takes: Batch. Gives: ColumnReport. Owns: nothing outside. Threads: as in sink.h. Fails: never.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "headrace/report.h"
#include "headrace/status.h"
#include "sink/column_statistics.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

class StatisticsSink : public Sink {
 public:
  explicit StatisticsSink(std::vector<SinkColumn> columns);

  Result<std::unique_ptr<Encoder>> MakeEncoder() override;
  Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) override;
  Status Finish() override { return Status::OK(); }
  /// Return one report with an empty path; its rows are those of the batches that encoders saw.
  Result<std::vector<OutputReport>> Inspect() override;
  Status Publish(const std::string& manifest_json) override;

  /// Return the statistics of what has been committed, in output order.
  std::vector<ColumnReport> columns() const;

 private:
  std::vector<SinkColumn> columns_;
  std::vector<ColumnStatistics> statistics_;
  int64_t rows_ = 0;
};

}  // namespace v0
}  // namespace headrace
