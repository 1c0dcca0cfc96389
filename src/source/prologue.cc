#include "source/prologue.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace headrace {
inline namespace v0 {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Walks over the head of a file, record by record or line by line, reading on where it must.
class HeadWalker {
 public:
  static constexpr uint32_t kMaxFields = 100'001;

  HeadWalker(const std::string& path, const ParseDialect& dialect, int64_t max_record_bytes, std::string* head,
             const MoreText& more)
      : path_(path), dialect_(dialect), limit_(max_record_bytes), head_(head), more_(more) {}

  int64_t at() const { return static_cast<int64_t>(at_); }
  int64_t lines() const { return std::count(head_->begin(), head_->begin() + static_cast<ptrdiff_t>(at_), '\n'); }

  Status SkipByteOrderMark() {
    while (head_->size() < kByteOrderMark.size()) {
      ARROW_ASSIGN_OR_RAISE(const bool grew, more_(head_));
      if (!grew) break;
    }
    if (head_->starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    return Status::OK();
  }

  // Move behind the next line, whatever it holds; false at the end of the file.
  Result<bool> SkipLine() {
    size_t from = at_;
    while (true) {
      const size_t end = FindLineEnd(from);
      if (end != std::string::npos) {
        at_ = end;
        return true;
      }
      from = head_->size() - (dialect_.lenient && head_->ends_with('\r') ? 1 : 0);
      ARROW_ASSIGN_OR_RAISE(const bool grew, more_(head_));  // a skipped line is no record and has no limit
      if (grew) continue;
      const bool any = at_ < head_->size();
      at_ = head_->size();
      return any;
    }
  }

  struct Record {
    std::vector<std::string> fields;  // as they are read
    bool is_comment = false, is_blank = false;
    std::optional<RejectKind> fault;
    size_t fault_at = 0;  // in the file
  };

  // Read one record; false at the end of the file.
  Result<bool> ReadRecord(Record* record) {
    while (true) {
      if (at_ == head_->size()) {
        ARROW_ASSIGN_OR_RAISE(const bool grew, more_(head_));
        if (!grew) return false;
        continue;
      }
      RecordScanner scanner(dialect_);
      scanner.Start();
      const auto size = static_cast<uint32_t>(head_->size() - at_);
      const FieldMemory memory(std::min(size + 1, kMaxFields));
      const FieldSpans spans = memory.spans();
      const uint32_t after = scanner.Feed(head_->data() + at_, 0, size, spans);
      const int64_t length = scanner.ended() ? scanner.length() : int64_t{size} - 2;  // of CR LF, perhaps
      if (!scanner.is_comment()) ARROW_RETURN_NOT_OK(CheckLength(length));
      if (!scanner.ended()) {
        ARROW_ASSIGN_OR_RAISE(const bool grew, more_(head_));
        if (grew) continue;
        scanner.FinishAtEndOfFile(size, spans);
        if (!scanner.is_comment()) ARROW_RETURN_NOT_OK(CheckLength(scanner.length()));
      }
      record->is_comment = scanner.is_comment();
      record->is_blank = scanner.num_fields() == 1 && spans.begin[0] == spans.end[0] && spans.flags[0] == 0;
      record->fault = scanner.is_comment() ? std::nullopt : scanner.fault();
      record->fault_at = at_ + static_cast<size_t>(scanner.fault_field_offset());
      record->fields.clear();
      for (uint32_t i = 0; i < std::min<int64_t>(scanner.num_fields(), kMaxFields); i++) {
        record->fields.push_back(FieldText(dialect_, head_->data() + at_, spans, i));
      }
      at_ += after;
      return true;
    }
  }

 private:
  Status CheckLength(int64_t num_bytes) const {
    if (num_bytes <= limit_) return Status::OK();
    return Status::Invalid("'", path_, "': the record at byte ", at_, " is longer than ", limit_,
                           " bytes before the records begin. Check --quote and --terminator, or raise "
                           "--max-record-bytes.");
  }

  // Return the position behind the next line end; npos where more text is needed to tell.
  size_t FindLineEnd(size_t from) const {
    if (!dialect_.lenient) {
      const size_t end = head_->find(dialect_.bytes.terminator, from);
      return end == std::string::npos ? end : end + 1;
    }
    const size_t end = head_->find_first_of("\r\n", from);
    if (end == std::string::npos || (*head_)[end] == '\n') return end == std::string::npos ? end : end + 1;
    if (end + 1 == head_->size()) return std::string::npos;
    return end + ((*head_)[end + 1] == '\n' ? 2 : 1);
  }

  const std::string& path_;
  const ParseDialect& dialect_;
  const int64_t limit_;
  std::string* head_;
  const MoreText& more_;
  size_t at_ = 0;
};

Status Malformed(const std::string& path, std::string_view what, const HeadWalker::Record& record) {
  return Status::Invalid(what, " '", path, "' is malformed at byte ", record.fault_at, ": ",
                         RejectKindReason(*record.fault), ". Mend it, or set --no-header or --quote.");
}

// Blank lines and comments are skipped in front of a header's rows; `names` stays empty where there are no rows.
Status ReadHeader(const std::string& path, const Dialect& dialect, HeadWalker* walker, std::vector<std::string>* names,
                  int64_t* skipped) {
  std::vector<std::vector<std::string>> rows;
  while (static_cast<int64_t>(rows.size()) < dialect.header_rows) {
    HeadWalker::Record record;
    ARROW_ASSIGN_OR_RAISE(const bool any, walker->ReadRecord(&record));
    if (!any) break;
    if (record.fault) return Malformed(path, "the header of", record);
    ++*skipped;
    if (!record.is_comment && !record.is_blank) rows.push_back(std::move(record.fields));
  }
  *names = JoinHeaderRows(rows);
  return Status::OK();
}

// Records are counted as the parser counts them. What they hold does not matter, as long as they end.
Status SkipAfterHeader(const std::string& path, const Dialect& dialect, size_t columns, HeadWalker* walker,
                       int64_t* skipped) {
  for (int64_t left = dialect.skip_after_header; left > 0;) {
    HeadWalker::Record record;
    ARROW_ASSIGN_OR_RAISE(const bool any, walker->ReadRecord(&record));
    if (!any) break;
    if (record.fault == RejectKind::kUnclosedQuote) return Malformed(path, "what stands below the header of", record);
    ++*skipped;
    const bool is_line = record.is_comment || (record.is_blank && (columns > 1 || dialect.lenient));
    left -= is_line ? 0 : 1;
  }
  return Status::OK();
}

std::string Joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + (name.empty() ? "(no name)" : name);
  return all;
}

// Match the schema's columns with the header's names.
Status MatchHeader(const std::string& path, const Options& options, Prologue* prologue) {
  const std::vector<std::string>& names = prologue->names;
  std::unordered_map<std::string, uint32_t> positions;
  for (size_t i = 0; i < names.size(); i++) {
    if (!positions.emplace(names[i], static_cast<uint32_t>(i)).second) {
      return Status::Invalid("the header of '", path, "' ",
                             names[i].empty() ? "has two columns without a name" : "names '" + names[i] + "' twice",
                             ". Give the columns by position: --no-header with --skip-rows 1.");
    }
  }
  size_t found_fields = 0;
  for (const Column& column : options.schema.columns) {
    const auto found = positions.find(column.name);
    const bool is_field = column.source == ColumnSource::kField;
    if (!is_field && found != positions.end()) {
      return Status::Invalid(
          "the header of '", path, "' has a column '", column.name, "', and so has what is added to it",
          column.source == ColumnSource::kPath ? " from its path. Leave out --hive-input, or rename the folders."
                                               : ". Give the added column another name.");
    }
    if (is_field && found == positions.end() && options.missing_columns == MissingColumns::kError) {
      return Status::Invalid("the header of '", path, "' has no column '", column.name, "'; it has: ", Joined(names),
                             "\nfix: mend it, or fill the column with nulls: --missing-columns null");
    }
    found_fields += is_field && found != positions.end() ? 1 : 0;
    prologue->field_of_column.push_back(found == positions.end() ? Prologue::kNoField : found->second);
  }
  if (found_fields < names.size() && options.extra_columns == ExtraColumns::kError) {
    std::vector<std::string> extra = names;
    for (const Column& column : options.schema.columns) std::erase(extra, column.name);
    return Status::Invalid("the header of '", path, "' has columns that are not declared: ", Joined(extra),
                           "\nfix: declare them, or leave out --extra-columns error");
  }
  prologue->columns = static_cast<uint32_t>(names.size());
  return Status::OK();
}

}  // namespace

