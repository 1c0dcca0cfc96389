#pragma once
// The two halves of every sink: encoding on the worker that decoded, committing in source order.
// Takes: Batch. Gives: files under their final names, or record batches. Owns: temporary files until published.
// Threads: an Encoder belongs to one worker; Commit is never called twice at a time. Fails: Status.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "decode/batch.h"
#include "headrace/options.h"
#include "headrace/report.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Which unit a piece was made from. Units of one file are consecutive.
struct UnitId {
  int64_t index = 0;  ///< in source order, from 0; known from Commit on
  int32_t file = 0;   ///< the input it comes from (the first, where small files were joined)
};

/// An encoded unit: a row group, IPC messages, a record batch, statistics.
class Piece {
 public:
  virtual ~Piece() = default;
  int64_t rows = 0;
  int64_t memory_bytes = 0;  ///< that it holds until committed, about
};

/// One worker's encoder; reused from unit to unit.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Encode a unit's columns; nothing may point into `batch` afterwards. Never called for zero rows.
  virtual Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId& unit) = 0;
  /// Return what Encode is sure to take beside `column_bytes` of columns, whatever is in them.
  virtual int64_t LeastBytes(int64_t /*column_bytes*/) const { return 0; }
  /// Return what it may take.
  virtual int64_t MostBytes(int64_t column_bytes) const { return LeastBytes(column_bytes); }
};

/// One committed piece in an output file, for the manifest.
struct PieceRecord {
  std::string path;  ///< final name of the file it lies in
  int64_t unit = 0;
  int64_t offset = 0;  ///< in that file
  int64_t bytes = 0;
  int64_t rows = 0;
  uint32_t crc32c = 0;
};

/// What a sink keeps of committed pieces until the end, for an error where that leaves no room.
struct KeptReason {
  std::string what;  ///< why it is kept; "…, and what is kept, N MiB, leaves no room" follows
  std::string fix;   ///< what needs fewer bytes, or gives more
};

class Sink {
 public:
  virtual ~Sink() = default;  ///< removes temporary files that were not published
  virtual Result<std::unique_ptr<Encoder>> MakeEncoder() = 0;
  /// Append one piece; pieces come in source order.
  virtual Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) = 0;
  /// Return what is kept of committed pieces until the end, or taken to write it then, about. To be asked between calls
  /// of Commit.
  virtual int64_t kept_bytes() const { return 0; }
  /// Return the words for that, for sinks that keep anything.
  virtual KeptReason DescribeKept() const { return {}; }
  /// End the output: footer written, file synced, nothing visible under a final name yet.
  virtual Status Finish() = 0;
  /// Re-read what Finish left (footers, messages) and return outputs with rows, bytes and checksums.
  virtual Result<std::vector<OutputReport>> Inspect() = 0;
  /// Return where what Finish left lies until it is published, a file or a folder; empty: nowhere that can be read.
  virtual std::string written_path() const { return {}; }
  /// Give the outputs their final names. `manifest_json` is empty, or published first, as OUTPUT.manifest.json.
  virtual Status Publish(const std::string& manifest_json) = 0;
  /// The committed pieces, in order; empty for sinks that write no file.
  virtual std::vector<PieceRecord> pieces() const { return {}; }
};

/// What a sink is made from.
struct SinkColumn {
  std::string name;
  DataType type;
  ParquetWishes parquet = {};
};

}  // namespace v0
}  // namespace headrace
