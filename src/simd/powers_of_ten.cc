#include "simd/powers_of_ten.h"

#include <bit>

namespace headrace {
inline namespace v0 {
namespace {

using Wide = unsigned __int128;

// A number of 192 bits, the highest of them set, times 2^exponent. A step up or down loses less than 2^-190 of it, and
// there are 308 steps at most: what is left is right to far more than the 106 bits of two doubles.
struct LongNumber {
  uint64_t words[3];  // the lowest first
  int exponent;
};

constexpr LongNumber kOne = {{0, 0, uint64_t{1} << 63}, -191};

constexpr LongNumber TimesTen(LongNumber x) {
  uint64_t carry = 0;
  for (uint64_t& word : x.words) {
    const Wide product = Wide{word} * 5 + carry;
    word = static_cast<uint64_t>(product);
    carry = static_cast<uint64_t>(product >> 64);
  }
  const int shift = static_cast<int>(std::bit_width(carry));  // the highest bit was set, so that there is a carry
  for (int i = 0; i < 3; i++) {
    const uint64_t next = i < 2 ? x.words[i + 1] : carry;
    x.words[i] = x.words[i] >> shift | next << (64 - shift);
  }
  x.exponent += 1 + shift;
  return x;
}

constexpr LongNumber OverTen(LongNumber x) {
  uint64_t quotient[4] = {};
  uint64_t rest = 0;
  for (int i = 3; i >= 0; i--) {
    const Wide dividend = Wide{rest} << 64 | (i > 0 ? x.words[i - 1] : 0);
    quotient[i] = static_cast<uint64_t>(dividend / 5);
    rest = static_cast<uint64_t>(dividend % 5);
  }
  const int shift = std::countl_zero(quotient[3]);  // 2 or 3
  for (int i = 0; i < 3; i++) x.words[i] = quotient[i + 1] << shift | quotient[i] >> (64 - shift);
  x.exponent -= 1 + shift;
  return x;
}

// For exponents of normal doubles.
constexpr double PowerOfTwo(int exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

// The nearest double and what is missing, of the first 128 bits.
constexpr PowerOfTen ToDoubles(const LongNumber& x) {
  constexpr int kBehind = 75;  // bits behind a double's 53
  const Wide number = Wide{x.words[2]} << 64 | x.words[1];
  auto first = static_cast<uint64_t>(number >> kBehind);
  auto missing = static_cast<__int128>(number & ((Wide{1} << kBehind) - 1));
  if (missing > static_cast<__int128>(1) << (kBehind - 1)) {  // the only tie, 10^23, goes down to the even one
    first++;
    missing -= static_cast<__int128>(1) << kBehind;
  }
  const double scale = PowerOfTwo(x.exponent + 64 + 127);  // of the first bit
  return {static_cast<double>(first) * 0x1p-52 * scale, static_cast<double>(missing) * 0x1p-127 * scale};
}

constexpr PowersOfTen MakePowers() {
  PowersOfTen powers{};
  LongNumber up = kOne, down = kOne;
  for (int32_t q = 0; q <= kGreatestPower; q++, up = TimesTen(up)) powers.from_least[q - kLeastPower] = ToDoubles(up);
  for (int32_t q = 0; q >= kLeastPower; q--, down = OverTen(down)) powers.from_least[q - kLeastPower] = ToDoubles(down);
  return powers;
}

}  // namespace

constexpr PowersOfTen kDoublePowers = MakePowers();

}  // namespace v0
}  // namespace headrace