std::vector<std::string> JoinHeaderRows(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> names;
  for (const std::vector<std::string>& row : rows) {
    names.resize(std::max(names.size(), row.size()));
    for (size_t i = 0; i < row.size(); i++) {
      if (!row[i].empty()) names[i] += (names[i].empty() ? "" : "_") + row[i];
    }
  }
  return names;
}

ParseDialect MakeParseDialect(const Dialect& dialect, char terminator) {
  ParseDialect parse;
  parse.delimiter = dialect.delimiter;
  parse.bytes.delimiter = dialect.delimiter[0];
  parse.bytes.terminator = terminator;
  parse.bytes.quoting = dialect.quote.has_value();
  parse.bytes.quote = dialect.quote.value_or('"');
  parse.has_comment = dialect.comment.has_value();
  parse.comment = dialect.comment.value_or('#');
  parse.whitespace = dialect.delimiter == kWhitespace;
  if (parse.whitespace) parse.bytes.delimiter = ' ';
  parse.escape = dialect.escape;
  parse.escape_style = dialect.escape_style;
  parse.lenient = dialect.lenient;
  parse.pads = dialect.short_records == ShortRecords::kPad;
  if (dialect.long_records == LongRecords::kTruncate) parse.long_record = LongRecord::kTruncate;
  if (dialect.long_records == LongRecords::kCollect) parse.long_record = LongRecord::kCollect;
  return parse;
}

