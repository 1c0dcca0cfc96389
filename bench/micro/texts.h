#pragma once
// Whole texts for benchmarks, made from a seed: records in the shape of the Milan files, and of letters in fields that
// are short, long, quoted or escaped.
// Takes: a shape. Gives: text. Owns: nothing. Threads: one. Fails: never.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "decode/test_numbers.h"
#include "gen/milan_rows.h"
#include "headrace/schema.h"
#include "parse/field_list.h"

namespace headrace {
inline namespace v0 {

/// Eight columns, tabs between them; records of 65 bytes on average, LF at their ends.
inline std::string MilanText(size_t bytes, uint64_t seed) {
  constexpr size_t kRowsOfSquare = 516;  // of a day
  static const gen::RowTables tables(65);
  std::vector<int> squares(1 + bytes / 55 / kRowsOfSquare);
  for (size_t i = 0; i < squares.size(); i++) squares[i] = 4000 + static_cast<int>(i);
  const auto rows = static_cast<int64_t>(squares.size() * kRowsOfSquare);
  std::string text(static_cast<size_t>(rows * gen::kMaxRowBytes + gen::kSlackBytes), '\0');
  const gen::ChunkPlan plan{seed, seed, 1383260400000, 144, squares, rows};
  const char* end = gen::RowWriter(tables).Write(plan, text.data());
  text.resize(std::min(bytes, static_cast<size_t>(end - text.data())));
  text.resize(text.rfind('\n') + 1);
  return text;
}

inline Schema MilanSchema() {
  return ParseColumns(
             "square_id:uint16,timestamp_ms:timestamp[ms],country_code:uint32,sms_in:float64,sms_out:float64,"
             "call_in:float64,call_out:float64,internet_activity:float64")
      .ValueOrDie();
}

struct TextShape {
  const char* name;
  char delimiter = ',';
  size_t least_bytes = 0, most_bytes = 0;  ///< of a field, without quotes; 0: a Milan file
  uint32_t quoted_columns = 0;             ///< the first ones
  int percent_quoted = 0;                  ///< of the other columns' fields
  int percent_marked = 0;                  ///< of the fields: a mark in place of two letters
  const char* mark = "";
  const char* line_end = "\n";

  static constexpr uint32_t kColumns = 8;

  /// Whole records of `bytes` bytes at most.
  std::string Make(size_t bytes, uint64_t seed) const {
    if (most_bytes == 0) return WithLineEnds(MilanText(bytes, seed), bytes);
    Random random(seed);
    std::string text, record;
    while (true) {
      record.clear();
      for (uint32_t i = 0; i < kColumns; i++) {
        record += MakeField(random, i < quoted_columns);
        record += i + 1 < kColumns ? std::string(1, delimiter) : line_end;
      }
      if (text.size() + record.size() > bytes) return text;
      text += record;
    }
  }

 private:
  std::string MakeField(Random& random, bool quotes) const {
    std::string field(least_bytes + random() % (most_bytes - least_bytes + 1), ' ');
    for (char& letter : field) letter = static_cast<char>('a' + random() % 26);
    const bool is_marked = static_cast<int>(random() % 100) < percent_marked && field.size() > 2;
    if (is_marked) field.replace(field.size() / 2 - 1, 2, mark);
    return quotes || static_cast<int>(random() % 100) < percent_quoted ? '"' + field + '"' : field;
  }
  std::string WithLineEnds(const std::string& lines, size_t bytes) const {
    if (line_end == std::string("\n")) return lines;
    std::string text;
    for (const char c : lines) text += c == '\n' ? line_end : std::string(1, c);
    text.resize(std::min(text.size(), bytes));
    text.resize(text.rfind('\n') + 1);
    return text;
  }
};

inline constexpr TextShape kMilanShape{.name = "milan", .delimiter = '\t'};
inline constexpr TextShape kMilanCrLfShape{.name = "milan_crlf", .delimiter = '\t', .line_end = "\r\n"};
inline constexpr TextShape kQuotedShape{.name = "quoted", .least_bytes = 2, .most_bytes = 14, .percent_quoted = 100};
inline constexpr TextShape kQuotedColumnsShape{
    .name = "quoted_columns", .least_bytes = 2, .most_bytes = 14, .quoted_columns = TextShape::kColumns / 2};
inline constexpr TextShape kHalfQuotedShape{
    .name = "half_quoted", .least_bytes = 2, .most_bytes = 14, .percent_quoted = 50};
inline constexpr TextShape kDoubledShape{.name = "quoted_doubled",
                                         .least_bytes = 2,
                                         .most_bytes = 14,
                                         .percent_quoted = 100,
                                         .percent_marked = 10,
                                         .mark = "\"\""};
inline constexpr TextShape kEscapedShape{
    .name = "escaped", .least_bytes = 2, .most_bytes = 14, .percent_marked = 10, .mark = "\\,"};
inline constexpr TextShape kShortShape{.name = "fields_of_1_to_2", .least_bytes = 1, .most_bytes = 2};
inline constexpr TextShape kLongShape{.name = "fields_of_100", .least_bytes = 100, .most_bytes = 100};

/// A text with what kernels may read on either side of it.
class PaddedText {
 public:
  explicit PaddedText(const std::string& text)
      : memory_(std::string(kTextPadding, ' ') + text + std::string(kTextPadding, ' ')) {}
  const char* data() const { return memory_.data() + kTextPadding; }
  uint32_t size() const { return static_cast<uint32_t>(memory_.size() - 2 * kTextPadding); }

 private:
  std::string memory_;
};

/// Sixteen texts of one window each, in turn.
class WindowTexts {
 public:
  static constexpr size_t kWindows = 16, kBytes = 16 << 10;

  /// `make` takes bytes and a seed.
  template <class Make>
  explicit WindowTexts(Make make) {
    for (size_t i = 0; i < kWindows; i++) texts_.emplace_back(make(kBytes, i));
  }
  const PaddedText& Next() { return texts_[turn_++ % kWindows]; }

 private:
  std::vector<PaddedText> texts_;
  size_t turn_ = 0;
};

}  // namespace v0
}  // namespace headrace
