#include "source/compression.h"

#include <arrow/util/compression.h>

namespace headrace {
inline namespace v0 {

Result<std::optional<arrow::Compression::type>> DetectCompression(std::string_view head, const std::string& path) {
  using arrow::Compression;
  using namespace std::string_view_literals;
  std::optional<Compression::type> none;
  if (head.starts_with("\x1f\x8b\x08"sv)) return Compression::GZIP;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::ZSTD;
  if (head.starts_with("\x04\x22\x4d\x18"sv)) return Compression::LZ4_FRAME;
  if (head.size() > 3 && head.starts_with("BZh"sv) && head[3] >= '1' && head[3] <= '9') return Compression::BZ2;
  if (head.starts_with("\xfd"
                       "7zXZ"sv)) {
    return Status::NotImplemented("'", path,
                                  "' is xz-compressed, which is not supported. Pipe it: xz -dc FILE | headrace … -");
  }
  if (head.starts_with("PK\x03\x04"sv)) {
    return Status::NotImplemented("'", path, "' is a zip archive, which is not supported. Unpack it first.");
  }
  if (head.starts_with("\xff\xfe"sv) || head.starts_with("\xfe\xff"sv)) {
    return Status::NotImplemented("'", path,
                                  "' is UTF-16 text, which is not supported. Convert it: iconv -f UTF-16 -t UTF-8");
  }
  return none;
}

}  // namespace v0
}  // namespace headrace
