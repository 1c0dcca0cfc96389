#pragma once
// Powers of ten for float kernels, each as the sum of two doubles.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// high + low is the power with an error of at most 2^-106 of it: `high` is the nearest double, `low` the nearest to
/// what is missing. So far down the products of scaled_sum.h lose no bit to underflow.
struct PowerOfTen {
  double high, low;
};
constexpr int32_t kLeastPower = -270, kGreatestPower = 308;
struct PowersOfTen {
  PowerOfTen from_least[kGreatestPower - kLeastPower + 1];
};
extern const PowersOfTen kDoublePowers;

}  // namespace v0
}  // namespace headrace
