#pragma once
// One column, decoded at every level that the machine has, and compared row by row.
// Takes: a FieldList. Gives: Tally, Differences. Owns: the levels' memory. Threads: LevelDecoders are shared, a
// ColumnComparer is one thread's; the decoders are made before other threads start, for the level in use is global.
// Fails: never; what is not as it must be is a difference.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decode/test_memory.h"
#include "exact/reference.h"
#include "exact/tally.h"
#include "exact/text_window.h"
#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {

inline constexpr uint32_t kWindowFields = 4096;

/// A column's decoder of one level, its kernels counted if it is the best.
struct LevelDecoder {
  const Kernels* kernels;
  ColumnDecoder decoder;
};
std::vector<LevelDecoder> DecodersOf(const ColumnSpec& spec);

/// What became of one row.
struct RowResult {
  bool is_null = false;
  std::optional<RejectKind> bad;
  std::string_view value;
  bool operator==(const RowResult&) const = default;
};

class ColumnComparer {
 public:
  ColumnComparer(const std::string& name, const std::vector<LevelDecoder>& levels, Differences* differences);

  /// Decode the window at every level, behind `rows_before` rows that are null (63 at most), and compare the levels
  /// with the plain one, row by row and in what is made of whole columns: summaries, and values spread over rows.
  void Decode(const FieldList& fields, uint32_t rows_before, Tally* tally);

  /// The rows of the plain level, in order: call `check(row, result)` for each.
  template <class Check>
  void ForEachRow(Check check) const {
    Rows rows(levels_.front());
    for (uint32_t row = 0; row < fields_.size; row++) check(row, rows.Next());
  }

  /// Compare the rows of the plain level with a reference.
  void CompareWith(const Reference& reference, Tally* tally);

  /// Note a difference.
  void Note(std::string_view level, uint32_t row, const RowResult& got, const std::string& wanted) const;
  std::string Show(const RowResult& row) const;

 private:
  struct Level {
    const LevelDecoder* decoder;
    TestColumnMemory memory;
    std::vector<BadValue> bad;
    BadValueList list;
    uint32_t rows_before = 0;
  };
  // Reads a level's rows one after the other.
  class Rows {
   public:
    explicit Rows(const Level& level) : level_(level), row_(level.rows_before) {}
    RowResult Next();

   private:
    const Level& level_;
    int64_t row_, value_ = 0;
    uint32_t bad_ = 0;
  };

  bool IsSame(const Level& plain, const Level& other) const;
  void CompareRows(const Level& plain, const Level& other) const;
  std::string_view TextOf(uint32_t row) const;
  void CompareWhole(const Level& plain, const Level& other);

  std::string name_;
  DataType type_;
  std::vector<Level> levels_;
  TestScratch scratch_;
  std::vector<uint8_t> spread_, other_spread_;
  FieldList fields_;
  std::string text_;  // of a field, NUL behind it
  Differences* differences_;
};

}  // namespace v0
}  // namespace headrace
