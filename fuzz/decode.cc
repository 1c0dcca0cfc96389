// Any field: every decoder gives the same values, nulls and bad rows at every SIMD level.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "decode/column_decoder.h"
#include "simd/level.h"

namespace {

using headrace::BadValue;
using headrace::BadValueList;
using headrace::ColumnDecoder;
using headrace::ColumnOut;
using headrace::ColumnSpec;
using headrace::FieldList;
using headrace::TypeKind;

struct Decoded {
  std::vector<uint8_t> values;
  std::vector<uint64_t> validity;
  std::vector<uint64_t> bad;
  int64_t num_values = 0;
  bool operator==(const Decoded&) const = default;
};

Decoded Decode(const ColumnSpec& spec, const FieldList& fields, size_t text_bytes) {
  const ColumnDecoder decoder(spec);
  const size_t width = static_cast<size_t>(headrace::ValueWidth(spec.type));
  std::vector<uint8_t> values((fields.size + 1) * width + 128);
  std::vector<char> bytes(text_bytes + 128);
  std::vector<uint64_t> validity(fields.size / 64 + 16);
  std::vector<uint32_t> rows(fields.size + 64), begin(rows), end(rows);
  std::vector<BadValue> bad(fields.size + 64);
  ColumnOut out;
  out.values = values.data();
  out.bytes = bytes.data();
  out.validity = validity.data();
  BadValueList list{bad.data(), 0};
  decoder.Decode(fields, {rows.data(), begin.data(), end.data()}, &out, &list);
  Decoded decoded;
  const bool is_text = headrace::IsVariableWidth(spec.type.kind);
  decoded.num_values = out.num_values;
  decoded.values.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(
                                                             static_cast<size_t>(out.num_values + is_text) * width));
  if (is_text) decoded.values.insert(decoded.values.end(), bytes.begin(), bytes.begin() + out.num_bytes);
  for (int64_t row = 0; row < out.rows; row++)
    decoded.validity.push_back(validity[static_cast<size_t>(row >> 6)] >> (row & 63) & 1);
  for (uint32_t i = 0; i < list.size; i++)
    decoded.bad.push_back(uint64_t{bad[i].row} << 8 | static_cast<uint64_t>(bad[i].kind));
  return decoded;
}

// One of the ways in which a column of the kind may be written, and its default.
void SetFormat(uint8_t choice, ColumnSpec* spec) {
  const TypeKind kind = spec->type.kind;
  headrace::Format& format = spec->format;
  if (headrace::IsNumber(kind)) {
    format.decimal = (choice & 1) != 0 ? ',' : '.';
    format.thousands = (choice & 2) != 0 ? "'" : "";
    format.number = static_cast<headrace::NumberFormat>(choice / 4 % 3);
    format.currency = "$";
  } else if (kind == TypeKind::kBinary) {
    format.bytes = static_cast<headrace::BytesFormat>(choice % 3);
  } else if (kind == TypeKind::kUuid) {
    format.braced = (choice & 1) != 0;
  } else if (kind == TypeKind::kBool && (choice & 1) != 0) {
    format.true_values = {"ja"};
    format.false_values = {"nein"};
  } else if (kind == TypeKind::kDate || kind == TypeKind::kTime || kind == TypeKind::kTimestamp) {
    format.time = static_cast<headrace::TimeFormat>(choice % 7);
    format.pattern = kind == TypeKind::kTime   ? "%I:%M:%S.%f %p"
                     : kind == TypeKind::kDate ? "%a %e %B %y"
                                               : "%Y%m%d %H%M%S.%f";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  static const auto rome = std::make_shared<const headrace::LocalZone>(
      *headrace::LocalZone::Make(3600, {{1364691600, 3600, 7200}, {1382835600, 7200, 3600}}, true));
  ColumnSpec spec;
  spec.type.kind = static_cast<TypeKind>(data[0] % (static_cast<int>(TypeKind::kUuid) + 1));
  spec.type.unit = static_cast<headrace::TimeUnit>(data[1] % 4);
  spec.type.precision = 1 + data[2] % 38;
  spec.type.scale = data[3] % (spec.type.precision + 1);
  spec.type.zone = (data[1] & 4) == 0 ? "" : (data[1] & 128) == 0 ? "UTC" : "Europe/Rome";
  spec.zone = rome;
  SetFormat(data[1] >> 4 & 7, &spec);
  spec.no_nulls = (data[1] & 8) != 0;
  const std::string text(reinterpret_cast<const char*>(data) + 4, size - 4);
  const std::string padded =
      std::string(headrace::kTextPadding, '\0') + text + std::string(headrace::kTextPadding, '\0');
  std::vector<uint32_t> begins = {0}, ends;
  for (uint32_t i = 0; i < text.size(); i++) {
    if (text[i] != ',') continue;
    ends.push_back(i);
    begins.push_back(i + 1);
  }
  ends.push_back(static_cast<uint32_t>(text.size()));
  const auto rows = static_cast<uint32_t>(ends.size());
  for (std::vector<uint32_t>* list : {&begins, &ends}) {
    list->resize(rows + FieldList::kPadding);
    headrace::PadList(list->data(), rows);
  }
  FieldList fields;
  fields.text = padded.data() + headrace::kTextPadding;
  fields.begin = begins.data();
  fields.end = ends.data();
  fields.size = rows;
  headrace::ForceSimdLevelForTesting(headrace::SimdLevel::kPlain);
  const Decoded plain = Decode(spec, fields, text.size());
  headrace::ForceSimdLevelForTesting(headrace::SimdLevels().back());
  if (!(Decode(spec, fields, text.size()) == plain)) std::abort();
  return 0;
}
