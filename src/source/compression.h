#pragma once
// Which compression a file has, by its content.
#include <arrow/util/type_fwd.h>

#include <optional>
#include <string>
#include <string_view>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Bytes of a file that DetectCompression looks at.
inline constexpr int kMagicBytes = 8;

/// Return the compression of a file that begins with `head`; none for text. Fails for containers that are not
/// supported (xz, zip) and for UTF-16 text.
Result<std::optional<arrow::Compression::type>> DetectCompression(std::string_view head, const std::string& path);

}  // namespace v0
}  // namespace headrace
