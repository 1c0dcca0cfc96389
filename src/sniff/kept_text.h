#pragma once
// What looks like more than text in the samples, though nothing declares it: spellings of null, and escapes as
// databases write them. A guess changes neither; both are told. Takes: cells of the samples. Gives: counts, and whether
// backslashes are escapes. Owns: nothing outside. Threads: one. Fails: never.
#include <cstdint>
#include <string>
#include <vector>

#include "headrace/report.h"
#include "sniff/sample.h"

namespace headrace {
inline namespace v0 {

class KeptText {
 public:
  explicit KeptText(size_t columns) : null_words_(columns) {}

  void Note(size_t column, const SampleCell& cell);

  /// The spellings of null that stand in a column without quotes, in order of their first appearance.
  const std::vector<NullWord>& null_words(size_t column) const { return null_words_[column]; }

  /// Return true where nothing is quoted, and all backslashes stand as databases write them: in \\, before one of
  /// b f n r t v, and in \N that is a whole field. `only_letters`: only the letters, as a path such as C:\temp has
  /// them.
  bool has_escapes() const { return !quoted_ && other_ == 0 && pairs_ + letters_ > 0; }
  bool only_letters() const { return pairs_ == 0 && nulls_ == 0; }
  /// Return the first cell with a backslash that is not \N.
  const std::string& example() const { return example_; }

 private:
  void NoteBackslashes(const std::string& text);

  std::vector<std::vector<NullWord>> null_words_;
  bool quoted_ = false;
  int64_t pairs_ = 0, letters_ = 0, nulls_ = 0, other_ = 0;
  std::string example_;
};

}  // namespace v0
}  // namespace headrace
