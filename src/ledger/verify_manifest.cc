// Checks of an output against its manifest: every byte is read once, rows come from the files' own metadata.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "ledger/verify_file.h"
#include "os/crc32c.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kReadBytes = int64_t{1} << 20;

std::string Hex(uint32_t crc32c) {
  char text[16];
  std::snprintf(text, sizeof text, "crc32c:%08x", static_cast<unsigned>(crc32c));
  return text;
}

// Reads a file from its start to its end, piece by piece.
class FileChecksum {
 public:
  explicit FileChecksum(OpenFile file) : file_(std::move(file)), buffer_(kReadBytes) {}

  /// Read on to `end`; return the checksum of what was read. The file ends there or later.
  Result<uint32_t> ReadTo(int64_t end, const VerifyFindings& findings) {
    uint32_t part = 0;
    while (offset_ < end) {
      ARROW_RETURN_NOT_OK(findings.PollStop());
      ARROW_ASSIGN_OR_RAISE(const int64_t bytes,
                            file_->ReadAt(offset_, std::min(kReadBytes, end - offset_), buffer_.data()));
      if (bytes == 0) return Status::IOError("the file became shorter while it was read");
      part = Crc32c(part, buffer_.data(), static_cast<size_t>(bytes));
      whole_ = Crc32c(whole_, buffer_.data(), static_cast<size_t>(bytes));
      offset_ += bytes;
    }
    return part;
  }

  int64_t offset() const { return offset_; }
  uint32_t whole() const { return whole_; }

 private:
  OpenFile file_;
  std::vector<uint8_t> buffer_;
  int64_t offset_ = 0;
  uint32_t whole_ = 0;
};

// The pieces of one file, in the order of their offsets.
using Pieces = std::vector<const ManifestPiece*>;

Status VerifyChecksums(const OpenFile& file, const std::string& place, const OutputReport& expected,
                       const Pieces& pieces, VerifyFindings* findings) {
  FileChecksum checksum(file);
  for (const ManifestPiece* piece : pieces) {
    const bool lies_in_file = piece->offset >= checksum.offset() && piece->offset <= expected.bytes &&
                              piece->bytes <= expected.bytes - piece->offset;
    if (!findings->Check("pieces", lies_in_file, place, "the piece of unit ", piece->unit, " at byte ", piece->offset,
                         " overlaps another or ends behind the file")) {
      continue;
    }
    ARROW_RETURN_NOT_OK(checksum.ReadTo(piece->offset, *findings).status());
    ARROW_ASSIGN_OR_RAISE(const uint32_t crc32c, checksum.ReadTo(piece->offset + piece->bytes, *findings));
    findings->Check("piece checksums", crc32c == piece->crc32c, place, "the piece of unit ", piece->unit, " at byte ",
                    piece->offset, ", ", piece->bytes, " bytes, has ", Hex(crc32c), ", not ", Hex(piece->crc32c));
  }
  ARROW_RETURN_NOT_OK(checksum.ReadTo(expected.bytes, *findings).status());
  findings->Check("file checksums", Hex(checksum.whole()) == expected.checksum, place, "the file has ",
                  Hex(checksum.whole()), ", not ", expected.checksum);
  return Status::OK();
}

Result<int64_t> RowsOf(const std::string& path, const OpenFile& file) {
  ARROW_ASSIGN_OR_RAISE(const auto form, OutputFormOf(path));
  if (form == OutputForm::kParquet) return RowsOfParquet(file);
  if (form == OutputForm::kIpcFile) return RowsOfIpcFile(file);
  if (form == OutputForm::kIpcStream) return RowsOfIpcStream(file);
  return Status::Invalid("this is neither Parquet nor Arrow IPC");
}

