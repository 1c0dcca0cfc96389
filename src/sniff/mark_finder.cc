#include "sniff/mark_finder.h"

#include <algorithm>
#include <map>

#include "decode/strict.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr std::string_view kThousands[] = {".", ",", "'", " ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x99"};

NumberRules RulesOf(char decimal, const std::string& thousands) {
  DataType type;
  type.kind = TypeKind::kFloat64;
  Format format;
  format.decimal = decimal;
  format.thousands = thousands;
  return MakeNumberRules(type, format);
}

std::string Show(std::string_view mark) {
  if (mark == " ") return "a space";
  if (mark == "\xC2\xA0") return "a no-break space (U+00A0)";
  if (mark == "\xE2\x80\xAF") return "a narrow no-break space (U+202F)";
  return "'" + std::string(mark) + "'";
}

bool Has(const std::vector<std::string>& declared, std::string_view key) {
  return std::find(declared.begin(), declared.end(), key) != declared.end();
}

// Whether the mark before the digits behind it can be no mark between thousands: those digits are no group of three, or
// those before it are no first group.
bool IsSurelyDecimal(std::string_view text, char decimal, const Classified& found) {
  const size_t at = text.find(decimal);
  if (at == std::string_view::npos) return false;
  return found.fraction_digits != 3 || found.integer_digits == 0 || found.integer_digits > 3;
}

}  // namespace

NumberMarks MarksOf(const Dialect& dialect, const std::vector<std::string>& declared) {
  return {RulesOf(dialect.decimal, dialect.thousands), Has(declared, "thousands")};
}

MarkFinder::MarkFinder(const Dialect& dialect, const std::vector<std::string>& declared, size_t columns)
    : columns_(columns) {
  if (Has(declared, "decimal")) decimal_ = dialect.decimal;
  if (Has(declared, "thousands")) thousands_ = dialect.thousands;
  if (!dialect.quote) never_ = dialect.delimiter;
}

void MarkFinder::Note(size_t column, std::string_view text) {
  const ValueClass plain = text.empty() ? ValueClass::kNullWord : Classify(text).value_class;
  if (plain == ValueClass::kNullWord || plain == ValueClass::kSpecialFloat) return;
  for (size_t i = 0; i < std::size(kDecimals); i++) {
    Reading& reading = columns_[column][i];
    if (reading.possible) Read(text, kDecimals[i], &reading);
  }
}

void MarkFinder::Read(std::string_view text, char decimal, Reading* reading) const {
  std::string thousands = thousands_.value_or("");
  for (const std::string_view mark : kThousands) {
    if (thousands_ || mark[0] == decimal || mark == never_ || text.find(mark) == std::string_view::npos) continue;
    thousands = mark;
    break;
  }
  reading->possible = false;
  if (thousands == std::string(1, decimal)) return;  // declared
  const Classified found = Classify(text, RulesOf(decimal, thousands));
  if (!IsNumberClass(found.value_class)) return;
  const bool is_grouped = found.grouping == Grouping::kGrouped || found.grouping == Grouping::kProven;
  if (is_grouped && !reading->thousands.empty() && reading->thousands != thousands) return;
  reading->possible = true;
  if (is_grouped && reading->thousands.empty()) {
    reading->thousands = thousands;
    reading->unclear = text;
  }
  const bool proves = found.grouping == Grouping::kProven;
  // A point between thousands does not stand before fractions, nor does a comma.
  const bool shows = IsSurelyDecimal(text, decimal, found) || (proves && (thousands == "." || thousands == ","));
  if ((shows && !reading->shows_decimal) || (proves && !reading->shows_thousands)) reading->example = text;
  reading->shows_decimal |= shows || (proves && found.fraction_digits > 0);
  reading->shows_thousands |= proves;
}

// The columns that show a mark before fractions.
size_t MarkFinder::Votes(size_t decimal, std::string* example) const {
  size_t votes = 0;
  for (const Readings& column : columns_) {
    if (!column[decimal].possible || !column[decimal].shows_decimal) continue;
    if (votes == 0) *example = column[decimal].example;
    votes++;
  }
  return votes;
}

// The mark between thousands that most columns show.
std::string MarkFinder::FindThousands(size_t decimal, std::string* example) const {
  std::map<std::string, size_t> votes;
  std::string best;
  for (const Readings& column : columns_) {
    const Reading& reading = column[decimal];
    if (!reading.possible || !reading.shows_thousands) continue;
    if (++votes[reading.thousands] <= (best.empty() ? 0 : votes[best])) continue;
    best = reading.thousands;
    *example = reading.example;
  }
  return best;
}

void MarkFinder::Find(Dialect* dialect, std::vector<std::string>* reasons) const {
  const auto columns = [](size_t votes) { return std::to_string(votes) + (votes == 1 ? " column" : " columns"); };
  std::string point, comma, grouped;
  const size_t points = Votes(0, &point), commas = Votes(1, &comma);
  const bool is_comma = decimal_ ? *decimal_ == ',' : thousands_ == "." || (commas > points && never_ != ",");
  if (!decimal_) dialect->decimal = is_comma ? ',' : '.';
  if (!decimal_ && is_comma) {
    reasons->push_back(commas == 0 ? "a point stands between thousands, so a comma before fractions"
                                   : "a comma stands before fractions in " + columns(commas) + ": " + comma);
  }
  if (!decimal_ && points > 0 && commas > 0) {
    reasons->push_back(
        (is_comma ? "a point in " + columns(points) + ": " + point : "a comma in " + columns(commas) + ": " + comma) +
        "; that is kept as text");
  }
  if (thousands_) return;
  const std::string thousands = FindThousands(is_comma ? 1 : 0, &grouped);
  if (!thousands.empty()) {
    dialect->thousands = thousands;
    reasons->push_back(Show(thousands) + " stands between thousands: " + grouped);
  }
  TellUnclear(is_comma ? 1 : 0, reasons);
}

// Name the columns that stay text because a mark may stand between thousands or not.
void MarkFinder::TellUnclear(size_t decimal, std::vector<std::string>* reasons) const {
  for (size_t i = 0; i < columns_.size(); i++) {
    const Reading& reading = columns_[i][decimal];
    if (!reading.possible || reading.thousands.empty() || reading.shows_thousands) continue;
    reasons->push_back("column " + std::to_string(i + 1) + " stays text, for " + Show(reading.thousands) + " in " +
                       reading.unclear + " shows not whether it stands between thousands: say so with --thousands");
  }
}

}  // namespace v0
}  // namespace headrace
