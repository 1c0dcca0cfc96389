#include "os/crc32c.h"

#include <array>
#include <cstdio>
#include <cstring>

#include "os/crc32c_combine.h"
#include "os/keeps_ledger.h"

#if defined(__x86_64__)
#include <nmmintrin.h>  // the baseline, x86-64-v2, has SSE 4.2
#endif

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kPolynomial = 0x82F63B78;  // reflected

constexpr std::array<uint32_t, 256> MakeTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
    table[i] = crc;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kTable = MakeTable();

#if defined(__x86_64__)
constexpr size_t kStripe = 64 << 10;

uint64_t Load(const uint8_t* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Three stripes at once: the instruction takes one cycle to start and three to end.
uint32_t ThreeStripes(uint32_t crc, const uint8_t* bytes) {
  uint64_t a = ~crc, b = ~0U, c = ~0U;
  for (size_t i = 0; i < kStripe; i += 8) {
    a = _mm_crc32_u64(a, Load(bytes + i));
    b = _mm_crc32_u64(b, Load(bytes + kStripe + i));
    c = _mm_crc32_u64(c, Load(bytes + 2 * kStripe + i));
  }
  const uint32_t ab = Crc32cCombine(~static_cast<uint32_t>(a), ~static_cast<uint32_t>(b), kStripe);
  return Crc32cCombine(ab, ~static_cast<uint32_t>(c), kStripe);
}
#endif

}  // namespace

uint32_t Crc32cPlain(uint32_t crc, const void* data, size_t num_bytes) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  crc = ~crc;
  for (size_t i = 0; i < num_bytes; i++) crc = crc >> 8 ^ kTable[(crc ^ bytes[i]) & 0xFF];
  return ~crc;
}

std::string Crc32cText(uint32_t crc) {
  char text[sizeof "crc32c:01234567"];
  std::snprintf(text, sizeof text, "crc32c:%08x", static_cast<unsigned>(crc));
  return text;
}

uint32_t Crc32c(uint32_t crc, const void* data, size_t num_bytes) {
  if (!kKeepsLedger) return crc;
#if defined(__x86_64__)
  const auto* bytes = static_cast<const uint8_t*>(data);
  for (; num_bytes >= 3 * kStripe; bytes += 3 * kStripe, num_bytes -= 3 * kStripe) crc = ThreeStripes(crc, bytes);
  uint64_t state = static_cast<uint32_t>(~crc);
  for (; num_bytes >= 8; bytes += 8, num_bytes -= 8) state = _mm_crc32_u64(state, Load(bytes));
  for (; num_bytes > 0; bytes++, num_bytes--) state = _mm_crc32_u8(static_cast<uint32_t>(state), *bytes);
  return ~static_cast<uint32_t>(state);
#else
  return Crc32cPlain(crc, data, num_bytes);
#endif
}

}  // namespace v0
}  // namespace headrace
