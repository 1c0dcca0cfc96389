// Rejects as CSV and as JSON lines: text, gathered and written in large pieces.
#include <arrow/util/base64.h>

#include <utility>

#include "ledger/json_writer.h"
#include "ledger/reject_encoder.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kFlushBytes = size_t{1} << 20;

bool IsOddControl(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f;
}

void AppendByteEscape(unsigned char byte, std::string* out) {
  constexpr char kHexDigits[] = "0123456789abcdef";
  *out += "\\x";
  *out += kHexDigits[byte >> 4];
  *out += kHexDigits[byte & 15];
}

// Bytes as UTF-8 text from which they can be made again.
std::string EscapeBytes(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const int bytes = Utf8SequenceBytes(text);
    const auto first = static_cast<unsigned char>(text.front());
    const size_t taken = bytes == 0 ? 1 : static_cast<size_t>(bytes);
    if (bytes == 0 || IsOddControl(first)) {
      AppendByteEscape(first, &result);
    } else if (first == '\\') {
      result += "\\\\";
    } else {
      result += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return result;
}

void AppendCsvField(std::string_view text, std::string* out) {
  constexpr std::string_view kRunBySpreadsheets = "=+-@\t\r\n'";
  const bool prefixed = !text.empty() && kRunBySpreadsheets.find(text.front()) != std::string_view::npos;
  // A lone "" would be a null to some readers and text to others; only what needs quotes has them.
  const bool quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (quoted) *out += '"';
  if (prefixed) *out += '\'';
  for (const char c : text) {
    if (c == '"') *out += '"';
    *out += c;
  }
  if (quoted) *out += '"';
}

void AppendCsvRow(const RejectRow& row, std::string* out) {
  const Reject& reject = *row.reject;
  AppendCsvField(EscapeBytes(row.file), out);
  for (const int64_t number : {reject.record, reject.line, reject.offset, reject.field_offset}) {
    *out += ',';
    *out += std::to_string(number);
  }
  *out += ',';
  if (row.column != nullptr) AppendCsvField(EscapeBytes(*row.column), out);
  *out += ',';
  AppendCsvField(RejectKindName(reject.kind), out);
  *out += ',';
  AppendCsvField(RejectKindReason(reject.kind), out);
  *out += ',';
  AppendCsvField(EscapeBytes(reject.raw), out);
  *out += ',';
  *out += std::to_string(reject.raw_length);
  *out += reject.record_rejected ? ",true\n" : ",false\n";
}

void AppendJsonText(std::string_view key, std::string_view text, std::string* out) {
  *out += ", \"";
  *out += key;
  *out += "\": ";
  AppendJsonString(text, out);
}

void AppendJsonNumber(std::string_view key, int64_t number, std::string* out) {
  *out += ", \"";
  *out += key;
  *out += "\": ";
  *out += std::to_string(number);
}

void AppendJsonRow(const RejectRow& row, std::string* out) {
  const Reject& reject = *row.reject;
  *out += "{\"file\": ";
  AppendJsonString(row.file, out);
  AppendJsonNumber("record", reject.record, out);
  AppendJsonNumber("line", reject.line, out);
  AppendJsonNumber("offset", reject.offset, out);
  AppendJsonNumber("field_offset", reject.field_offset, out);
  if (row.column == nullptr) {
    *out += ", \"column\": null";
  } else {
    AppendJsonText("column", *row.column, out);
  }
  AppendJsonText("kind", RejectKindName(reject.kind), out);
  AppendJsonText("reason", RejectKindReason(reject.kind), out);
  if (IsUtf8(reject.raw)) {
    AppendJsonText("raw", reject.raw, out);
  } else {
    *out += ", \"raw\": null";
    AppendJsonText("raw_base64", arrow::util::base64_encode(reject.raw), out);
  }
  AppendJsonNumber("raw_length", reject.raw_length, out);
  *out += reject.record_rejected ? ", \"rejected\": true}\n" : ", \"rejected\": false}\n";
}

class TextRejectEncoder : public RejectEncoder {
 public:
  TextRejectEncoder(std::shared_ptr<arrow::io::OutputStream> stream, RejectForm form)
      : stream_(std::move(stream)), form_(form) {
    if (form_ == RejectForm::kCsv) {
      text_ = "file,record,line,offset,field_offset,column,kind,reason,raw,raw_length,rejected\n";
    }
  }

  Status Append(const RejectRow& row) override {
    form_ == RejectForm::kCsv ? AppendCsvRow(row, &text_) : AppendJsonRow(row, &text_);
    return text_.size() < kFlushBytes ? Status::OK() : Flush();
  }

  Status Finish() override { return Flush(); }

 private:
  Status Flush() {
    ARROW_RETURN_NOT_OK(stream_->Write(text_.data(), static_cast<int64_t>(text_.size())));
    text_.clear();
    return Status::OK();
  }

  std::shared_ptr<arrow::io::OutputStream> stream_;
  const RejectForm form_;
  std::string text_;
};

}  // namespace

Result<std::unique_ptr<RejectEncoder>> MakeTextRejectEncoder(std::shared_ptr<arrow::io::OutputStream> stream,
                                                             RejectForm form) {
  return std::make_unique<TextRejectEncoder>(std::move(stream), form);
}

}  // namespace v0
}  // namespace headrace
