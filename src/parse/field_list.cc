#include "parse/field_list.h"

namespace headrace {
inline namespace v0 {
namespace {

int Digit(char byte, int base) {
  const int value = byte >= '0' && byte <= '9'   ? byte - '0'
                    : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                    : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                 : base;
  return value < base ? value : -1;
}

// Read up to `most` digits from `at`; `*at` stays where there is none.
char ReadDigits(const char** at, const char* end, int base, int most) {
  int value = 0;
  for (int i = 0; i < most && *at < end && Digit(**at, base) >= 0; i++) value = value * base + Digit(*(*at)++, base);
  return static_cast<char>(value);
}

}  // namespace

// Behind an escape, by the rules of PostgreSQL's COPY ("File Formats, Text Format").
char FieldBytes::NextOfC() {
  const char byte = *at_;
  if (Digit(byte, 8) >= 0) return ReadDigits(&at_, end_, 8, 3);
  at_++;
  switch (byte) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case 'x':
      return at_ < end_ && Digit(*at_, 16) >= 0 ? ReadDigits(&at_, end_, 16, 2) : byte;
    default:
      return byte;
  }
}

}  // namespace v0
}  // namespace headrace
