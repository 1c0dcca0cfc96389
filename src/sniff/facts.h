#pragma once
// What is known of a column's values, and the type that follows. Facts of parts add up in any order of the parts to
// the same type.
// Takes: texts of fields. Gives: Column. Owns: nothing outside. Threads: one. Fails: never.
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decode/strict.h"
#include "headrace/schema.h"
#include "sniff/mark_finder.h"

namespace headrace {
inline namespace v0 {

/// Where a value stands.
struct ValuePlace {
  static constexpr int64_t kSomewhere = std::numeric_limits<int64_t>::max();
  int64_t row = kSomewhere;      ///< of those that the facts are of, from 0; -1: nowhere
  int64_t record = 0, line = 0;  ///< of its file, from 1; 0: not known
};

class ColumnFacts {
 public:
  ColumnFacts() = default;
  explicit ColumnFacts(const NumberMarks& marks) : marks_(marks) {}

  /// Note a value, unless it is one of `nulls`.
  void Note(std::string_view text, const std::vector<std::string>& nulls, const ValuePlace& place);
  /// Add the facts of the rows behind these; `rows` is how many rows these are of.
  void Append(const ColumnFacts& next, int64_t rows);

  /// The narrowest type that holds every value and gives its text back, the spellings of null besides empty ones, and
  /// why: `reason` is a few words, such as "integers, and fractions from row 12 on: 12.7".
  Column ToColumn(std::string name, std::string* reason) const;
  bool has_values() const { return !Only({}); }
  /// Return true where more values could make numbers of what is text: by showing what their mark between thousands is.
  bool needs_proof() const {
    DataType unused;
    return Has(Grouping::kGrouped) && !marks_.is_declared && !Has(Grouping::kProven) && NumberType(&unused);
  }

  /// The first value that a column of the kind `held` does not hold; without one, of the kind that the values before it
  /// have.
  std::optional<ValuePlace> BrokenAt(std::optional<TypeKind> held) const;

 private:
  struct First {
    ValuePlace place{-1, 0, 0};
    std::string text;  // cut to what a message shows
  };
  const First& FirstOf(ValueClass value_class) const { return firsts_[static_cast<size_t>(value_class)]; }
  bool Has(ValueClass value_class) const { return FirstOf(value_class).place.row >= 0; }
  std::vector<ValueClass> InOrder() const;
  bool Only(std::initializer_list<ValueClass> classes) const;
  bool Has(Grouping grouping) const { return (groupings_ >> static_cast<int>(grouping) & 1) != 0; }
  bool NumberType(DataType* type) const;
  bool TimeType(DataType* type, std::string* reason) const;
  bool IsGroupedAlike(std::string* reason) const;
  std::string Describe() const;

  NumberMarks marks_;
  std::array<First, kValueClasses> firsts_;
  uint32_t groupings_ = 0;               // bits by Grouping
  std::vector<std::string> null_words_;  // in order of first appearance
  bool has_negative_ = false, beyond_nanos_ = false;
  int integer_digits_ = 0, fraction_digits_ = 0;  // the most of any number, or time
};

}  // namespace v0
}  // namespace headrace
