#include "sniff/facts.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxShown = 40;

std::string_view Name(ValueClass value_class) {
  switch (value_class) {
    case ValueClass::kBool:
      return "true or false";
    case ValueClass::kInteger:
      return "integers";
    case ValueClass::kLongInteger:
      return "integers beyond 2^53";
    case ValueClass::kUnsignedInteger:
      return "integers beyond 2^63";
    case ValueClass::kHugeInteger:
      return "integers beyond 64 bits";
    case ValueClass::kDecimal:
      return "fractions";
    case ValueClass::kLongDecimal:
      return "fractions that no double gives back";
    case ValueClass::kFloat:
      return "floats";
    case ValueClass::kSpecialFloat:
      return "inf or nan";
    case ValueClass::kDate:
      return "dates";
    case ValueClass::kTimestamp:
      return "timestamps";
    case ValueClass::kInstant:
      return "timestamps with an offset";
    case ValueClass::kTime:
      return "times";
    case ValueClass::kNullWord:
      return "spellings of null";
    case ValueClass::kText:
      break;
  }
  return "text";
}

}  // namespace

void ColumnFacts::Note(std::string_view text, const std::vector<std::string>& nulls, const ValuePlace& place) {
  if (std::find(nulls.begin(), nulls.end(), text) != nulls.end()) return;
  const Classified found = Classify(text, marks_.rules);
  First& first = firsts_[static_cast<size_t>(found.value_class)];
  if (first.place.row < 0) first = {place, std::string(text.substr(0, kMaxShown))};
  if (found.value_class == ValueClass::kNullWord) {
    const bool known = std::find(null_words_.begin(), null_words_.end(), text) != null_words_.end();
    if (!known) null_words_.emplace_back(text);
    return;
  }
  has_negative_ |= found.negative;
  beyond_nanos_ |= found.beyond_nanos;
  groupings_ |= uint32_t{1} << static_cast<int>(found.grouping);
  integer_digits_ = std::max(integer_digits_, found.integer_digits);
  fraction_digits_ = std::max(fraction_digits_, found.fraction_digits);
}

void ColumnFacts::Append(const ColumnFacts& next, int64_t rows) {
  for (size_t i = 0; i < firsts_.size(); i++) {
    if (firsts_[i].place.row >= 0 || next.firsts_[i].place.row < 0) continue;
    firsts_[i] = next.firsts_[i];
    firsts_[i].place.row += rows;
  }
  for (const std::string& word : next.null_words_) {
    const bool known = std::find(null_words_.begin(), null_words_.end(), word) != null_words_.end();
    if (!known) null_words_.push_back(word);
  }
  has_negative_ |= next.has_negative_;
  beyond_nanos_ |= next.beyond_nanos_;
  groupings_ |= next.groupings_;
  integer_digits_ = std::max(integer_digits_, next.integer_digits_);
  fraction_digits_ = std::max(fraction_digits_, next.fraction_digits_);
}

// Whether every value that is not a spelling of null is of one of these classes.
bool ColumnFacts::Only(std::initializer_list<ValueClass> classes) const {
  for (int i = 0; i < kValueClasses; i++) {
    const auto value_class = static_cast<ValueClass>(i);
    if (value_class == ValueClass::kNullWord || !Has(value_class)) continue;
    if (std::find(classes.begin(), classes.end(), value_class) == classes.end()) return false;
  }
  return true;
}

bool ColumnFacts::NumberType(DataType* type) const {
  using enum ValueClass;
  if (Only({kInteger, kLongInteger})) {
    type->kind = TypeKind::kInt64;
  } else if (Only({kInteger, kLongInteger, kUnsignedInteger}) && !has_negative_) {
    type->kind = TypeKind::kUInt64;
  } else if (Only({kInteger, kDecimal, kFloat, kSpecialFloat})) {
    type->kind = TypeKind::kFloat64;
  } else if (Only({kInteger, kLongInteger, kUnsignedInteger, kHugeInteger, kDecimal, kLongDecimal}) &&
             integer_digits_ + fraction_digits_ <= 38) {
    type->kind = TypeKind::kDecimal;
    type->precision = std::max(1, integer_digits_ + fraction_digits_);
    type->scale = fraction_digits_;
  } else {
    return false;
  }
  return true;
}

