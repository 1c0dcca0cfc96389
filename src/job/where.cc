#include "job/where.h"

#include <algorithm>
#include <string>
#include <utility>

#include "decode/literal.h"
#include "job/closest.h"
#include "job/number_marks.h"
#include "job/zone.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kMaxDepth = 200;  // of parentheses and NOTs
constexpr size_t kShownBytes = 60;

enum class TokenKind : uint8_t { kEnd, kWord, kName, kNumber, kText, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  // without quotes
  size_t at = 0;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool StartsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return text;
}

class WhereParser {
 public:
  WhereParser(std::string_view text, const Schema& schema, const Dialect& dialect)
      : text_(text), schema_(schema), dialect_(dialect) {}

  Result<Where> Parse() {
    ARROW_RETURN_NOT_OK(Advance());
    ARROW_RETURN_NOT_OK(ParseOr());
    if (token_.kind != TokenKind::kEnd)
      return Wrong(token_, "there is more than one expression", "join them with AND or OR");
    std::vector<DataType> types;
    for (const int32_t column : columns_) types.push_back(schema_.columns[static_cast<size_t>(column)].type);
    return Where{columns_, Predicate(std::move(types), std::move(steps_))};
  }

 private:
  Status Wrong(const Token& token, const std::string& what, const std::string& remedy) const {
    const size_t from = token.at > kShownBytes / 2 ? token.at - kShownBytes / 2 : 0;
    std::string shown(text_.substr(from, kShownBytes));
    if (from > 0) shown = "…" + shown;
    if (from + kShownBytes < text_.size()) shown += "…";
    return Status::Invalid("--where: ", what, "\nat character ", token.at + 1, " of: ", shown, "\nfix: ", remedy);
  }

  // --- Tokens

