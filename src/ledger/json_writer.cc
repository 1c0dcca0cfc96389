#include "ledger/json_writer.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The number of digits at the head of `text`.
size_t CountDigits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  return count;
}

void AppendEscapedByte(unsigned char byte, std::string_view prefix, std::string* out) {
  out->append(prefix);
  out->push_back(kHexDigits[byte >> 4]);
  out->push_back(kHexDigits[byte & 15]);
}

void AppendJsonAscii(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      break;
    case '\\':
      out->append("\\\\");
      break;
    case '\n':
      out->append("\\n");
      break;
    case '\r':
      out->append("\\r");
      break;
    case '\t':
      out->append("\\t");
      break;
    default:
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        AppendEscapedByte(static_cast<unsigned char>(c), "\\u00", out);
      } else {
        out->push_back(c);
      }
  }
}

}  // namespace

int Utf8SequenceBytes(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  const int bytes = lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) == 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (bytes == 0 || text.size() < static_cast<size_t>(bytes)) return 0;
  for (int i = 1; i < bytes; ++i) {
    if ((at(static_cast<size_t>(i)) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
  const unsigned second = at(1);
  if (lead == 0xe0 && second < 0xa0) return 0;
  if (lead == 0xed && second > 0x9f) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  if (lead == 0xf4 && second > 0x8f) return 0;
  return bytes;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const int bytes = Utf8SequenceBytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(static_cast<size_t>(bytes));
  }
  return true;
}

std::string EscapeInvalidUtf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const int bytes = Utf8SequenceBytes(text);
    if (bytes == 0) AppendEscapedByte(static_cast<unsigned char>(text.front()), "\\x", &result);
    const size_t taken = bytes == 0 ? 1 : static_cast<size_t>(bytes);
    if (bytes != 0) result.append(text.substr(0, taken));
    text.remove_prefix(taken);
  }
  return result;
}

bool IsJsonNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t whole = CountDigits(text);
  if (whole == 0 || (whole > 1 && text.front() == '0')) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    const size_t fraction = CountDigits(text.substr(1));
    if (fraction == 0) return false;
    text.remove_prefix(1 + fraction);
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const size_t exponent = CountDigits(text);
    if (exponent == 0) return false;
    text.remove_prefix(exponent);
  }
  return text.empty();
}

void AppendJsonString(std::string_view text, std::string* out) {
  out->push_back('"');
  while (!text.empty()) {
    const int bytes = Utf8SequenceBytes(text);
    if (bytes == 0) {
      AppendEscapedByte(static_cast<unsigned char>(text.front()), "\\\\x", out);
      text.remove_prefix(1);
    } else if (bytes == 1) {
      AppendJsonAscii(text.front(), out);
      text.remove_prefix(1);
    } else {
      out->append(text.substr(0, static_cast<size_t>(bytes)));
      text.remove_prefix(static_cast<size_t>(bytes));
    }
  }
  out->push_back('"');
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  BeforeValue();
  AppendJsonString(key, &text_);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  BeforeValue();
  AppendJsonString(text, &text_);
  return *this;
}

JsonWriter& JsonWriter::Seconds(double seconds) {
  const double rounded = std::round(seconds * 1e6) / 1e6;
  if (!std::isfinite(rounded)) return Null();
  char digits[40];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, rounded);
  return error == std::errc() ? Raw({digits, static_cast<size_t>(end - digits)}) : Null();
}

JsonWriter& JsonWriter::Raw(std::string_view token) {
  BeforeValue();
  text_ += token;
  return *this;
}

std::string JsonWriter::Finish() && {
  text_ += '\n';
  return std::move(text_);
}

JsonWriter& JsonWriter::Begin(char bracket) {
  BeforeValue();
  text_ += bracket;
  has_items_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::End(char bracket) {
  const bool has_items = has_items_.back();
  has_items_.pop_back();
  if (has_items && has_items_.size() < line_depth_) NewLine(has_items_.size());
  text_ += bracket;
  return *this;
}

// The comma and the line end that stand before a key or an item.
void JsonWriter::BeforeValue() {
  if (std::exchange(after_key_, false) || has_items_.empty()) return;
  const bool first = !has_items_.back();
  has_items_.back() = true;
  if (!first) text_ += ',';
  if (has_items_.size() <= line_depth_) {
    NewLine(has_items_.size());
  } else if (!first) {
    text_ += ' ';
  }
}

void JsonWriter::NewLine(size_t depth) {
  text_ += '\n';
  text_.append(2 * depth, ' ');
}

}  // namespace v0
}  // namespace headrace
