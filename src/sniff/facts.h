#pragma once
// What is known of a column's values, and the type that follows. Facts of parts add up in any order of the parts to
// the same type.
// Takes: texts of fields. Gives: Column. Owns: nothing outside. Threads: one. Fails: never.
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "decode/strict.h"
#include "headrace/schema.h"
#include "sniff/mark_finder.h"

namespace headrace {
inline namespace v0 {

class ColumnFacts {
 public:
  static constexpr int64_t kSomewhere = std::numeric_limits<int64_t>::max();

  ColumnFacts() = default;
  explicit ColumnFacts(NumberMarks marks) : marks_(std::move(marks)) {}

  /// Note a value, unless it is empty or one of `nulls`; `row` counts the rows that the facts are of, or is kSomewhere.
  void Note(std::string_view text, const std::vector<std::string>& nulls, int64_t row);
  /// Add the facts of the rows behind these; `rows` is how many rows these are of.
  void Append(const ColumnFacts& next, int64_t rows);

  /// The narrowest type that holds every value and gives its text back, the spellings of null besides
  /// empty ones, and why: `reason` is a few
  /// words, such as "integers, and fractions from row 12 on: 12.7".
  Column ToColumn(std::string name, std::string* reason) const;
  bool has_values() const { return !Only({}); }
  /// Return true where more values could make numbers of what is text: by showing what their mark between thousands is.
  bool needs_proof() const {
    DataType unused;
    return Has(Grouping::kGrouped) && !marks_.is_declared && !Has(Grouping::kProven) && NumberType(&unused);
  }

 private:
  struct First {
    int64_t row = -1;  // -1: none of this class
    std::string text;  // cut to what a message shows
  };
  bool Has(ValueClass value_class) const { return firsts_[static_cast<size_t>(value_class)].row >= 0; }
  bool Only(std::initializer_list<ValueClass> classes) const;
  bool Has(Grouping grouping) const { return (groupings_ >> static_cast<int>(grouping) & 1) != 0; }
  bool NumberType(DataType* type) const;
  bool TimeType(DataType* type) const;
  bool IsGroupedAlike(std::string* reason) const;
  std::string Describe() const;

  NumberMarks marks_;
  std::array<First, kValueClasses> firsts_;
  uint32_t groupings_ = 0;               // bits by Grouping
  std::vector<std::string> null_words_;  // in order of first appearance
  bool has_negative_ = false;
  int integer_digits_ = 0, fraction_digits_ = 0;  // the most of any number, or time
};

}  // namespace v0
}  // namespace headrace
