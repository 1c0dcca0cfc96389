// Any text: the index and the exact path must find the same records, at every SIMD level and however the text arrives.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "parse/column_fields.h"
#include "parse/field_list.h"
#include "parse/parser.h"
#include "simd/level.h"

namespace {

using headrace::Fault;
using headrace::FieldIndex;
using headrace::FieldList;
using headrace::Parser;
using headrace::ParserOptions;

constexpr uint32_t kMaxColumns = 5;

// One index for each number of columns: its 400 KB, allocated for every call, cost more than the call.
FieldIndex* IndexOf(uint32_t columns) {
  static std::unique_ptr<FieldIndex> indexes[kMaxColumns + 1];
  std::unique_ptr<FieldIndex>& index = indexes[columns];
  if (index == nullptr) index = std::make_unique<FieldIndex>(columns);
  return index.get();
}

// All records as numbers: rows by their place and their fields, faults by kind and place, blanks and comments by their
// count.
std::vector<uint64_t> Records(const ParserOptions& options, const std::string& padded, uint32_t size, uint32_t chunk) {
  const Parser parser(options);
  FieldIndex& index = *IndexOf(options.columns);
  const char* text = padded.data() + headrace::kTextPadding;
  std::vector<uint64_t> records;
  headrace::ColumnFields gather(options.dialect);
  std::map<std::pair<uint64_t, uint32_t>, std::array<uint64_t, 3>> places;  // of fields, by row and column
  uint64_t blanks = 0, comments = 0;
  uint32_t at = 0, have = std::min(chunk, size);
  while (at < size) {
    if (!parser.ParseWindow(text, at, size, have, have == size, &index)) {
      if (have == size) std::abort();  // never with the end of the file at hand
      have = std::min(size, have + chunk);
      continue;
    }
    if (index.consumed <= at || index.consumed > size) std::abort();
    uint32_t fault = 0;
    for (uint32_t row = 0; row <= index.rows; row++) {
      for (; fault < index.num_faults && index.faults()[fault].rows_before == row; fault++) {
        const Fault& f = index.faults()[fault];
        records.insert(records.end(), {~uint64_t{0}, static_cast<uint64_t>(f.kind), f.begin, f.field_begin, f.end});
      }
      if (row == index.rows) break;
      records.push_back(index.row_begin()[row]);
      records.push_back(index.RowEnd(row, text));
    }
    for (uint32_t column = 0; column < options.columns; column++) {
      const FieldList fields = gather.Gather(index, text, column);
      for (uint32_t row = 0; row < index.rows; row++) {
        const uint64_t flags = fields.is_quoted(row) * 2 + fields.is_escaped(row);
        places[{index.row_begin()[row], column}] = {fields.begin[row], fields.end[row], flags};
      }
    }
    blanks += index.blanks;
    comments += index.comments;
    at = index.consumed;
  }
  for (const auto& [field, place] : places) records.insert(records.end(), place.begin(), place.end());
  records.insert(records.end(), {blanks, comments});
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  ParserOptions options;
  options.columns = 1 + data[0] % kMaxColumns;
  options.dialect.bytes.quoting = (data[1] & 1) != 0;
  options.dialect.bytes.terminator = (data[1] & 2) != 0 ? '\r' : '\n';
  options.dialect.has_comment = (data[1] & 4) != 0;
  if ((data[1] & 16) != 0) options.dialect.escape = '\\';
  options.dialect.escape_style = static_cast<headrace::EscapeStyle>(data[0] / kMaxColumns / 3 % 3);
  if ((data[1] & 32) != 0) options.dialect.delimiter = ",,|";
  options.dialect.lenient = (data[1] & 64) != 0 && options.dialect.bytes.terminator == '\n';
  options.dialect.pads = (data[1] & 128) != 0;
  options.dialect.long_record = static_cast<headrace::LongRecord>(data[0] / kMaxColumns % 3);
  options.max_record_bytes = (data[1] & 8) != 0 ? 30 : 1 << 20;
  const std::string text(reinterpret_cast<const char*>(data) + 3, size - 3);
  const std::string padded =
      std::string(headrace::kTextPadding, '\0') + text + std::string(headrace::kTextPadding, '\0');
  const auto length = static_cast<uint32_t>(text.size());
  headrace::ForceSimdLevelForTesting(headrace::SimdLevel::kPlain);
  options.window_bytes = 1;  // nearly every record by itself
  const std::vector<uint64_t> expected = Records(options, padded, length, length);
  headrace::ForceSimdLevelForTesting(headrace::SimdLevels().back());
  for (const uint32_t chunk : {1U + data[2], length}) {
    options.window_bytes = 1 + 3 * chunk;
    if (Records(options, padded, length, std::max(1U, chunk)) != expected) std::abort();
  }
  return 0;
}
