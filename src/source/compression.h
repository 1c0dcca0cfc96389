#pragma once
// Which compression a file has, or which archive it is, by its content.
// Takes: a file's first bytes. Gives: Compression, ArchiveForm. Threads: pure. Fails: Status, for a text that expands
// too far.
#include <cstdint>
#include <string>
#include <string_view>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

enum class Compression : uint8_t { kNone, kGzip, kZstd, kLz4, kBz2, kXz };
enum class ArchiveForm : uint8_t { kNone, kZip, kEmptyZip, kTar };

/// Bytes of a file, or of what is decompressed from it, that both look at: a tar archive's first block. An lz4 file may
/// begin with skippable frames, and is known where its own magic number lies among these bytes.
inline constexpr int64_t kMagicBytes = 512;

/// Return the compression of a file that begins with `head`.
Compression DetectCompression(std::string_view head);

/// Return which archive begins with `head`. Zeros alone, of a whole block, are a tar archive of nothing.
ArchiveForm DetectArchive(std::string_view head);

/// Fail where `text_bytes` are more than `max_expansion` times the `source_bytes` that they were made of.
Status CheckExpansion(const std::string& path, int64_t text_bytes, int64_t source_bytes, int64_t max_expansion);

}  // namespace v0
}  // namespace headrace
