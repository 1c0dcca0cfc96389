#pragma once
// One compressed member after the other: a gzip member, a zstd or lz4 frame, an xz or bz2 stream.
// Takes: compressed bytes in pieces of any size. Gives: text. Owns: the library's state. Threads: one at a time.
// Fails: Status with the reason alone; whoever knows the file adds its name. What was decoded before comes first.
#include <cstdint>
#include <memory>

#include "headrace/status.h"
#include "source/compression.h"

namespace headrace {
inline namespace v0 {

/// What one call did. Neither bytes read nor text, and no end: more bytes are needed.
struct DecodeStep {
  int64_t source_bytes = 0;  ///< taken
  int64_t text_bytes = 0;    ///< given
  bool ended = false;        ///< the member is complete, its checksum right
};

class MemberDecoder {
 public:
  virtual ~MemberDecoder() = default;
  virtual Result<DecodeStep> Decode(const char* from, int64_t from_bytes, char* to, int64_t to_bytes) = 0;
  /// Begin the next member.
  virtual Status Reset() = 0;
};

/// Return a decoder that stands before its first member.
Result<std::unique_ptr<MemberDecoder>> MakeMemberDecoder(Compression compression);

}  // namespace v0
}  // namespace headrace