  Status Advance() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      at_++;
    }
    token_ = Token{TokenKind::kEnd, "", at_};
    if (at_ == text_.size()) return Status::OK();
    const char c = text_[at_];
    if (c == '\'' || c == '"') return ReadQuoted(c);
    const size_t behind_sign = at_ + (c == '-' || c == '+' ? 1 : 0);
    const size_t digit = behind_sign + (behind_sign < text_.size() && text_[behind_sign] == '.' ? 1 : 0);
    if (digit < text_.size() && IsDigit(text_[digit])) return ReadNumber(behind_sign);
    size_t end = at_;
    if (StartsWord(c)) {
      while (end < text_.size() && (StartsWord(text_[end]) || IsDigit(text_[end]))) end++;
      token_.kind = TokenKind::kWord;
    } else {
      const std::string_view two = text_.substr(at_, 2);
      const bool is_long = two == "<=" || two == ">=" || two == "!=" || two == "<>" || two == "==";
      if (!is_long && std::string_view("=<>(),").find(c) == std::string_view::npos) {
        return Wrong(token_, "'" + std::string(1, c) + "' has no meaning here",
                     "compare columns with literals: price >= 10 AND city = 'Rome'");
      }
      end += is_long ? 2 : 1;
      token_.kind = TokenKind::kSymbol;
    }
    token_.text = text_.substr(at_, end - at_);
    at_ = end;
    return Status::OK();
  }

  Status ReadQuoted(char quote) {
    token_.kind = quote == '"' ? TokenKind::kName : TokenKind::kText;
    for (size_t i = at_ + 1; i < text_.size(); i++) {
      if (text_[i] != quote) {
        token_.text += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == quote) {
        token_.text += text_[i++];
      } else {
        at_ = i + 1;
        return Status::OK();
      }
    }
    return Wrong(token_, std::string("the quote ") + quote + " is not closed", "close it; double a quote inside");
  }

  // Digits, and what follows them without a space: the column judges whether it is a number.
  Status ReadNumber(size_t from) {
    size_t end = from;
    while (end < text_.size()) {
      const bool is_exponent_sign = (text_[end] == '-' || text_[end] == '+') && (text_[end - 1] | 32) == 'e';
      if (!IsDigit(text_[end]) && !StartsWord(text_[end]) && text_[end] != '.' && !is_exponent_sign) break;
      end++;
    }
    token_.kind = TokenKind::kNumber;
    token_.text = text_.substr(at_, end - at_);
    at_ = end;
    return Status::OK();
  }

  bool IsKeyword(std::string_view word) const { return token_.kind == TokenKind::kWord && Upper(token_.text) == word; }
  bool IsSymbol(std::string_view symbol) const { return token_.kind == TokenKind::kSymbol && token_.text == symbol; }
  bool IsLiteral() const {
    return token_.kind == TokenKind::kNumber || token_.kind == TokenKind::kText || IsKeyword("TRUE") ||
           IsKeyword("FALSE");
  }

  // --- Expressions

  Status ParseOr() {
    ARROW_RETURN_NOT_OK(ParseAnd());
    while (IsKeyword("OR")) {
      ARROW_RETURN_NOT_OK(Advance());
      ARROW_RETURN_NOT_OK(ParseAnd());
      Add(PredicateStep::Kind::kOr);
    }
    return Status::OK();
  }

  Status ParseAnd() {
    ARROW_RETURN_NOT_OK(ParseNot());
    while (IsKeyword("AND")) {
      ARROW_RETURN_NOT_OK(Advance());
      ARROW_RETURN_NOT_OK(ParseNot());
      Add(PredicateStep::Kind::kAnd);
    }
    return Status::OK();
  }

  Status ParseNot() {
    bool negated = false;
    for (; IsKeyword("NOT"); negated = !negated) ARROW_RETURN_NOT_OK(Advance());
    ARROW_RETURN_NOT_OK(ParseTest());
    if (negated) Add(PredicateStep::Kind::kNot);
    return Status::OK();
  }

  Status ParseTest() {
    if (IsSymbol("(")) {
      if (++depth_ > kMaxDepth) return Wrong(token_, "the parentheses are too deep", "use fewer");
      const Token open = token_;
      ARROW_RETURN_NOT_OK(Advance());
      ARROW_RETURN_NOT_OK(ParseOr());
      if (!IsSymbol(")")) return Wrong(open, "this parenthesis is not closed", "add a )");
      depth_--;
      return Advance();
    }
    if (IsLiteral()) return ParseReversed();
    ARROW_ASSIGN_OR_RAISE(const uint32_t column, ParseColumn());
    if (IsKeyword("IS")) return ParseIsNull(column);
    const bool negated = IsKeyword("NOT");
    if (negated) ARROW_RETURN_NOT_OK(Advance());
    if (IsKeyword("IN")) return ParseIn(column, negated);
    PredicateStep step;
    step.column = column;
    if (negated) return Wrong(token_, "NOT is followed by no IN", "write: column NOT IN (1, 2)");
    ARROW_ASSIGN_OR_RAISE(step.comparison, ParseComparison());
    ARROW_RETURN_NOT_OK(ParseLiteral(column, &step.literals));
    steps_.push_back(std::move(step));
    return Status::OK();
  }

  // literal comparison column
  Status ParseReversed() {
    const Token literal = token_;
    ARROW_RETURN_NOT_OK(Advance());
    PredicateStep step;
    ARROW_ASSIGN_OR_RAISE(step.comparison, ParseComparison());
    constexpr Comparison kMirrored[] = {Comparison::kEqual,        Comparison::kNotEqual, Comparison::kGreater,
                                        Comparison::kGreaterEqual, Comparison::kLess,     Comparison::kLessEqual};
    step.comparison = kMirrored[static_cast<size_t>(step.comparison)];
    ARROW_ASSIGN_OR_RAISE(step.column, ParseColumn());
    ARROW_RETURN_NOT_OK(TakeLiteral(literal, step.column, &step.literals));
    steps_.push_back(std::move(step));
    return Status::OK();
  }

  Result<Comparison> ParseComparison() {
    constexpr std::pair<std::string_view, Comparison> kComparisons[] = {
        {"=", Comparison::kEqual},     {"==", Comparison::kEqual},       {"!=", Comparison::kNotEqual},
        {"<>", Comparison::kNotEqual}, {"<", Comparison::kLess},         {"<=", Comparison::kLessEqual},
        {">", Comparison::kGreater},   {">=", Comparison::kGreaterEqual}};
    for (const auto& [symbol, comparison] : kComparisons) {
      if (!IsSymbol(symbol)) continue;
      const Comparison found = comparison;
      ARROW_RETURN_NOT_OK(Advance());
      return found;
    }
    return Wrong(token_, "a comparison is missing", "use =, !=, <, <=, >, >=, IS NULL or IN (…)");
  }

  Status ParseIsNull(uint32_t column) {
    ARROW_RETURN_NOT_OK(Advance());
    const bool negated = IsKeyword("NOT");
    if (negated) ARROW_RETURN_NOT_OK(Advance());
    if (!IsKeyword("NULL")) return Wrong(token_, "IS is followed by no NULL", "write IS NULL or IS NOT NULL");
    PredicateStep step;
    step.kind = PredicateStep::Kind::kIsNull;
    step.column = column;
    steps_.push_back(std::move(step));
    if (negated) Add(PredicateStep::Kind::kNot);
    return Advance();
  }

  Status ParseIn(uint32_t column, bool negated) {
    ARROW_RETURN_NOT_OK(Advance());
    if (!IsSymbol("(")) return Wrong(token_, "IN is followed by no list", "write: column IN (1, 2)");
    PredicateStep step;
    step.kind = PredicateStep::Kind::kIn;
    step.column = column;
    do {
      ARROW_RETURN_NOT_OK(Advance());
      ARROW_RETURN_NOT_OK(ParseLiteral(column, &step.literals));
    } while (IsSymbol(","));
    if (!IsSymbol(")")) return Wrong(token_, "the list is not closed", "part literals by commas and end with )");
    steps_.push_back(std::move(step));
    if (negated) Add(PredicateStep::Kind::kNot);
    return Advance();
  }

  Result<uint32_t> ParseColumn() {
    const Token token = token_;
    if (token.kind != TokenKind::kName && token.kind != TokenKind::kWord) {
      return Wrong(token, token.kind == TokenKind::kEnd ? "the expression ends too early" : "a column is missing",
                   "compare columns with literals: price >= 10 AND city = 'Rome'");
    }
    const auto& all = schema_.columns;
    const auto found = std::find_if(all.begin(), all.end(), [&](const Column& c) { return c.name == token.text; });
    if (found == all.end()) return Unknown(token);
    if (found->source == ColumnSource::kRecordNumber || found->source == ColumnSource::kLineNumber) {
      return Wrong(token, "'" + token.text + "' is not known yet when records are filtered",
                   "read all records, and filter by their numbers afterwards; --rows N reads the first N");
    }
    const auto index = static_cast<int32_t>(found - all.begin());
    const auto known = std::find(columns_.begin(), columns_.end(), index);
    const auto place = static_cast<uint32_t>(known - columns_.begin());
    if (known == columns_.end()) columns_.push_back(index);
    ARROW_RETURN_NOT_OK(Advance());
    return place;
  }

  Status Unknown(const Token& token) const {
    std::vector<std::string_view> names;
    std::string list;
    for (const Column& column : schema_.columns) {
      names.push_back(column.name);
      if (list.size() < 200) list += (list.empty() ? "" : ", ") + column.name;
    }
    const std::string_view meant = ClosestName(token.text, names);
    const std::string hint = meant.empty() ? "" : "did you mean '" + std::string(meant) + "'? ";
    return Wrong(token, "'" + token.text + "' is not a column",
                 hint + "columns: " + list + " (text stands in single quotes)");
  }

  Status ParseLiteral(uint32_t column, std::vector<std::string>* literals) {
    const Token token = token_;
    if (IsKeyword("NULL")) return Wrong(token, "a comparison with NULL is never true", "use IS NULL or IS NOT NULL");
    if (!IsLiteral()) {
      return Wrong(token, "a literal is missing", "write a number, TRUE, FALSE, or text in single quotes");
    }
    ARROW_RETURN_NOT_OK(Advance());
    return TakeLiteral(token, column, literals);
  }

  Status TakeLiteral(const Token& token, uint32_t column, std::vector<std::string>* literals) const {
    const Column& declared = schema_.columns[static_cast<size_t>(columns_[column])];
    std::string text = token.text;
    if (token.kind == TokenKind::kWord)
      std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c | 32; });
    std::string value;
    ARROW_ASSIGN_OR_RAISE(ColumnSpec spec, SpecOf(declared, dialect_));
    spec.strict = false;  // it widens no column
    if (const auto bad = DecodeLiteral(spec, text, &value)) {
      return Wrong(token,
                   "'" + token.text + "' is no value of '" + declared.name + "' (" + TypeName(declared.type) +
                       "): " + std::string(RejectKindReason(*bad)),
                   "write it as the column's values are written in the text");
    }
    literals->push_back(std::move(value));
    return Status::OK();
  }

  void Add(PredicateStep::Kind kind) {
    PredicateStep step;
    step.kind = kind;
    steps_.push_back(std::move(step));
  }

  const std::string_view text_;
  const Schema& schema_;
  const Dialect& dialect_;
  size_t at_ = 0;
  int depth_ = 0;
  Token token_;
  std::vector<int32_t> columns_;
  std::vector<PredicateStep> steps_;
};

}  // namespace

Result<ColumnSpec> SpecOf(const Column& column, const Dialect& dialect) {
  ColumnSpec spec;
  spec.type = column.type;
  spec.format = FormatIn(dialect, column);
  if (NeedsZone(spec.type)) {
    const Status status = LoadZone(spec.type.zone).Value(&spec.zone);
    if (!status.ok()) return status.WithMessage("column '", column.name, "': ", status.message());
  }
  spec.nulls = column.nulls.value_or(dialect.nulls);
  spec.no_nulls = dialect.no_nulls;
  spec.strict = (column.strict || (column.inferred && !column.verified)) && !IsVariableWidth(column.type.kind);
  return spec;
}

Result<Where> ParseWhere(std::string_view text, const Schema& schema, const Dialect& dialect) {
  return WhereParser(text, schema, dialect).Parse();
}

}  // namespace v0
}  // namespace headrace
