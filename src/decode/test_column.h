#pragma once
// For tests: fields given as strings go through a ColumnDecoder in windows, and come back one by one.
// What stands around the fields is as harmful as it can be (digits, dots), so that a kernel that looks too far shows.
#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "decode/column_decoder.h"
#include "decode/test_memory.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {

struct TestField {
  std::string text;
  bool quoted = false;
  bool escaped = false;
};

/// What became of one field: a value (as its bytes), null, or bad.
struct TestRow {
  std::optional<std::string> value;
  std::optional<RejectKind> bad;

  bool operator==(const TestRow&) const = default;
  bool null() const { return !value && !bad; }
  template <class T>
  T As() const {
    T result{};
    if (value && value->size() == sizeof(T)) std::memcpy(&result, value->data(), sizeof(T));
    return result;
  }
};

struct TestWindow {
  uint32_t rows = 100;       ///< rows of a window
  uint32_t rows_before = 0;  ///< null rows that the column has already
  char between = ',';        ///< the byte between two fields
  char around = '9';         ///< the bytes of the padding
};

/// One window of text with its lists.
struct TestText {
  TestText(const TestField* fields, uint32_t count, const TestWindow& window) {
    text.assign(kTextPadding, window.around);
    quoted.assign(count / 64 + 1, 0);
    escaped.assign(count / 64 + 1, 0);
    for (uint32_t i = 0; i < count; i++) {
      begin.push_back(static_cast<uint32_t>(text.size()));
      text += fields[i].text;
      end.push_back(static_cast<uint32_t>(text.size()));
      if (i + 1 < count) text += window.between;
      if (fields[i].quoted) quoted[i / 64] |= uint64_t{1} << (i % 64);
      if (fields[i].escaped) escaped[i / 64] |= uint64_t{1} << (i % 64);
      any_quoted |= fields[i].quoted;
      any_escaped |= fields[i].escaped;
      for (const char c : fields[i].text) list.utf8 &= static_cast<unsigned char>(c) < 0x80;
    }
    text.append(kTextPadding, window.around);
    for (std::vector<uint32_t>* ends : {&begin, &end}) {
      ends->resize(count + FieldList::kPadding);
      PadList(ends->data(), count);
    }
    list.text = text.data();
    list.begin = begin.data();
    list.end = end.data();
    list.size = count;
    if (any_quoted) list.quoted = quoted.data();
    if (any_escaped) list.escaped = escaped.data();
  }
  std::string text;
  std::vector<uint32_t> begin, end;
  std::vector<uint64_t> quoted, escaped;
  bool any_quoted = false, any_escaped = false;
  FieldList list{.utf8 = true};
};

/// Read the rows from `first_row` on back out of a column; `bad` holds their kinds.
inline std::vector<TestRow> ReadRows(const DataType& type, const ColumnOut& out, int64_t first_row,
                                     const std::vector<std::optional<RejectKind>>& bad) {
  std::vector<TestRow> result;
  int64_t value = 0;
  const size_t width = static_cast<size_t>(type.kind == TypeKind::kBool ? 1 : ValueWidth(type));
  for (int64_t row = 0; row < out.rows; row++) {
    const bool valid = out.validity[row / 64] >> (row % 64) & 1;
    if (row < first_row) {
      EXPECT_FALSE(valid) << "a row of an earlier window has changed";
      continue;
    }
    TestRow test_row;
    test_row.bad = bad[static_cast<size_t>(row - first_row)];
    if (valid && IsVariableWidth(type.kind)) {
      const int32_t* offsets = reinterpret_cast<const int32_t*>(out.values);
      test_row.value.emplace(out.bytes + offsets[value], out.bytes + offsets[value + 1]);
    } else if (valid) {
      test_row.value.emplace(reinterpret_cast<const char*>(out.values) + static_cast<size_t>(value) * width, width);
    }
    value += valid;
    EXPECT_FALSE(valid && test_row.bad) << "row " << row << " is bad and valid";
    result.push_back(std::move(test_row));
  }
  EXPECT_EQ(value, out.num_values);
  if (IsVariableWidth(type.kind)) {
    EXPECT_EQ(reinterpret_cast<const int32_t*>(out.values)[value], out.num_bytes);
  }
  return result;
}

/// Decode fields through a column, in windows.
inline std::vector<TestRow> DecodeFields(const ColumnDecoder& decoder, const std::vector<TestField>& fields,
                                         const TestWindow& window = {}) {
  size_t num_bytes = 0;
  for (const TestField& field : fields) num_bytes += field.text.size();
  TestColumnMemory memory(decoder.type(), fields.size() + window.rows_before, num_bytes);
  std::fill_n(memory.validity.begin(), window.rows_before / 64 + 1, 0);
  memory.out.rows = window.rows_before;
  if (IsVariableWidth(decoder.type().kind)) std::memset(memory.out.values, 0, sizeof(int32_t));
  std::vector<std::optional<RejectKind>> kinds(fields.size());
  for (size_t first = 0; first < fields.size(); first += window.rows) {
    const auto count = static_cast<uint32_t>(std::min<size_t>(window.rows, fields.size() - first));
    const TestText text(&fields[first], count, window);
    TestScratch scratch(count);
    std::vector<BadValue> bad(count);
    BadValueList list{bad.data(), 0};
    decoder.Decode(text.list, scratch.lists(), &memory.out, &list);
    EXPECT_LE(list.size, count);
    for (uint32_t i = 0; i < list.size; i++) {
      EXPECT_TRUE(i == 0 || bad[i - 1].row < bad[i].row) << "bad rows must ascend";
      kinds[first + bad[i].row] = bad[i].kind;
    }
  }
  EXPECT_EQ(memory.out.rows, static_cast<int64_t>(fields.size() + window.rows_before));
  return ReadRows(decoder.type(), memory.out, window.rows_before, kinds);
}

/// The same at every SIMD level, with several window sizes and surroundings; all must agree.
inline std::vector<TestRow> DecodeEverywhere(const ColumnSpec& spec, const std::vector<TestField>& fields) {
  std::optional<std::vector<TestRow>> first;
  for (const SimdLevel level : SimdLevels()) {
    ForceSimdLevelForTesting(level);
    const ColumnDecoder decoder(spec);
    for (const TestWindow& window : {TestWindow{1, 0, ',', '9'}, TestWindow{67, 63, '7', '.'},
                                     TestWindow{1000, 5, '.', '0'}, TestWindow{1 << 20, 0, '\0', '\xFF'}}) {
      std::vector<TestRow> rows = DecodeFields(decoder, fields, window);
      if (!first) first = rows;
      EXPECT_TRUE(rows == *first) << SimdLevelName(level) << ", windows of " << window.rows;
    }
  }
  ForceSimdLevelForTesting(SimdLevels().back());
  return *std::move(first);
}

/// Decode one unquoted field everywhere.
inline TestRow DecodeOne(const ColumnSpec& spec, const std::string& text) {
  return DecodeEverywhere(spec, {TestField{text}}).at(0);
}

}  // namespace v0
}  // namespace headrace
