#include "source/compression.h"

namespace headrace {
inline namespace v0 {

Result<Compression> DetectCompression(std::string_view head, const std::string& path) {
  using namespace std::string_view_literals;
  if (head.starts_with("\x1f\x8b\x08"sv)) return Compression::kGzip;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::kZstd;
  if (head.starts_with("\x04\x22\x4d\x18"sv)) return Compression::kLz4;
  if (head.size() > 3 && head.starts_with("BZh"sv) && head[3] >= '1' && head[3] <= '9') return Compression::kBz2;
  // A zstd file may begin with a skippable frame.
  if (head.size() > 3 && (head[0] & 0xf0) == 0x50 && head.substr(1).starts_with("\x2a\x4d\x18"sv)) {
    return Compression::kZstd;
  }
  if (head.starts_with("\xfd\x37zXZ\x00"sv)) return Compression::kXz;
  if (head.starts_with("PK\x03\x04"sv)) {
    return Status::NotImplemented("'", path, "' is a zip archive, which is not supported. Unpack it first.");
  }
  if (head.size() >= 262 && head.substr(257, 5) == "ustar"sv) {
    return Status::NotImplemented("'", path, "' is a tar archive, which is not supported. Unpack it first.");
  }
  return Compression::kNone;
}

}  // namespace v0
}  // namespace headrace
