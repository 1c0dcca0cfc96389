#include "sniff/kept_text.h"

#include <algorithm>

#include "decode/strict.h"

namespace headrace {
inline namespace v0 {

void KeptText::Note(size_t column, const SampleCell& cell) {
  quoted_ |= cell.quoted;
  if (cell.quoted || cell.text.empty()) return;
  NoteBackslashes(cell.text);
  if (Classify(cell.text).value_class != ValueClass::kNullWord) return;
  std::vector<NullWord>& words = null_words_[column];
  const auto known =
      std::find_if(words.begin(), words.end(), [&](const NullWord& word) { return word.text == cell.text; });
  if (known == words.end()) {
    words.push_back({cell.text, 1});
  } else {
    known->count++;
  }
}

void KeptText::NoteBackslashes(const std::string& text) {
  if (text == "\\N") {
    nulls_++;
    return;
  }
  for (size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2)) {
    if (example_.empty()) example_ = text;
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == '\\') {
      pairs_++;
    } else if (next != '\0' && std::string_view("bfnrtv").find(next) != std::string_view::npos) {
      letters_++;
    } else {
      other_++;
    }
  }
}

std::string KeptAsText(const InferredReport& column) {
  if (column.type != "string" || column.null_words.empty()) return "";
  std::string words, list;
  for (const NullWord& word : column.null_words) {
    words += (words.empty() ? "" : ", ") + word.text + " " + std::to_string(word.count) +
             (word.count == 1 ? " time" : " times");
    list += "," + word.text;
  }
  const bool one = column.null_words.size() == 1;
  return words + " in the samples, kept as text: --nulls '" + list + "' makes " + (one ? "it" : "them") + " null";
}

}  // namespace v0
}  // namespace headrace
