#include "source/converters.h"

#include <iconv.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kBlock = 16;  // characters that are looked at together

// Write a code point that is no surrogate.
char* PutUtf8(uint32_t code, char* to) {
  if (code < 0x80) {
    *to++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *to++ = static_cast<char>(0xc0 | (code >> 6));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *to++ = static_cast<char>(0xe0 | (code >> 12));
    *to++ = static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  } else {
    *to++ = static_cast<char>(0xf0 | (code >> 18));
    *to++ = static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    *to++ = static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  }
  return to;
}

constexpr bool kLittleEndian = std::endian::native == std::endian::little;
constexpr uint64_t kHighBits = 0x8080808080808080;

uint64_t LoadWord(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, 8);
  return word;
}

// How many bytes come before the first one that has a bit set.
int BytesBefore(uint64_t bits) {
  if (bits == 0) return 8;
  return (kLittleEndian ? std::countr_zero(bits) : std::countl_zero(bits)) / 8;
}

template <bool kBigEndian>
class Utf16Converter : public Converter {
 public:
  Step Convert(const char* from, int64_t from_bytes, bool final, char* to, int64_t to_bytes) override {
    const char* at = from;
    const char* const end = from + from_bytes / 2 * 2;
    char* out = to;
    const char* const last_room = to + to_bytes - 4 * kBlock;  // a block takes at most 3 bytes a unit
    while (at < end && out <= last_room) {
      if (end - at >= 2 * kBlock && AllAscii(at)) {
        for (int i = 0; i < kBlock; i++) out[i] = at[2 * i + (kBigEndian ? 1 : 0)];
        at += 2 * kBlock;
        out += kBlock;
        continue;
      }
      if (end - at >= 8) {
        const int ascii = PutAscii(at, out);
        at += 2 * ascii;
        out += ascii;
        if (ascii == 4) continue;
      }
      const char* const stop = std::min(end, at + 2 * kBlock);
      while (at < stop) {
        const uint32_t unit = Unit(at);
        if (unit - 0xd800 < 0x400 && end - at < 4 && !final) {  // the other half is still to come
          return {at - from, out - to};
        }
        at += 2;
        if (unit - 0xd800 >= 0x800) {
          out = PutUtf8(unit, out);
        } else if (unit < 0xdc00 && at < end && Unit(at) - 0xdc00 < 0x400) {
          out = PutUtf8(0x10000 + ((unit - 0xd800) << 10) + (Unit(at) - 0xdc00), out);
          at += 2;
        } else {
          *out++ = kInvalidByte;
        }
        if (at < stop && Unit(at) < 0x80) break;
      }
    }
    if (final && at == end && from_bytes % 2 != 0 && out <= last_room) {
      *out++ = kInvalidByte;
      at++;
    }
    return {at - from, out - to};
  }

 private:
  static uint32_t Unit(const char* at) {
    const auto first = static_cast<unsigned char>(at[0]), second = static_cast<unsigned char>(at[1]);
    return kBigEndian ? (uint32_t{first} << 8 | second) : (uint32_t{second} << 8 | first);
  }
  // Write four units as bytes; return how many of them come before the first that is not ASCII.
  static int PutAscii(const char* at, char* out) {
    constexpr int kShift = kLittleEndian == kBigEndian ? 8 : 0;
    constexpr uint64_t kOthers = kShift == 0 ? 0xff80ff80ff80ff80 : 0x80ff80ff80ff80ff;
    const uint64_t word = LoadWord(at);
    for (int i = 0; i < 4; i++) {
      out[i] = static_cast<char>(word >> ((kLittleEndian ? 16 * i : 48 - 16 * i) + kShift));
    }
    return BytesBefore(word & kOthers) / 2;
  }
  static bool AllAscii(const char* at) {
    uint16_t any = 0;
    for (int i = 0; i < kBlock; i++) {
      uint16_t unit;
      std::memcpy(&unit, at + 2 * i, 2);
      any |= unit;
    }
    constexpr uint16_t kNotAscii = (std::endian::native == std::endian::big) == kBigEndian ? 0xff80 : 0x80ff;
    return (any & kNotAscii) == 0;
  }
};

struct ByteTable {
  char text[256][4];
  uint8_t length[256];
  bool ascii_is_itself = true;
};

