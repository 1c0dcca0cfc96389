#pragma once
// The codec of pages. zstd has a context that is used again and again, and looks for repeats among whole values where
// that gives smaller pages; the other codecs are Arrow's.
// Takes: a page's bytes. Gives: the same, compressed. Owns: a context and its tables. Threads: one an encoder.
// Fails: Status where a codec does.
#include <arrow/util/compression.h>

#include <cstdint>
#include <memory>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// How the pages of one column chunk are searched for repeats.
enum class RepeatSearch : uint8_t {
  kOfBytes,   ///< as the codec does
  kOfValues,  ///< of 8 bytes each, and of their lower 6 bytes
  kTryBoth    ///< whichever gives the smaller page
};

/// Bytes, and where in them the values begin that last to the end: of 8 bytes each, or planes of their bytes.
struct PageBytes {
  const uint8_t* data = nullptr;
  int64_t size = 0;
  int64_t values_at = 0;
  int64_t plane_bytes = 0;  ///< 0: no planes
};

class PageCodec {
 public:
  /// Return the codec; nullptr for UNCOMPRESSED.
  static Result<std::unique_ptr<PageCodec>> Make(arrow::Compression::type type, int level);
  virtual ~PageCodec() = default;

  /// Return the most bytes that `size` bytes may become.
  virtual int64_t MaxBytes(int64_t size) const = 0;
  /// Compress `page` to `to`, where there is room for MaxBytes(page.size); return the bytes written. kTryBoth becomes
  /// the search that won.
  virtual Result<int64_t> Compress(const PageBytes& page, RepeatSearch* repeats, uint8_t* to) = 0;
  Result<int64_t> Compress(const uint8_t* data, int64_t size, uint8_t* to) {
    RepeatSearch repeats = RepeatSearch::kOfBytes;
    return Compress({data, size, size, 0}, &repeats, to);
  }

  /// Return whether it makes frequent bytes shorter, beside repeats.
  bool has_entropy_coding() const { return type_ == arrow::Compression::ZSTD || type_ == arrow::Compression::GZIP; }
  /// Return whether it can look for repeats of values.
  bool finds_values() const { return finds_values_; }

 protected:
  PageCodec(arrow::Compression::type type, bool finds_values) : type_(type), finds_values_(finds_values) {}

 private:
  const arrow::Compression::type type_;
  const bool finds_values_;
};

}  // namespace v0
}  // namespace headrace
