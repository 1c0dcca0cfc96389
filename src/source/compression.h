#pragma once
// Which compression a file has, by its content.
// Takes: a file's first bytes. Gives: Compression. Threads: pure. Fails: Status for containers that are not supported.
#include <cstdint>
#include <string>
#include <string_view>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

enum class Compression : uint8_t { kNone, kGzip, kZstd, kLz4, kBz2, kXz };

/// Bytes of a file that DetectCompression looks at.
inline constexpr int kMagicBytes = 8;
/// The same, where there are as many: tar archives show only here.
inline constexpr int kArchiveMagicBytes = 264;

/// Return the compression of a file that begins with `head`. Fails for zip and tar archives.
Result<Compression> DetectCompression(std::string_view head, const std::string& path);

}  // namespace v0
}  // namespace headrace
