#include "sniff/header.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "decode/strict.h"
#include "sniff/cell_kind.h"

namespace headrace {
inline namespace v0 {
namespace {

bool IsTyped(CellKind kind) {
  return kind == CellKind::kNumber || kind == CellKind::kTime || kind == CellKind::kAddress;
}

// Short, with a letter in it, and no value: NaN, inf, true and the spellings of null are some, though of letters.
bool LooksLikeName(const std::string& text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  };
  return !text.empty() && text.size() <= 60 && std::any_of(text.begin(), text.end(), is_letter) &&
         !IsTyped(KindOf(text)) && text.find('\n') == std::string::npos &&
         Classify(text).value_class == ValueClass::kText;
}

// How much one column speaks for a header (above 0) or against it.
double Evidence(const std::vector<SampleRow>& rows, size_t column) {
  const std::string& name = rows[0].cells[column].text;
  std::map<CellKind, int> kinds;
  int filled = 0;
  bool recurs = false, same_length = true;
  size_t length = 0;
  for (size_t i = 1; i < rows.size(); i++) {
    if (column >= rows[i].cells.size() || rows[i].cells[column].text.empty()) continue;
    const std::string& text = rows[i].cells[column].text;
    kinds[KindOf(text)]++;
    same_length = same_length && (filled == 0 || text.size() == length);
    length = text.size();
    filled++;
    recurs |= text == name;
  }
  if (filled == 0) return 0;
  const CellKind first = KindOf(name);
  const auto common =
      std::max_element(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (IsTyped(common->first) && common->second * 10 >= filled * 8) {
    if (first == common->first) return -1;
    return LooksLikeName(name) ? 1 : 0;
  }
  if (recurs) return -0.7;
  if (filled >= 3 && same_length && name.size() != length && LooksLikeName(name)) return 0.4;
  return 0;
}

}  // namespace

HeaderGuess GuessHeader(const std::vector<SampleRow>& rows, size_t columns) {
  const std::vector<SampleCell>& first = rows[0].cells;
  std::set<std::string> names;
  bool all_names = first.size() == columns, any_typed = false;
  for (const SampleCell& cell : first) {
    all_names = all_names && LooksLikeName(cell.text) && names.insert(cell.text).second;
    any_typed |= IsTyped(KindOf(cell.text));
  }
  double evidence = 0;
  for (size_t i = 0; i < std::min(columns, first.size()); i++) evidence += Evidence(rows, i);
  if (rows.size() == 1) {
    if (any_typed) return {false, 0.8, "the only row holds values"};
    return {all_names, 0.6, all_names ? "the only row could be names" : "the only row does not look like names"};
  }
  if (evidence >= 1) return {true, any_typed ? 0.85 : 1, "the first row holds names where others hold values"};
  if (evidence <= -1 || any_typed)
    return {false, evidence <= -1 ? 1 : 0.85, "the first row holds values like the others"};
  if (evidence < 0) return {false, 0.8, "values of the first row come again below it"};
  if (evidence > 0) return {true, 0.85, "the first row's lengths differ from the others'"};
  if (all_names) return {true, 0.7, "all is text, and the first row's values are distinct and do not come again"};
  return {false, 0.75, "the first row does not look like names"};
}

std::vector<std::string> UniqueNames(std::vector<std::string> names, size_t columns) {
  names.resize(columns);
  std::unordered_map<std::string, int> seen;  // with the number that the next of the name tries first
  for (size_t i = 0; i < names.size(); i++) {
    if (names[i].empty()) names[i] = "column_" + std::to_string(i + 1);
    const auto [first, is_new] = seen.emplace(names[i], 2);
    auto& [stem, number] = *first;
    for (bool taken = !is_new; taken; taken = !seen.emplace(names[i], 2).second) {
      names[i] = stem + "_" + std::to_string(number++);
    }
  }
  return names;
}

size_t CountUnitRows(const std::vector<SampleRow>& rows, size_t columns, const NumberRules& rules) {
  constexpr size_t kMostUnitRows = 3, kFewestBelow = 3;
  size_t with_units = 0, unit_rows = 0;
  for (size_t c = 0; c < columns; c++) {
    size_t text_rows = 0, first_typed = rows.size();  // text_rows: up to the last row of text
    for (size_t i = 0; i < rows.size(); i++) {
      if (c >= rows[i].cells.size() || rows[i].cells[c].text.empty()) continue;
      const ValueClass is = Classify(rows[i].cells[c].text, rules).value_class;
      if (is == ValueClass::kText) text_rows = i + 1;
      if (is != ValueClass::kText && is != ValueClass::kNullWord) first_typed = std::min(first_typed, i);
    }
    if (text_rows == 0 || text_rows > std::min(kMostUnitRows, first_typed) || first_typed + kFewestBelow > rows.size())
      continue;
    with_units++;
    unit_rows = std::max(unit_rows, text_rows);
  }
  return with_units >= 2 && with_units * 2 >= columns ? unit_rows : 0;
}

}  // namespace v0
}  // namespace headrace
