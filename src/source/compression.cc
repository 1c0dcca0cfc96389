#include "source/compression.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {
namespace {

using namespace std::string_view_literals;

constexpr int64_t kExpansionSlack = int64_t{1} << 20;  // small files may expand by any ratio up to this
constexpr size_t kTarChecksumAt = 148, kTarChecksumBytes = 8, kTarMagicAt = 257;
constexpr std::string_view kLz4Magic = "\x04\x22\x4d\x18"sv;
constexpr size_t kFrameHeadBytes = 8;  // of a skippable frame: its magic number and its size

// Frames that zstd and lz4 have in common: readers pass over them.
bool IsSkippable(std::string_view head) {
  return head.size() > 3 && (head[0] & 0xf0) == 0x50 && head.substr(1).starts_with("\x2a\x4d\x18"sv);
}

// What follows on the skippable frames at the begin; empty where `head` does not go so far.
std::string_view BehindSkippable(std::string_view head) {
  while (IsSkippable(head)) {
    uint64_t size = kFrameHeadBytes;
    for (size_t i = 4; i < kFrameHeadBytes && i < head.size(); i++) {
      size += static_cast<uint64_t>(static_cast<unsigned char>(head[i])) << (8 * (i - 4));
    }
    head.remove_prefix(std::min<uint64_t>(size, head.size()));
  }
  return head;
}

// Whether a block has the sum that a tar header says of itself, in octal digits.
bool HasTarChecksum(std::string_view block) {
  int64_t sum = 0, stated = 0;
  int digits = 0;
  for (size_t i = 0; i < block.size(); i++) {
    const bool is_field = i >= kTarChecksumAt && i < kTarChecksumAt + kTarChecksumBytes;
    sum += is_field ? ' ' : static_cast<unsigned char>(block[i]);
  }
  for (const char c : block.substr(kTarChecksumAt, kTarChecksumBytes)) {
    if (c == ' ' && digits == 0) continue;
    if (c < '0' || c > '7') break;
    stated = stated * 8 + (c - '0');
    digits++;
  }
  return digits > 0 && sum == stated;
}

// Zeros fill up the names of a header, whatever made it. Where the sum is wrong, or the block cut off, the magic number
// still tells what the file was.
bool IsTar(std::string_view head) {
  const std::string_view block = head.substr(0, kMagicBytes);
  const bool is_whole = block.size() == static_cast<size_t>(kMagicBytes);
  if (is_whole && block.find_first_not_of('\0') == std::string_view::npos) return true;
  const std::string_view names = block.substr(0, kTarMagicAt);
  if (names.size() < kTarMagicAt || names.find('\0') == std::string_view::npos) return false;
  return block.substr(kTarMagicAt).starts_with("ustar"sv) || (is_whole && HasTarChecksum(block));
}

}  // namespace

Compression DetectCompression(std::string_view head) {
  if (head.starts_with("\x1f\x8b\x08"sv)) return Compression::kGzip;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::kZstd;
  if (head.starts_with(kLz4Magic)) return Compression::kLz4;
  if (head.size() > 3 && head.starts_with("BZh"sv) && head[3] >= '1' && head[3] <= '9') return Compression::kBz2;
  // A file of zstd or lz4; zstd where nothing tells, for lz4 files hardly ever begin so.
  if (IsSkippable(head)) {
    return BehindSkippable(head).starts_with(kLz4Magic) ? Compression::kLz4 : Compression::kZstd;
  }
  if (head.starts_with("\xfd\x37zXZ\x00"sv)) return Compression::kXz;
  return Compression::kNone;
}

ArchiveForm DetectArchive(std::string_view head) {
  // The first member, or a mark of archives that were once in pieces; the end, where nothing stands before it.
  if (head.starts_with("PK\x03\x04"sv) || head.starts_with("PK\x07\x08"sv)) return ArchiveForm::kZip;
  if (head.starts_with("PK\x05\x06"sv)) return ArchiveForm::kEmptyZip;
  return IsTar(head) ? ArchiveForm::kTar : ArchiveForm::kNone;
}

Status CheckExpansion(const std::string& path, int64_t text_bytes, int64_t source_bytes, int64_t max_expansion) {
  if (text_bytes <= kExpansionSlack || text_bytes / max_expansion <= source_bytes) return Status::OK();
  return Status::Invalid("'", path, "' expands to more than ", max_expansion,
                         " times its size, which looks like a decompression bomb",
                         "\nfix: if it is what it should be, raise --max-expansion, or unpack it first");
}

}  // namespace v0
}  // namespace headrace
