// The place of an error, and the names of origins.
#include <string>
#include <string_view>

#include "headrace/options.h"
#include "headrace/status.h"
#include "ledger/json_writer.h"

namespace headrace {
inline namespace v0 {

std::string ErrorPlace::ToString() const {
  std::string text = EscapeInvalidUtf8(path);
  if (reject.record > 0) text += ", record " + std::to_string(reject.record);
  if (reject.line > 0) text += ", line " + std::to_string(reject.line);
  text += ", byte " + std::to_string(reject.field_offset);
  if (!column.empty()) text += ", column '" + EscapeInvalidUtf8(column) + "'";
  text += ": ";
  text += RejectKindName(reject.kind);
  return text;
}

const ErrorPlace* PlaceOf(const Status& status) {
  const auto& detail = status.detail();
  // By name, not by dynamic_cast: the two ends may lie in different libraries.
  if (detail == nullptr || std::string_view(detail->type_id()) != ErrorPlace().type_id()) return nullptr;
  return static_cast<const ErrorPlace*>(detail.get());
}

std::string_view OriginName(Origin origin) {
  constexpr std::string_view kNames[] = {"default", "user", "detected", "tuned", "level", "saved"};
  return kNames[static_cast<size_t>(origin)];
}

}  // namespace v0
}  // namespace headrace