namespace {

// Return where the first line end stands that is no data, or the size of the text.
Result<size_t> FindFirstLineEnd(const Dialect& dialect, int64_t limit, std::string* head, const MoreText& more) {
  while (head->size() < kByteOrderMark.size()) {
    ARROW_ASSIGN_OR_RAISE(const bool grew, more(head));
    if (!grew) break;
  }
  // Up to that line end both families read a record alike, and the one whose end it is ends there.
  RecordScanner scanners[] = {RecordScanner(MakeParseDialect(dialect, '\n')),
                              RecordScanner(MakeParseDialect(dialect, '\r'))};
  for (RecordScanner& scanner : scanners) scanner.Start();
  size_t at = head->starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (true) {
    const size_t size = head->size();
    size_t first = size;
    if (dialect.skip_rows > 0) {
      first = std::min(size, head->find_first_of("\r\n", at));
    } else {
      for (RecordScanner& scanner : scanners) {
        const uint32_t after = scanner.Feed(head->data(), static_cast<uint32_t>(at), static_cast<uint32_t>(first), {});
        if (scanner.ended()) first = after - 1;
      }
    }
    if (first < size) return first;
    at = size;
    if (static_cast<int64_t>(size) > limit) return size;
    ARROW_ASSIGN_OR_RAISE(const bool grew, more(head));
    if (!grew) return size;
  }
}

}  // namespace

Result<std::optional<char>> FindTerminator(const Dialect& dialect, int64_t limit, std::string* head,
                                           const MoreText& more) {
  ARROW_ASSIGN_OR_RAISE(size_t at, FindFirstLineEnd(dialect, limit, head, more));
  if (at == head->size()) return std::optional<char>();
  // A CR can be judged only together with what follows the run of CRs.
  while (at == head->size() || (*head)[at] == '\r') {
    if (at < head->size()) {
      at++;
      continue;
    }
    if (static_cast<int64_t>(head->size()) > limit) return std::optional<char>();
    ARROW_ASSIGN_OR_RAISE(const bool grew, more(head));
    if (!grew) break;
  }
  return std::optional<char>(at < head->size() && (*head)[at] == '\n' ? '\n' : '\r');
}

Result<Prologue> ReadPrologue(const std::string& path, const Options& options, char terminator, std::string* head,
                              const MoreText& more) {
  const ParseDialect dialect = MakeParseDialect(options.dialect, terminator);
  HeadWalker walker(path, dialect, options.max_record_bytes, head, more);
  Prologue prologue;
  ARROW_RETURN_NOT_OK(walker.SkipByteOrderMark());
  for (int64_t i = 0; i < options.dialect.skip_rows; i++) {
    ARROW_ASSIGN_OR_RAISE(const bool any, walker.SkipLine());
    if (!any) break;
    prologue.skipped++;
  }
  std::vector<std::string> names;
  if (options.dialect.header) {
    ARROW_RETURN_NOT_OK(ReadHeader(path, options.dialect, &walker, &names, &prologue.skipped));
    if (!names.empty())
      ARROW_RETURN_NOT_OK(SkipAfterHeader(path, options.dialect, names.size(), &walker, &prologue.skipped));
  }
  if (static_cast<int64_t>(names.size()) > options.max_fields) {
    return Status::Invalid("the header of '", path, "' has more than ", options.max_fields,
                           " fields, which is the limit. Check --delimiter and --quote.");
  }
  if (options.dialect.header && !names.empty()) {
    prologue.names = std::move(names);
    ARROW_RETURN_NOT_OK(MatchHeader(path, options, &prologue));
  } else {
    for (const Column& column : options.schema.columns) {
      const bool is_field = column.source == ColumnSource::kField;
      prologue.field_of_column.push_back(is_field ? prologue.columns++ : Prologue::kNoField);
    }
  }
  prologue.data_offset = walker.at();
  prologue.lines = walker.lines();
  return prologue;
}

}  // namespace v0
}  // namespace headrace