// Ask iconv for each byte. False where a byte alone is no whole character, or only the next one shows what it is.
bool FillTable(const std::string& name, ByteTable* table) {
  iconv_t conversion = iconv_open("UTF-8", name.c_str());
  if (conversion == reinterpret_cast<iconv_t>(-1)) return false;
  bool fits = true;
  for (int byte = 0; byte < 256 && fits; byte++) {
    iconv(conversion, nullptr, nullptr, nullptr, nullptr);
    char source = static_cast<char>(byte);
    char text[16] = {};
    char* from = &source;
    char* to = text;
    size_t from_bytes = 1, to_bytes = sizeof text;
    const bool failed = iconv(conversion, &from, &from_bytes, &to, &to_bytes) == static_cast<size_t>(-1);
    int64_t length = to - text;
    if (failed) {
      fits = errno == EILSEQ;
      text[0] = kInvalidByte;
      length = 1;
    }
    fits = fits && length >= 1 && length <= 4;
    if (!fits) break;
    std::memcpy(table->text[byte], text, 4);
    table->length[byte] = static_cast<uint8_t>(length);
    if (byte < 128 && (length != 1 || text[0] != source)) table->ascii_is_itself = false;
  }
  iconv_close(conversion);
  return fits;
}

class ByteConverter : public Converter {
 public:
  explicit ByteConverter(const ByteTable& table) : table_(table) {}

  Step Convert(const char* from, int64_t from_bytes, bool /*final*/, char* to, int64_t to_bytes) override {
    const char* at = from;
    const char* const end = from + from_bytes;
    char* out = to;
    const char* const last_room = to + to_bytes - 5 * kBlock;
    while (at < end && out <= last_room) {
      if (end - at >= kBlock && table_.ascii_is_itself) {
        const uint64_t first = LoadWord(at) & kHighBits, second = LoadWord(at + 8) & kHighBits;
        std::memcpy(out, at, kBlock);
        const int ascii = first == 0 ? 8 + BytesBefore(second) : BytesBefore(first);
        at += ascii;
        out += ascii;
        if (ascii == kBlock) continue;
      }
      const char* const stop = std::min(end, at + kBlock);
      do {  // a run of others, such as a word of Cyrillic
        const auto byte = static_cast<unsigned char>(*at++);
        std::memcpy(out, table_.text[byte], 4);
        out += table_.length[byte];
      } while (at < stop && (static_cast<unsigned char>(*at) >= 0x80 || !table_.ascii_is_itself));
    }
    return {at - from, out - to};
  }

 private:
  const ByteTable table_;
};

class IconvConverter : public Converter {
 public:
  IconvConverter(iconv_t conversion, size_t unit_bytes) : conversion_(conversion), unit_bytes_(unit_bytes) {}
  ~IconvConverter() override { iconv_close(conversion_); }

  Step Convert(const char* from, int64_t from_bytes, bool final, char* to, int64_t to_bytes) override {
    char* at = const_cast<char*>(from);
    char* out = to;
    auto left = static_cast<size_t>(from_bytes);
    auto room = static_cast<size_t>(to_bytes) - kReserve;
    while (true) {
      const size_t result = iconv(conversion_, &at, &left, &out, &room);
      if (result != static_cast<size_t>(-1) || errno == E2BIG) break;
      if (errno == EINVAL && !final && left < static_cast<size_t>(kMaxPending)) break;
      if (left == 0 || room == 0) break;
      *out++ = kInvalidByte;
      room--;
      const size_t skipped = std::min(left, unit_bytes_);
      at += skipped;
      left -= skipped;
    }
    if (final && left == 0) {  // what some converters hold back to see what follows
      room += kReserve;
      iconv(conversion_, nullptr, nullptr, &out, &room);
    }
    return {at - from, out - to};
  }

 private:
  static constexpr size_t kReserve = 32;
  iconv_t conversion_;
  const size_t unit_bytes_;  // go on behind so many where the bytes are not valid
};

}  // namespace

std::unique_ptr<Converter> MakeUtf16Converter(bool big_endian) {
  if (big_endian) return std::make_unique<Utf16Converter<true>>();
  return std::make_unique<Utf16Converter<false>>();
}

std::unique_ptr<Converter> MakeByteConverter(const std::string& iconv_name) {
  ByteTable table;
  return FillTable(iconv_name, &table) ? std::make_unique<ByteConverter>(table) : nullptr;
}

Result<std::unique_ptr<Converter>> MakeIconvConverter(const std::string& iconv_name) {
  iconv_t conversion = iconv_open("UTF-8", iconv_name.c_str());
  if (conversion == reinterpret_cast<iconv_t>(-1)) {
    return Status::Invalid("this system cannot convert '", iconv_name, "': iconv does not know it");
  }
  const bool is_wide = iconv_name.starts_with("UTF-32") || iconv_name.starts_with("ucs");
  const size_t unit_bytes = !is_wide ? 1 : iconv_name.starts_with("ucs-2") || iconv_name.starts_with("ucs2") ? 2 : 4;
  return std::make_unique<IconvConverter>(conversion, unit_bytes);
}

}  // namespace v0
}  // namespace headrace
