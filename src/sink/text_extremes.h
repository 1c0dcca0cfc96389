#pragma once
// Least and greatest text of a column, in the order of bytes.
// Takes: offsets into bytes. Gives: views of them. Owns: nothing. Threads: a function without state. Fails: never.
#include <cstdint>
#include <string_view>

namespace headrace {
inline namespace v0 {

struct TextExtremes {
  std::string_view least, greatest;
};

/// Return the extremes of the texts bytes[offsets[i], offsets[i + 1]), i < count; count is at least 1.
TextExtremes FindTextExtremes(const char* bytes, const int32_t* offsets, int64_t count);

}  // namespace v0
}  // namespace headrace
