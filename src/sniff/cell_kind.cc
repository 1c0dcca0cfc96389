#include "sniff/cell_kind.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Digits with one kind of mark between groups of three, a fraction, an exponent; signs, percent and currency around.
bool IsNumber(std::string_view text) {
  for (const std::string_view mark : {"$", "€", "£", "%", "EUR", "USD"}) {
    if (text.starts_with(mark)) text = Trim(text.substr(mark.size()));
    if (text.ends_with(mark)) text = Trim(text.substr(0, text.size() - mark.size()));
  }
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() ||
      !(IsDigit(text[0]) || (text.size() > 1 && IsDigit(text[1]) && (text[0] == '.' || text[0] == ',')))) {
    return false;
  }
  const size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos && exponent > 0 && exponent + 1 < text.size()) {
    std::string_view digits = text.substr(exponent + 1);
    if (digits[0] == '-' || digits[0] == '+') digits.remove_prefix(1);
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), IsDigit)) return false;
    text = text.substr(0, exponent);
  }
  size_t marks = 0, last = 0;
  bool same = true;
  char mark = 0;
  for (size_t i = 0; i < text.size(); i++) {
    if (IsDigit(text[i])) continue;
    if (text[i] != '.' && text[i] != ',' && text[i] != '\'' && text[i] != ' ' && text[i] != '_') return false;
    if (marks > 0 && i - last != 4) return false;
    same = same && (mark == 0 || mark == text[i]);
    mark = mark == 0 ? text[i] : mark;
    marks++;
    last = i;
  }
  if (marks > 0 && !IsDigit(text.back())) return false;
  return marks <= 1 || same || text[last] == '.' || text[last] == ',';
}

// Dates and times: groups of digits with - / . : between, T or a space, AM or PM, an offset.
bool IsTime(std::string_view text) {
  if (text.size() < 4 || text.size() > 35 || !IsDigit(text[0])) return false;
  int colons = 0, dashes = 0, slashes = 0, dots = 0, letters = 0;
  for (const char c : text) {
    if (IsDigit(c)) continue;
    colons += c == ':';
    dashes += c == '-';
    slashes += c == '/';
    dots += c == '.';
    letters += IsLetter(c);
    if (!IsLetter(c) && std::string_view(":-/. +,").find(c) == std::string_view::npos) return false;
  }
  const bool is_date = dashes == 2 || dashes == 3 || slashes == 2 || dots == 2 || dots == 3;
  return letters <= 4 && (is_date || (colons >= 1 && colons <= 3 && dashes + slashes + dots <= 1));
}

bool IsAddress(std::string_view text) {
  if (text.find(' ') != std::string_view::npos) return false;
  if (text.find("://") != std::string_view::npos || text.starts_with("www.")) return true;
  const size_t at = text.find('@');
  if (at != std::string_view::npos && at > 0) {
    return text.find('.', at) != std::string_view::npos && text.find_first_of(",;|\t:") == std::string_view::npos &&
           text.find('@', at + 1) == std::string_view::npos;
  }
  return std::count(text.begin(), text.end(), '.') == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || c == '.'; });
}

// A colon inside a word, but for that of a time: it rather stands between two cells.
bool HasColonInside(std::string_view text) {
  for (size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
    if (at + 1 == text.size() || text[at + 1] == ' ') continue;
    if (at == 0 || !IsDigit(text[at - 1]) || !IsDigit(text[at + 1])) return true;
  }
  return false;
}

}  // namespace

CellKind KindOf(std::string_view cell) {
  const std::string_view text = Trim(cell);
  if (text.empty()) return CellKind::kEmpty;
  if (IsNumber(text)) return CellKind::kNumber;
  if (IsTime(text)) return CellKind::kTime;
  if (IsAddress(text)) return CellKind::kAddress;
  constexpr std::string_view kNullMarks[] = {"-", "--", "?", "\\N", "#N/A", "N/A", "n/a"};
  if (std::find(std::begin(kNullMarks), std::end(kNullMarks), text) != std::end(kNullMarks)) return CellKind::kWord;
  bool has_space = false;
  for (const char c : text) {
    if (IsLetter(c) || IsDigit(c) || c == '_' || c == '-') continue;
    if (std::string_view(" .'/&()#+!?:").find(c) == std::string_view::npos) return CellKind::kOther;
    has_space = true;
  }
  if (HasColonInside(text)) return CellKind::kOther;
  return has_space ? CellKind::kText : CellKind::kWord;
}

}  // namespace v0
}  // namespace headrace
