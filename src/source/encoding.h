#pragma once
// Encodings of text and their conversion to UTF-8.
// Takes: an encoding's name, bytes. Gives: UTF-8, in which kInvalidByte stands for what is not valid in the encoding.
// Owns: the state of one text. Threads: one at a time. Fails: Status for names that are not known; never for bytes.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// What stands for bytes that the encoding does not know: never valid in UTF-8, so that the field is a bad value.
inline constexpr char kInvalidByte = '\xff';

/// Bytes of a text that EncodingByMark looks at.
inline constexpr int kMarkBytes = 4;

/// Return the encoding that a byte order mark shows at the head of a text: UTF-16 or UTF-32. Empty: it shows none.
std::string_view EncodingByMark(std::string_view head);

/// Return the encoding of a text: as declared (as ParseEncoding gives it), or as its mark shows. Fails where UTF-16 or
/// UTF-32 is declared without a byte order and there is no mark.
Result<std::string> EncodingOf(const std::string& declared, std::string_view head, const std::string& path);

class Converter {
 public:
  struct Step {
    int64_t source_bytes = 0;  ///< taken
    int64_t text_bytes = 0;    ///< given
  };
  virtual ~Converter() = default;

  /// Convert as much as fits. Less than kMaxPending bytes may be left over: they wait for what follows them. With
  /// `final` nothing follows, and all that fits is taken. `to_bytes` is at least kMinRoom.
  virtual Step Convert(const char* from, int64_t from_bytes, bool final, char* to, int64_t to_bytes) = 0;

  static constexpr int64_t kMaxPending = 64;
  static constexpr int64_t kMinRoom = 256;
};

/// Return a converter to UTF-8 for a text in `encoding`, as EncodingOf gives it; not for UTF-8 itself.
Result<std::unique_ptr<Converter>> MakeConverter(const std::string& encoding);

}  // namespace v0
}  // namespace headrace
