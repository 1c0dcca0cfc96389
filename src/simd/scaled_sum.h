#pragma once
// Why sums and products of scaled numbers are correctly rounded where the float kernels say so: what the levels share
// of ScaledSum, ScaledProduct and their twins for float, which each of them writes in its own lanes.
//
// ScaledSum, a * 10^-8 + b * 10^-24: high = a * 10^-8, and `low` gathers what is missing of it. high + low is the value
// with an error of at most
//   high * 3 * 2^-105   (10^-8 in two doubles, the product's low part, the rounding of `low`)
//   b * 10^-24 * 2^-51  (b and 10^-24 rounded to double, the rounding of `low`, and of low -+ bound)
// `bound` is eight times and twice as much. If adding and subtracting it round to the same double, everything between
// does, and so does the value. A bound in proportion to the value keeps 0 certain.
//
// ScaledSumFloat: the double sum is within 2^-50 of the value, in proportion; ends that enclose it and round to the
// same float decide. (The nearest float of the rounded double may be another one.)
//
// ScaledProduct, (a * 10^8 + b) * 10^q, for a below 10^15 and b below 10^8: the sum is a whole number of up to 77 bits,
// and so two doubles hold all of it. (The low part of a * 10^8 is below 2^24, so that adding b to it is exact; their
// sum is below the high part, unless that is 0, so that what is lost by adding both is known exactly.) high is the
// product of the first double and that of 10^q, `low` gathers what is missing: high + low is the value with an error of
// at most high * 5 * 2^-105, in units of 2^-105
//   1/2  10^q in two doubles (powers_of_ten.h)
//   1/2  the product of the two second doubles, which is left out
//   1    the rounding of the inner multiply-add, of which both parts are below high * 2^-53
//   3    the rounding of `low`, which is below high * 3 * 2^-53, and of low -+ bound
// `bound` is six times as much. 10^q is at least 10^-270, so that nothing of this is lost to underflow: the least bit
// of a product's low part is above 2^-1003. What overflows is no number or infinite, and not taken.
//
// ScaledProductFloat: the number, the power and their product are each rounded to a double, and the product is within
// 2^-50 of the value, in proportion. No float is so small that its double is not normal: the one rounding to float may
// be to a denormal one. What becomes infinite, or 0 though the number is not, is not taken.

namespace headrace {
inline namespace v0 {

// 10^-8 as the sum of two doubles, and 10^-24 as the nearest one.
constexpr double kTenToMinus8 = 1e-8, kTenToMinus8Low = -2.0922560830128471e-25, kTenToMinus24 = 1e-24;

constexpr double kHighBound = 0x1p-100;                // of `high`
constexpr double kLowBound = kTenToMinus24 * 0x1p-50;  // of b
constexpr double kGreatestDouble = 0x1.fffffffffffffp1023;
constexpr float kGreatestFloat = 0x1.fffffep127f;
constexpr double kAbove = 1 + 0x1p-48, kBelow = 1 - 0x1p-48;  // ends that enclose the value, for float

}  // namespace v0
}  // namespace headrace
