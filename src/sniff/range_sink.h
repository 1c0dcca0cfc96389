#pragma once
// The sink of the pass that measures columns, so that their types can be made narrower: ranges of integers, and how
// many distinct texts there are. No file.
// Takes: Batch of int64, uint64 and string columns. Gives: ColumnRange. Owns: nothing outside. Threads: as in sink.h.
// Fails: never.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sink/sink.h"
#include "sink/string_table.h"

namespace headrace {
inline namespace v0 {

class ColumnRange {
 public:
  static constexpr int32_t kMostDistinct = 65'536;        ///< texts of a dictionary
  static constexpr size_t kMostDistinctBytes = 8U << 20;  ///< of them

  /// Take in a unit's values.
  void Note(const DecodedColumn& column);
  void Append(const ColumnRange& next);

  /// The narrowest type that holds all values: `type` itself where there is none, and why in a few words.
  DataType Narrow(const DataType& type, std::string* reason) const;

 private:
  template <class T>
  void NoteIntegers(const DecodedColumn& column);
  void NoteTexts(const DecodedColumn& column);
  bool AddText(std::string_view text);

  int64_t count_ = 0;
  int64_t min_ = 0;   // of integers; 0 where none is negative
  uint64_t max_ = 0;  // 0 where none is positive
  StringTable distinct_;
  bool too_many_ = false;  // distinct texts; distinct_ is not complete
};

class RangeSink : public Sink {
 public:
  explicit RangeSink(size_t columns) : ranges_(columns) {}

  Result<std::unique_ptr<Encoder>> MakeEncoder() override;
  Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) override;
  Status Finish() override { return Status::OK(); }
  Result<std::vector<OutputReport>> Inspect() override { return std::vector<OutputReport>(1, {"", rows_, 0, ""}); }
  Status Publish(const std::string&) override { return Status::OK(); }

  const std::vector<ColumnRange>& ranges() const { return ranges_; }

 private:
  std::vector<ColumnRange> ranges_;
  int64_t rows_ = 0;
};

}  // namespace v0
}  // namespace headrace
