#include "simd/powers_of_ten.h"

#include <fast_float/fast_float.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>

namespace headrace {
inline namespace v0 {
namespace {

using Wide = __int128;

// The first 128 bits of 10^q, which are those of 5^q, by fast_float's table: other code made it.
unsigned __int128 FirstBits(int32_t q) {
  using Powers = fast_float::powers_template<>;
  const uint64_t* words = Powers::power_of_five_128 + 2 * (q - Powers::smallest_power_of_five);
  return static_cast<unsigned __int128>(words[0]) << 64 | words[1];
}

TEST(PowersOfTenTest, AreThoseOfTheCLibraryAndOfFastFloat) {
  for (int32_t q = kLeastPower; q <= kGreatestPower; q++) {
    const PowerOfTen& power = kDoublePowers.from_least[q - kLeastPower];
    EXPECT_EQ(power.high, std::strtod(("1e" + std::to_string(q)).c_str(), nullptr)) << q;
    // Both doubles in units of the last of 128 bits: the first has 53 of them, and 2^22 are 2^-106 of the whole.
    const int exponent = std::ilogb(power.high);
    const auto high = static_cast<unsigned __int128>(std::ldexp(power.high, 52 - exponent)) << 75;
    const auto low = static_cast<Wide>(std::ldexp(power.low, 127 - exponent));
    const auto difference = static_cast<Wide>(FirstBits(q) - high) - low;
    EXPECT_LE(difference < 0 ? -difference : difference, Wide{1} << 22) << q;
  }
}

TEST(PowersOfTenTest, SmallOnesAreExact) {
  for (int32_t q = 0; q <= 22; q++) EXPECT_EQ(kDoublePowers.from_least[q - kLeastPower].low, 0) << q;
}

}  // namespace
}  // namespace v0
}  // namespace headrace
