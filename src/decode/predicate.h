#pragma once
// A predicate over decoded columns, in SQL's three-valued logic: true, false, unknown (where a null is compared).
// Takes: the window's columns. Gives: one bit a row, set where the predicate is true. Owns: its literals; scratch is a
// PredicateScratch. Threads: a Predicate is immutable and shared, a scratch belongs to one worker. Fails: never.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "decode/batch.h"

namespace headrace {
inline namespace v0 {

enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

/// One step of a predicate in postfix order.
struct PredicateStep {
  enum class Kind : uint8_t { kCompare, kIn, kIsNull, kNot, kAnd, kOr };
  Kind kind = Kind::kCompare;
  Comparison comparison = Comparison::kEqual;  ///< of kCompare
  uint32_t column = 0;                         ///< of kCompare, kIn, kIsNull: index among the predicate's columns
  std::vector<std::string> literals;           ///< as DecodeLiteral gives them: one for kCompare, some for kIn
};

/// Memory for the truth of one window's rows, reused.
struct PredicateScratch {
  std::vector<uint64_t> words;
};

class Predicate {
 public:
  /// `types` are those of the predicate's columns. kIn literals are sorted here.
  Predicate(std::vector<DataType> types, std::vector<PredicateStep> steps);

  /// Return the words whose bit r says that row r is true; valid until the next call with this scratch. Bits behind
  /// the last row are 0. Order: numbers by value, NaN equal to itself and above all others; text by bytes.
  const uint64_t* Evaluate(const DecodedColumn* columns, uint32_t rows, PredicateScratch* scratch) const;

 private:
  std::vector<DataType> types_;
  std::vector<PredicateStep> steps_;
  size_t depth_ = 0;  // of the stack
};

}  // namespace v0
}  // namespace headrace
