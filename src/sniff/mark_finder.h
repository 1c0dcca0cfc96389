#pragma once
// Which marks stand in the numbers of a text: the one before a fraction, and the one between thousands.
//
// A mark is found only where a value cannot be read without it. `1,5` shows a comma before a fraction, `1.234,56` that
// and a point between thousands; `1,234` may be either and shows nothing. A column shows a mark if all its values are
// numbers with it. Of point and comma, the one that more columns show stands before fractions.
//
// Takes: the texts of fields, by column. Gives: NumberMarks. Owns: nothing outside. Threads: one. Fails: never.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decode/number_text.h"
#include "headrace/schema.h"

namespace headrace {
inline namespace v0 {

/// The marks by which the types of a job's columns are inferred.
struct NumberMarks {
  NumberRules rules;         ///< of plain numbers
  bool is_declared = false;  ///< that between thousands: it is not asked for proof

  std::string thousands() const { return {rules.thousands, rules.thousands_bytes}; }
};

/// The marks of a dialect, of which the keys in `declared` were not guessed.
NumberMarks MarksOf(const Dialect& dialect, const std::vector<std::string>& declared);

class MarkFinder {
 public:
  /// Find what `declared` does not hold of `dialect`, in a table of so many columns.
  MarkFinder(const Dialect& dialect, const std::vector<std::string>& declared, size_t columns);

  void Note(size_t column, std::string_view text);
  /// Set the marks of `dialect`, and say why. Where none are found it keeps its own.
  void Find(Dialect* dialect, std::vector<std::string>* reasons) const;

 private:
  // What a column's values show if `decimal` stands before fractions.
  struct Reading {
    bool possible = true;
    bool shows_decimal = false, shows_thousands = false;
    std::string thousands;  // stands in a value
    std::string unclear;    // the first such value
    std::string example;    // that shows something
  };
  static constexpr char kDecimals[] = {'.', ','};
  using Readings = std::array<Reading, 2>;

  void Read(std::string_view text, char decimal, Reading* reading) const;
  size_t Votes(size_t decimal, std::string* example) const;
  void TellUnclear(size_t decimal, std::vector<std::string>* reasons) const;
  std::string FindThousands(size_t decimal, std::string* example) const;

  std::optional<char> decimal_;           // declared
  std::optional<std::string> thousands_;  // declared
  std::string never_;                     // a delimiter that stands in no field
  std::vector<Readings> columns_;
};

}  // namespace v0
}  // namespace headrace
