#include "decode/literal.h"

#include <cstring>

namespace headrace {
inline namespace v0 {

std::optional<RejectKind> DecodeLiteral(ColumnSpec spec, std::string_view text, std::string* value) {
  spec.nulls.clear();
  spec.no_nulls = false;
  const ColumnDecoder decoder(spec);
  std::string padded(kTextPadding, '\0');
  padded.append(text).append(kTextPadding, '\0');
  // As many entries as kernels may look at.
  uint32_t begin[64] = {kTextPadding}, end[64] = {kTextPadding + static_cast<uint32_t>(text.size())}, present[3][64];
  PadList(begin, 1);
  PadList(end, 1);
  FieldList fields;
  fields.text = padded.data();
  fields.begin = begin;
  fields.end = end;
  fields.size = 1;
  std::vector<uint64_t> values(64), validity(8), bytes(text.size() / 8 + 32);
  ColumnOut out;
  out.values = reinterpret_cast<uint8_t*>(values.data());
  out.bytes = reinterpret_cast<char*>(bytes.data());
  out.validity = validity.data();
  BadValue bad_values[64];
  BadValueList bad{bad_values, 0};
  decoder.Decode(fields, DecodeScratch{present[0], present[1], present[2]}, &out, &bad);
  if (bad.size > 0) return bad_values[0].kind;
  if (IsVariableWidth(spec.type.kind)) {
    value->assign(out.bytes, static_cast<size_t>(out.num_bytes));
  } else {
    value->assign(reinterpret_cast<const char*>(out.values), static_cast<size_t>(ValueWidth(spec.type)));
  }
  return std::nullopt;
}

}  // namespace v0
}  // namespace headrace
