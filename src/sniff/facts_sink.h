#pragma once
// The sink of the pass that infers types: facts of each column, no file.
// Takes: Batch of binary columns, then the numbers of records and of lines. Gives: ColumnFacts. Owns: nothing outside.
// Threads: as in sink.h. Fails: never.
#include <memory>
#include <string>
#include <vector>

#include "sink/sink.h"
#include "sniff/facts.h"

namespace headrace {
inline namespace v0 {

class FactsSink : public Sink {
 public:
  FactsSink(size_t columns, std::vector<std::string> nulls, const NumberMarks& marks)
      : nulls_(std::move(nulls)), marks_(marks), facts_(columns, ColumnFacts(marks)) {}

  Result<std::unique_ptr<Encoder>> MakeEncoder() override;
  Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) override;
  Status Finish() override { return Status::OK(); }
  Result<std::vector<OutputReport>> Inspect() override { return std::vector<OutputReport>(1, {"", rows_, 0, ""}); }
  Status Publish(const std::string&) override { return Status::OK(); }

  const std::vector<ColumnFacts>& facts() const { return facts_; }

 private:
  const std::vector<std::string> nulls_;
  const NumberMarks marks_;
  std::vector<ColumnFacts> facts_;
  int64_t rows_ = 0;
};

}  // namespace v0
}  // namespace headrace
