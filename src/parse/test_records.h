#pragma once
// For tests: what a text's records are, by a plain reader of RFC 4180 that shares no code with the parser and by the
// parser; and texts to ask both about.
// Takes: text. Gives: Line. Owns: nothing. Threads: functions without state. Fails: never.
#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "parse/column_fields.h"
#include "parse/parser.h"

namespace headrace {
inline namespace v0 {

/// One record, blank or comment.
struct Line {
  std::string kind;  // "row", "blank", "comment" or a fault's number
  std::vector<std::string> fields;
  size_t begin = 0, end = 0, field = 0;
  bool operator==(const Line&) const = default;
};

inline std::string Padded(const std::string& text) {
  return std::string(kTextPadding, '\0') + text + std::string(kTextPadding, '\0');
}

/// One record by the rules of RFC 4180, a byte at a time: the plain twin of RecordScanner on regular dialects.
struct PlainRecord {
  size_t after = 0, length = 0, fault_field = 0;
  bool is_comment = false;
  std::optional<RejectKind> fault;
  std::vector<std::string> fields;  // with their quotes, without the CR of a CR LF
};

class PlainReader {
 public:
  PlainReader(const ParseDialect& dialect, const std::string& text) : dialect_(dialect), text_(text) {}

  PlainRecord Read(size_t begin) {
    record_ = PlainRecord();
    const StructuralBytes& bytes = dialect_.bytes;
    record_.is_comment = dialect_.has_comment && text_[begin] == dialect_.comment;
    bool quoted = false, closed = false, cr_after_quote = false, at_start = true;
    size_t field = begin;
    for (size_t at = begin; at <= text_.size(); at++) {
      const bool at_end = at == text_.size();
      const char byte = at_end ? '\0' : text_[at];
      const bool ends_record = at_end || (byte == bytes.terminator && !quoted);
      const bool ends_field = ends_record || (byte == bytes.delimiter && !quoted && !record_.is_comment);
      if (ends_field) {
        if (at_end && quoted && !record_.is_comment)
          record_.fault = RejectKind::kUnclosedQuote, record_.fault_field = field;
        if (cr_after_quote && (at_end || byte != bytes.terminator)) Fault(RejectKind::kTextAfterQuote, field);
        const bool crlf = !at_end && byte == '\n' && bytes.terminator == '\n' && at > begin && text_[at - 1] == '\r';
        const size_t content = ends_record && crlf ? at - 1 : at;
        record_.fields.push_back(text_.substr(field, std::max(content, field) - field));
        if (ends_record) {
          record_.length = content - begin;
          record_.after = at_end ? at : at + 1;
          return record_;
        }
        field = at + 1;
        closed = cr_after_quote = false;
        at_start = true;
        continue;
      }
      if (record_.is_comment) continue;
      if (quoted) {
        quoted = byte != bytes.quote;
        closed = !quoted;
      } else if (at_start) {
        quoted = bytes.quoting && byte == bytes.quote;
      } else if (closed && !cr_after_quote && byte == bytes.quote) {
        quoted = true;
        closed = false;
      } else if (closed && !cr_after_quote && byte == '\r' && bytes.terminator == '\n') {
        cr_after_quote = true;
      } else if (closed) {
        Fault(RejectKind::kTextAfterQuote, field);
        closed = cr_after_quote = false;
      } else if (bytes.quoting && byte == bytes.quote) {
        Fault(RejectKind::kQuoteInField, field);
      }
      at_start = false;
    }
    return record_;
  }

 private:
  void Fault(RejectKind kind, size_t field) {
    if (record_.fault) return;
    record_.fault = kind;
    record_.fault_field = field;
  }

  const ParseDialect& dialect_;
  const std::string& text_;
  PlainRecord record_;
};

/// All records with PlainReader alone.
inline std::vector<Line> ReadPlainly(const ParserOptions& options, const std::string& text) {
  std::vector<Line> lines;
  PlainReader reader(options.dialect, text);
  for (size_t at = 0; at < text.size();) {
    const PlainRecord record = reader.Read(at);
    const size_t fields = record.fields.size();
    Line line{"row", {}, at, at + record.length, 0};
    if (record.is_comment) {
      line = {"comment", {}, 0, 0, 0};
    } else if (record.length == 0 && options.columns > 1) {
      line = {"blank", {}, 0, 0, 0};
    } else if (static_cast<int64_t>(record.length) > options.max_record_bytes &&
               record.fault != RejectKind::kUnclosedQuote) {
      line.kind = std::to_string(static_cast<int>(RejectKind::kRecordTooLong));
      line.field = at;
    } else if (record.fault) {
      line.kind = std::to_string(static_cast<int>(*record.fault));
      line.field = record.fault_field;
    } else if (fields != options.columns) {
      const bool few = fields < options.columns;
      line.kind = std::to_string(static_cast<int>(few ? RejectKind::kTooFewFields : RejectKind::kTooManyFields));
      line.field = at;
    } else {
      for (const std::string& field : record.fields) {
        const bool quoted = options.dialect.bytes.quoting && !field.empty() && field[0] == '"';
        line.fields.push_back(quoted ? field.substr(1, field.size() - 2) : field);
      }
    }
    lines.push_back(line);
    at = record.after;
  }
  return lines;
}

/// What reads windows at the level that was in use when it was made.
struct WindowReader {
  explicit WindowReader(const ParserOptions& options)
      : parser(options), index(options.columns), gather(options.dialect) {}
  Parser parser;
  FieldIndex index;
  ColumnFields gather;
};

/// The records of data[begin, end) through ParseWindow, with the text arriving `chunk` bytes at a time. Their positions
/// are those behind `begin`. Needs the padding that a parser needs. Calls `on_fields(column, fields)` for each window's
/// columns.
template <class OnFields>
std::vector<Line> ReadInWindows(WindowReader* reader, const char* data, uint32_t begin, uint32_t end, size_t chunk,
                                OnFields on_fields) {
  FieldIndex& index = reader->index;
  std::vector<Line> lines;
  uint32_t at = begin;
  size_t have = std::min<size_t>(begin + chunk, end);
  size_t blanks = 0, comments = 0;
  while (at < end) {
    const bool final = have == end;
    if (!reader->parser.ParseWindow(data, at, end, static_cast<uint32_t>(have), final, &index)) {
      if (final) return {{"no record at the end of the text", {}, at - begin, 0, 0}};
      have = std::min<size_t>(end, have + chunk);
      continue;
    }
    std::vector<Line> rows(index.rows);
    for (uint32_t row = 0; row < index.rows; row++) rows[row] = {"row", {}, index.row_begin()[row] - begin, 0, 0};
    for (uint32_t column = 0; column < index.columns; column++) {
      const FieldList fields = reader->gather.Gather(index, data, column);
      on_fields(column, fields);
      for (uint32_t row = 0; row < index.rows; row++) {
        rows[row].fields.emplace_back(data + fields.begin[row], fields.end[row] - fields.begin[row]);
        rows[row].end = fields.end[row] + (fields.is_quoted(row) ? 1 : 0) - begin;
      }
    }
    uint32_t fault = 0;
    for (uint32_t row = 0; row <= index.rows; row++) {
      for (; fault < index.num_faults && index.faults()[fault].rows_before == row; fault++) {
        const Fault& f = index.faults()[fault];
        lines.push_back(
            {std::to_string(static_cast<int>(f.kind)), {}, f.begin - begin, f.end - begin, f.field_begin - begin});
      }
      if (row < index.rows) lines.push_back(rows[row]);
    }
    blanks += index.blanks;
    comments += index.comments;
    at = index.consumed;
  }
  for (size_t i = 0; i < blanks; i++) lines.push_back({"blank", {}, 0, 0, 0});
  for (size_t i = 0; i < comments; i++) lines.push_back({"comment", {}, 0, 0, 0});
  return lines;
}

inline std::vector<Line> ReadInWindows(const ParserOptions& options, const char* data, uint32_t begin, uint32_t end,
                                       size_t chunk) {
  WindowReader reader(options);
  return ReadInWindows(&reader, data, begin, end, chunk, [](uint32_t, const FieldList&) {});
}

inline std::vector<Line> ReadInWindows(const ParserOptions& options, const std::string& text, size_t chunk) {
  const std::string padded = Padded(text);
  return ReadInWindows(options, padded.data() + kTextPadding, 0, static_cast<uint32_t>(text.size()), chunk);
}

/// Blanks and comments have no place in a window, only a number: put them last.
inline std::vector<Line> Sorted(const std::vector<Line>& lines) {
  std::vector<Line> sorted;
  for (const Line& line : lines) {
    if (line.kind != "blank" && line.kind != "comment") sorted.push_back(line);
  }
  for (const char* kind : {"blank", "comment"}) {
    for (const Line& line : lines) {
      if (line.kind == kind) sorted.push_back(line);
    }
  }
  return sorted;
}

inline std::string RandomText(std::mt19937* random, const std::string& alphabet, size_t size) {
  std::string text;
  while (text.size() < size) text += alphabet[(*random)() % alphabet.size()];
  return text;
}

/// Mostly well-formed text, with long runs that cross blocks.
inline std::string RenderText(std::mt19937* random, uint32_t columns, size_t size) {
  std::string text;
  const auto chance = [&](int percent) { return static_cast<int>((*random)() % 100) < percent; };
  while (text.size() < size) {
    for (uint32_t i = 0; i < columns; i++) {
      const std::string value(chance(5) ? (*random)() % 200 : (*random)() % 6, 'x');
      const bool quoted = chance(30);
      text += quoted ? '"' + (chance(30) ? value + "\",\n" : value) + (chance(20) ? "\"\"" : "") + '"' : value;
      if (quoted && text.ends_with("\n\"")) text.insert(text.size() - 3, "\"");
      if (chance(1)) text += '"';
      if (i + 1 < columns) text += ',';
      if (chance(1)) text += ',';
    }
    if (chance(20)) text += '\r';
    text += '\n';
    if (chance(3)) text += chance(50) ? "\n" : "\r\n";
    if (chance(2)) text += "#a,\"b\n";
  }
  return text;
}

}  // namespace v0
}  // namespace headrace
