#pragma once
// Writes JSON text in order, without a tree: manifests may list a million pieces.
// Takes: keys and values. Gives: text. Owns: the text. Threads: one at a time. Fails: never; strings of any bytes are
// written as valid JSON.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {
inline namespace v0 {

/// Return the bytes of the UTF-8 sequence at the head of `text`: 1 to 4, or 0 where it is not one.
int Utf8SequenceBytes(std::string_view text);

/// Return true where all of `text` is UTF-8.
bool IsUtf8(std::string_view text);

/// Return `text` with every byte that is not part of UTF-8 as \xNN (a backslash, an x and two digits); the rest,
/// backslashes too, stays as it is. For people: whoever needs the bytes finds them in another key.
std::string EscapeInvalidUtf8(std::string_view text);

/// Return true where `text` is a number as JSON spells it.
bool IsJsonNumber(std::string_view text);

/// Append `text` as a JSON string; bytes that are not UTF-8 as by EscapeInvalidUtf8.
void AppendJsonString(std::string_view text, std::string* out);

class JsonWriter {
 public:
  /// Items of a container stand on lines of their own down to this depth, on one line below it.
  explicit JsonWriter(size_t line_depth = 2) : line_depth_(line_depth) {}

  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }
  JsonWriter& Key(std::string_view key);

  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t number) { return Raw(std::to_string(number)); }
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  /// Write the shortest text that reads back as `seconds` rounded to microseconds; null where it is not finite.
  JsonWriter& Seconds(double seconds);
  /// Write `token` as it is: the caller knows that it is JSON.
  JsonWriter& Raw(std::string_view token);

  /// Return the text, with a line end, once every container is closed.
  std::string Finish() &&;

 private:
  JsonWriter& Begin(char bracket);
  JsonWriter& End(char bracket);
  void BeforeValue();
  void NewLine(size_t depth);

  const size_t line_depth_;
  std::string text_;
  std::vector<bool> has_items_;  // for each open container
  bool after_key_ = false;
};

}  // namespace v0
}  // namespace headrace
