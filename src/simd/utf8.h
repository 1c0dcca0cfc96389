#pragma once
// Whether a text is well-formed UTF-8: Unicode 15, table 3-7; NUL is an ordinary character.
// Takes: text. Gives: a yes or a no. Owns: nothing. Threads: functions without state. Fails: never.

namespace headrace {
inline namespace v0 {

/// Return true where [begin, end) is well-formed. Eight bytes behind the end are read, whatever they hold. For short
/// texts, and the plain twin of the others.
bool IsValidUtf8(const char* begin, const char* end);

/// Return true where some character of several bytes is well-formed in [begin, end), whatever stands around it.
bool HasUtf8Character(const char* begin, const char* end);

/// IsValidUtf8 for long texts, a vector at a time: J. Keiser and D. Lemire, "Validating UTF-8 In Less Than One
/// Instruction Per Byte", Software: Practice and Experience 51 (2021).
using IsValidUtf8Fn = bool (*)(const char* begin, const char* end);

}  // namespace v0
}  // namespace headrace