bool ColumnFacts::TimeType(DataType* type, std::string* reason) const {
  using enum ValueClass;
  if ((Only({kTimestamp}) || Only({kInstant})) && fraction_digits_ > 6 && beyond_nanos_) {
    *reason += "; text, for nanoseconds hold no time before 1677 or behind 2262";
    return false;
  }
  type->unit = fraction_digits_ > 6 ? TimeUnit::kNano : TimeUnit::kMicro;
  if (Only({kDate})) {
    *type = DataType();
    type->kind = TypeKind::kDate;
  } else if (Only({kTimestamp})) {
    type->kind = TypeKind::kTimestamp;
  } else if (Only({kInstant})) {
    type->kind = TypeKind::kTimestamp;
    type->zone = "UTC";
  } else if (Only({kTime})) {
    type->kind = TypeKind::kTime;
  } else {
    return false;
  }
  return true;
}

// Whether the mark between thousands stands in all numbers or in none; and where it stands, that it can be nothing
// else.
bool ColumnFacts::IsGroupedAlike(std::string* reason) const {
  const bool grouped = Has(Grouping::kGrouped) || Has(Grouping::kProven);
  const std::string mark = "'" + marks_.thousands() + "'";
  if (grouped && Has(Grouping::kPlain)) {
    *reason += "; text, for some have " + mark + " between thousands and some have not";
    return false;
  }
  if (needs_proof()) {
    *reason += "; text, for " + mark + " may stand before a fraction: --thousands " + mark + " makes it numbers";
    return false;
  }
  return true;
}

// The classes in order of their first row.
std::vector<ValueClass> ColumnFacts::InOrder() const {
  std::vector<ValueClass> order;
  for (int i = 0; i < kValueClasses; i++) {
    if (Has(static_cast<ValueClass>(i))) order.push_back(static_cast<ValueClass>(i));
  }
  std::stable_sort(order.begin(), order.end(),
                   [this](ValueClass a, ValueClass b) { return FirstOf(a).place.row < FirstOf(b).place.row; });
  return order;
}

std::string ColumnFacts::Describe() const {
  std::string text;
  for (const ValueClass value_class : InOrder()) {
    const First& first = FirstOf(value_class);
    text += (text.empty() ? "" : "; ") + std::string(Name(value_class));
    if (first.place.row != ValuePlace::kSomewhere) text += " from row " + std::to_string(first.place.row + 1) + " on";
    text += ": " + first.text;
  }
  return text.empty() ? "no values" : text;
}

std::optional<ValuePlace> ColumnFacts::BrokenAt(std::optional<TypeKind> held) const {
  ColumnFacts before = *this;
  before.firsts_ = {};
  std::optional<ValuePlace> place;
  for (const ValueClass value_class : InOrder()) {
    before.firsts_[static_cast<size_t>(value_class)] = FirstOf(value_class);
    if (!before.has_values()) continue;
    std::string reason;
    const TypeKind next = before.ToColumn("", &reason).type.kind;
    if (!held) held = next;
    if (next == *held) {
      place.reset();
    } else if (!place) {
      place = FirstOf(value_class).place;
    }
  }
  return place;
}

Column ColumnFacts::ToColumn(std::string name, std::string* reason) const {
  Column column;
  column.name = std::move(name);
  column.inferred = true;
  *reason = Describe();
  const bool any = !Only({});
  DataType type;
  if (any && Only({ValueClass::kBool})) {
    type.kind = TypeKind::kBool;
  } else if (any && NumberType(&type)) {
    if (!IsGroupedAlike(reason)) return column;
    const bool grouped =
        Has(Grouping::kGrouped) || Has(Grouping::kProven) || (marks_.is_declared && !Has(Grouping::kPlain));
    if (marks_.rules.thousands_bytes > 0 && !grouped) column.format.thousands = "";
  } else if (!any || !TimeType(&type, reason)) {
    return column;  // a string
  }
  column.type = type;
  if (!null_words_.empty()) column.nulls = null_words_;
  return column;
}

}  // namespace v0
}  // namespace headrace
