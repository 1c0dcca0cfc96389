#include "os/crc32c_combine.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78;  // Castagnoli, lowest power in the highest bit
constexpr uint32_t kOne = 0x80000000;         // the polynomial 1

// Multiply two polynomials modulo the CRC's.
constexpr uint32_t Multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = kOne; bit != 0; bit >>= 1) {
    if ((a & bit) != 0) product ^= b;
    b = (b & 1) != 0 ? (b >> 1) ^ kPolynomial : b >> 1;
  }
  return product;
}

}  // namespace

uint32_t Crc32cCombine(uint32_t crc_a, uint32_t crc_b, uint64_t bytes_b) {
  // x^(8 * bytes), by squaring: the shift that B's bytes give to A's remainder.
  uint32_t power = 0x00800000;  // x^8
  uint32_t shift = kOne;
  for (; bytes_b != 0; bytes_b >>= 1) {
    if ((bytes_b & 1) != 0) shift = Multiply(power, shift);
    power = Multiply(power, power);
  }
  return Multiply(shift, crc_a) ^ crc_b;
}

}  // namespace v0
}  // namespace headrace
