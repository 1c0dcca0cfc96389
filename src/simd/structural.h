#pragma once
// The structural index: where the delimiters and terminators outside quotes are.
// Takes: text. Gives: ascending positions. Owns: nothing. Threads: pure functions. Fails: never; it stops at a quote
// that breaks RFC 4180 and leaves that record to the exact path.
#include <cstddef>
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// The bytes that have a meaning.
struct StructuralBytes {
  char delimiter = ',';
  char terminator = '\n';  ///< LF, or CR in the CR family
  char quote = '"';
  bool quoting = true;  ///< false: quotes are ordinary bytes
};

/// What an index pass found besides the positions.
struct StructuralResult {
  uint32_t num_positions = 0;
  uint32_t num_terminators = 0;  ///< among the positions
  uint32_t stopped_at = 0;       ///< first byte that was not looked at; a suspect quote, or no room was left
  bool suspect = false;  ///< a quote at or just before `stopped_at` breaks RFC 4180, or needs more text to judge
  bool full = false;     ///< stopped because `capacity` was reached
  bool has_quotes = false;
  bool all_quoted = false;         ///< every field begins with a quote
  bool has_double_quotes = false;  ///< two quotes stand side by side somewhere
  bool has_inner_lines = false;    ///< there may be terminators inside quotes
  bool ascii = true;
};

/// Where an index pass writes.
struct StructuralRoom {
  uint32_t* positions = nullptr;
  uint32_t capacity = 0;              ///< positions; 64 more may be written
  uint64_t* double_quotes = nullptr;  ///< with quoting: a word for each 64 bytes from `begin` on that are looked at
};

/// Index text[begin, end), which must start at a record start. 64 bytes after `end` must be readable.
/// In room.double_quotes a byte's bit is set where it is the second of two quotes side by side. Quote state by prefix
/// xor as in Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019); quotes are checked where that parity
/// could differ from RFC 4180.
using IndexStructuralsFn = StructuralResult (*)(const char* text, uint32_t begin, uint32_t end,
                                                const StructuralBytes& bytes, const StructuralRoom& room);

}  // namespace v0
}  // namespace headrace
