#pragma once
// Why a * 10^-8 + b * 10^-24 is correctly rounded where the float kernels say so: what the levels share of ScaledSum
// and ScaledSumFloat, which each of them writes in its own lanes.
//
// ScaledSum: high = a * 10^-8, and `low` gathers what is missing of it. high + low is the value with an error of at
// most
//   high * 3 * 2^-105   (10^-8 in two doubles, the product's low part, the rounding of `low`)
//   b * 10^-24 * 2^-51  (b and 10^-24 rounded to double, the rounding of `low`, and of low -+ bound)
// `bound` is eight times and twice as much. If adding and subtracting it round to the same double, everything between
// does, and so does the value. A bound in proportion to the value keeps 0 certain.
//
// ScaledSumFloat: the double sum is within 2^-50 of the value, in proportion; ends that enclose it and round to the
// same float decide. (The nearest float of the rounded double may be another one.)

namespace headrace {
inline namespace v0 {

// 10^-8 as the sum of two doubles, and 10^-24 as the nearest one.
constexpr double kTenToMinus8 = 1e-8, kTenToMinus8Low = -2.0922560830128471e-25, kTenToMinus24 = 1e-24;

constexpr double kHighBound = 0x1p-100;                       // of `high`
constexpr double kLowBound = kTenToMinus24 * 0x1p-50;         // of b
constexpr double kAbove = 1 + 0x1p-48, kBelow = 1 - 0x1p-48;  // ends that enclose the value, for float

}  // namespace v0
}  // namespace headrace
