#pragma once
// The manifest of an output: what went in, what came out, and a checksum of each piece.
// Takes: Report, pieces, inputs. Gives: JSON text, and the manifest again from it. Owns: nothing. Threads: pure.
// Fails: reading, with the file and the place in it; keys that are not known are passed over.
//
// format = 1:
//   format, program, output                  what wrote it; the output's own name, without directories
//   rows_read, rows_written, rows_rejected, rows_skipped
//   inputs[{path, size, mtime_ns}]           path_hex too, where a path is not UTF-8
//   outputs[{path, rows, bytes, checksum}]   paths below the output where that is a directory, else its own name
//   units[{unit, file, offset, bytes, rows, crc32c}]
//                                            a unit's piece; `file` is an index into outputs, crc32c eight digits
#include <cstdint>
#include <string>
#include <vector>

#include "headrace/report.h"
#include "headrace/status.h"
#include "sink/manifest_file.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// An input as it was when the job began.
struct ManifestInput {
  std::string path;
  int64_t size = 0;
  int64_t mtime_ns = 0;
};

/// One piece of an output file.
struct ManifestPiece {
  int64_t unit = 0;
  int64_t file = 0;  ///< index into Manifest::outputs
  int64_t offset = 0;
  int64_t bytes = 0;
  int64_t rows = 0;
  uint32_t crc32c = 0;
};

struct Manifest {
  std::string output;  ///< the output's name; ends in '/' where it is a directory
  int64_t rows_read = 0;
  int64_t rows_written = 0;
  int64_t rows_rejected = 0;
  int64_t rows_skipped = 0;
  std::vector<ManifestInput> inputs;
  std::vector<OutputReport> outputs;
  std::vector<ManifestPiece> pieces;
};

/// Return the manifest's text. `output_path` is the job's; paths of outputs and pieces lie at or below it. Without it,
/// a single output is named by its last part, several as they are.
std::string ManifestJson(const Report& report, const std::vector<PieceRecord>& pieces,
                         const std::vector<ManifestInput>& inputs, const std::string& output_path = "");

/// Read a manifest file.
Result<Manifest> ReadManifest(const std::string& path);

/// Read a manifest's text; `path` is for messages.
Result<Manifest> ParseManifest(const std::string& text, const std::string& path);

}  // namespace v0
}  // namespace headrace
