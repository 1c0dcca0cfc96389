#include "source/member_finder.h"

#include <algorithm>
#include <string>

namespace headrace {
inline namespace v0 {
namespace {

using namespace std::string_view_literals;

constexpr int64_t kBlockBytes = 256 << 10;
constexpr int64_t kHeadBytes = 16;  // of a member that are looked at

std::string_view Magic(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return "\x1f\x8b\x08"sv;
    case Compression::kZstd:
      return "\x28\xb5\x2f\xfd"sv;
    case Compression::kLz4:
      return "\x04\x22\x4d\x18"sv;
    case Compression::kBz2:
      return "BZh"sv;
    case Compression::kXz:
      return "\xfd\x37zXZ\x00"sv;
    case Compression::kNone:
      break;
  }
  return {};
}

// The magic number alone is short: what follows it must fit too.
bool LooksLikeHead(Compression compression, std::string_view head) {
  if (compression == Compression::kGzip) {
    const auto flags = static_cast<unsigned char>(head[3]);
    const auto system = static_cast<unsigned char>(head[9]);
    const auto level = static_cast<unsigned char>(head[8]);
    return (flags & 0xe0) == 0 && (system <= 13 || system == 255) && (level == 0 || level == 2 || level == 4);
  }
  if (compression == Compression::kBz2) return head.substr(4).starts_with("\x31\x41\x59\x26\x53\x59"sv);
  return true;
}

}  // namespace

Result<int64_t> FindMember(const InputFile& file, Compression compression, int64_t from, int64_t to) {
  const std::string_view magic = Magic(compression);
  std::string block(static_cast<size_t>(kBlockBytes + kHeadBytes), '\0');
  while (from < to) {
    const int64_t size = std::min(to - from, kBlockBytes);
    ARROW_ASSIGN_OR_RAISE(const int64_t got, file.ReadAt(from, block.data(), size + kHeadBytes));
    const std::string_view text(block.data(), static_cast<size_t>(got));
    for (size_t at = text.find(magic); at < static_cast<size_t>(size); at = text.find(magic, at + 1)) {
      if (text.size() - at < static_cast<size_t>(kHeadBytes)) return -1;  // too short for a member
      if (LooksLikeHead(compression, text.substr(at))) return from + static_cast<int64_t>(at);
    }
    from += size;
  }
  return -1;
}

}  // namespace v0
}  // namespace headrace
