#pragma once
// What a cell looks like, to judge whether a dialect cuts text into sensible cells.
// Takes: the text of a cell. Gives: CellKind. Owns: nothing. Threads: pure. Fails: never.
#include <cstdint>
#include <string_view>

namespace headrace {
inline namespace v0 {

enum class CellKind : uint8_t {
  kEmpty,
  kNumber,   ///< with point or comma, groups of thousands, percent, currency
  kTime,     ///< dates and times in usual forms
  kWord,     ///< bool words, spellings of null, names without a space
  kAddress,  ///< mail, web and IP addresses, paths
  kText,     ///< words with spaces and light punctuation
  kOther
};

CellKind KindOf(std::string_view cell);

}  // namespace v0
}  // namespace headrace