Status VerifyRows(const std::string& path, const OpenFile& file, const std::string& place, const OutputReport& expected,
                  const Pieces& pieces, VerifyFindings* findings) {
  const Result<int64_t> rows = RowsOf(path, file);
  if (!findings->Check("footers", rows.ok(), place, rows.status().message())) return Status::OK();
  findings->report().rows += *rows;
  findings->Check("rows", *rows == expected.rows, place, *rows, " rows, not ", expected.rows);
  if (pieces.empty()) return Status::OK();
  int64_t piece_rows = 0;
  for (const ManifestPiece* piece : pieces) piece_rows += piece->rows;
  findings->Check("rows", piece_rows == expected.rows, place, "its pieces have ", piece_rows, " rows, not ",
                  expected.rows);
  return Status::OK();
}

Status VerifyListed(const std::string& path, const std::string& place, const OutputReport& expected,
                    const Pieces& pieces, VerifyFindings* findings) {
  std::error_code error;
  const bool exists = std::filesystem::is_regular_file(path, error);
  if (!findings->Check("files", exists, place, "the file is missing")) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto file, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->GetSize());
  findings->report().files += 1;
  findings->report().bytes += bytes;
  // Of a file that is too short or too long, checksums and rows would tell nothing more.
  if (!findings->Check("sizes", bytes == expected.bytes, place, bytes, " bytes, not ", expected.bytes)) {
    return Status::OK();
  }
  ARROW_RETURN_NOT_OK(VerifyChecksums(file, place, expected, pieces, findings));
  return VerifyRows(path, file, place, expected, pieces, findings);
}

void VerifyTotals(const Manifest& manifest, const std::string& place, VerifyFindings* findings) {
  int64_t rows = 0;
  for (const OutputReport& output : manifest.outputs) rows += output.rows;
  findings->Check("totals", rows == manifest.rows_written, place, "its files have ", rows,
                  " rows, and rows_written is ", manifest.rows_written);
  const int64_t accounted = manifest.rows_written + manifest.rows_rejected + manifest.rows_skipped;
  findings->Check("totals", accounted == manifest.rows_read, place, "rows_read is ", manifest.rows_read,
                  ", and written, rejected and skipped are ", accounted);
}

// What lies in the directory and is not in the manifest.
Status VerifyNoOthers(const std::string& path, const std::map<std::string, Pieces>& listed, VerifyFindings* findings) {
  ARROW_ASSIGN_OR_RAISE(const std::vector<std::string> names, ListOutput(path));
  for (const std::string& name : names) {
    findings->Check("files", listed.contains(name), name, "the manifest does not list this file");
  }
  return Status::OK();
}

}  // namespace

Status VerifyAgainstManifest(const OutputPlace& output, const Manifest& manifest, VerifyFindings* findings) {
  const std::string manifest_place = ManifestPath(output.name);
  VerifyTotals(manifest, manifest_place, findings);
  std::vector<Pieces> pieces(manifest.outputs.size());
  for (const ManifestPiece& piece : manifest.pieces) pieces[static_cast<size_t>(piece.file)].push_back(&piece);
  std::map<std::string, Pieces> listed;
  for (size_t i = 0; i < manifest.outputs.size(); ++i) {
    std::stable_sort(pieces[i].begin(), pieces[i].end(),
                     [](const ManifestPiece* a, const ManifestPiece* b) { return a->offset < b->offset; });
    findings->Check("manifest", listed.emplace(manifest.outputs[i].path, std::move(pieces[i])).second, manifest_place,
                    "a file is listed twice: ", manifest.outputs[i].path);
  }
  if (!output.is_directory && !findings->Check("manifest", manifest.outputs.size() == 1, manifest_place,
                                               "it does not list one file, but ", manifest.outputs.size())) {
    return Status::OK();
  }
  for (const OutputReport& file : manifest.outputs) {
    const std::string path =
        output.is_directory ? (std::filesystem::path(output.path) / file.path).string() : output.path;
    const std::string& place = output.is_directory ? file.path : output.name;
    ARROW_RETURN_NOT_OK(VerifyListed(path, place, file, listed[file.path], findings));
  }
  return output.is_directory ? VerifyNoOthers(output.path, listed, findings) : Status::OK();
}

}  // namespace v0
}  // namespace headrace
