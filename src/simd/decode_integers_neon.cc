// Integers with NEON: the digits before a field's end become a number by a tree of multiply-adds (2, 4, 8, 16 digits).
#include "simd/kernels_neon.h"

#if defined(__aarch64__)
#include <limits>

#include "simd/high_digits.h"
#include "simd/lanes_neon.h"

namespace headrace {
inline namespace v0 {
namespace {

struct EightDigitTexts {
  uint32x4_t groups;    // two groups of four digits for each of the two fields
  uint64x2_t fault;     // a lane's bits: something else than digits behind the sign
  uint64x2_t negative;  // all ones in lanes with a minus
};

// Two fields of 1 to 8 characters, as the words that they end. `length` has a field's length in each lane.
inline EightDigitTexts ReadEight(const char* text, const uint32_t* end, uint64x2_t length) {
  const auto word = [&](uint32_t place) { return vld1_u8(reinterpret_cast<const uint8_t*>(text) + place - 8); };
  const uint8x16_t words = vcombine_u8(word(end[0]), word(end[1]));
  const int64x2_t shift = vsubq_s64(vdupq_n_s64(64), vreinterpretq_s64_u64(vshlq_n_u64(length, 3)));
  const uint64x2_t mask = vshlq_u64(vdupq_n_u64(~uint64_t{0}), shift);
  const uint64x2_t behind_first = vshlq_n_u64(mask, 8);
  const uint8x16_t all = vandq_u8(vsubq_u8(words, vdupq_n_u8('0')), vreinterpretq_u8_u64(mask));
  // The first character, if it is a minus: ones there, zeros elsewhere.
  const uint8x16_t minus =
      vbicq_u8(vceqq_u8(all, vdupq_n_u8(static_cast<uint8_t>('-' - '0'))), vreinterpretq_u8_u64(behind_first));
  const uint8x16_t digits = vbicq_u8(all, minus);
  EightDigitTexts result;
  result.negative = vtstq_u64(vreinterpretq_u64_u8(minus), vreinterpretq_u64_u8(minus));
  const uint64x2_t only_minus = vandq_u64(result.negative, vceqzq_u64(behind_first));
  result.fault = vorrq_u64(vreinterpretq_u64_u8(vqsubq_u8(digits, vdupq_n_u8(9))), only_minus);
  result.groups = AddPairs(AddPairs(digits, Tens()), Hundreds());
  return result;
}

// Store four values of up to eight digits; a lane of *fault becomes ones where T does not hold the value.
template <class T>
inline void StoreFour(uint32x4_t value, uint32x4_t negative, T* values, uint32x4_t* fault) {
  constexpr bool kSigned = T(-1) < T(0);
  const int32x4_t with_sign = vreinterpretq_s32_u32(WithSign(value, negative));
  if constexpr (!kSigned) *fault = vorrq_u32(*fault, negative);
  if constexpr (sizeof(T) < 4) {
    *fault = vorrq_u32(*fault, Outside(with_sign, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    int32_t lanes[4];
    vst1q_s32(lanes, with_sign);
    for (int k = 0; k < 4; k++) values[k] = static_cast<T>(lanes[k]);
  } else if constexpr (sizeof(T) == 4) {
    vst1q_s32(reinterpret_cast<int32_t*>(values), with_sign);
  } else {
    vst1q_s64(reinterpret_cast<int64_t*>(values), vmovl_s32(vget_low_s32(with_sign)));
    vst1q_s64(reinterpret_cast<int64_t*>(values) + 2, vmovl_high_s32(with_sign));
  }
}

// Fields of 1 to 8 characters, four a step.
template <class T>
inline uint64_t ReadShortIntegers(const FieldBlock& block, T* values) {
  uint64_t again = 0;
  for (uint32_t i = 0; i < block.size; i += 4) {
    const uint32x4_t length = Lengths(block, i);
    const EightDigitTexts x = ReadEight(block.text, block.end + i, vmovl_u32(vget_low_u32(length)));
    const EightDigitTexts y = ReadEight(block.text, block.end + i + 2, vmovl_high_u32(length));
    const uint32x4_t value = AddPairs(x.groups, y.groups, TenThousands());
    const auto narrow = [](uint64x2_t low, uint64x2_t high) { return vcombine_u32(vmovn_u64(low), vmovn_u64(high)); };
    uint32x4_t outside = vceqzq_u32(length);
    StoreFour(value, narrow(x.negative, y.negative), values + i, &outside);
    outside = vorrq_u32(outside, narrow(vtstq_u64(x.fault, x.fault), vtstq_u64(y.fault, y.fault)));
    again |= uint64_t{LaneBits(outside)} << i;
  }
  return again;
}

// The last 16 bytes of a field as digit values; `from` is the mask of its digits.
inline uint8x16_t LoadSixteen(const char* text, uint32_t end, uint32_t from) {
  return vandq_u8(vsubq_u8(Load16(text + end - 16), vdupq_n_u8('0')), Load16(kOnesFrom.bytes + from));
}

// Store two values that are at most 10^16 in magnitude; return the mask of those that T does not hold.
template <class T>
inline uint32_t StoreTwo(uint64x2_t value, uint64x2_t negative, T* values) {
  constexpr bool kSigned = T(-1) < T(0);
  const int64x2_t with_sign = WithSign(value, negative);
  uint64x2_t outside = kSigned ? vdupq_n_u64(0) : negative;
  if constexpr (sizeof(T) < 8) {
    const int64x2_t most = vdupq_n_s64(std::numeric_limits<T>::max()),
                    least = vdupq_n_s64(std::numeric_limits<T>::min());
    outside = vorrq_u64(outside, vorrq_u64(vcgtq_s64(with_sign, most), vcltq_s64(with_sign, least)));
  }
  values[0] = static_cast<T>(vgetq_lane_s64(with_sign, 0));
  values[1] = static_cast<T>(vgetq_lane_s64(with_sign, 1));
  return LaneBits(outside);
}

// Fields of up to 16 digits, two a step; of 64 bits, up to three more.
template <class T>
inline uint64_t ReadLongIntegers(const FieldBlock& block, T* values) {
  constexpr int32_t kMost = sizeof(T) == 8 ? 16 + kMostHighDigits : 16;
  uint32_t from[FieldBlock::kMaxFields], minuses[FieldBlock::kMaxFields];
  uint64_t again = 0, negative = 0, longer = 0;
  for (uint32_t i = 0; i < block.size; i += 4) {
    uint32_t first[4];
    for (uint32_t k = 0; k < 4; k++) first[k] = static_cast<uint8_t>(block.text[block.begin[i + k]]);
    const uint32x4_t length = vminq_u32(Lengths(block, i), vdupq_n_u32(32));
    const uint32x4_t minus = vceqq_u32(vld1q_u32(first), vdupq_n_u32('-'));
    const uint32x4_t count = vaddq_u32(length, minus);
    vst1q_u32(from + i, vaddq_u32(count, vdupq_n_u32(64)));
    vst1q_u32(minuses + i, minus);
    again |= uint64_t{LaneBits(Outside(vreinterpretq_s32_u32(count), 1, kMost))} << i;
    negative |= uint64_t{LaneBits(minus)} << i;
    longer |= uint64_t{LaneBits(vcgtq_u32(count, vdupq_n_u32(16)))} << i;
  }
  for (uint32_t i = 0; i < block.size; i += 2) {
    const uint8x16_t first = LoadSixteen(block.text, block.end[i], from[i]);
    const uint8x16_t second = LoadSixteen(block.text, block.end[i + 1], from[i + 1]);
    const uint32x4_t eights = AddPairs(AddPairs(AddPairs(first, Tens()), Hundreds()),
                                       AddPairs(AddPairs(second, Tens()), Hundreds()), TenThousands());
    uint32_t outside = StoreTwo(Sixteens(eights), WideMask(minuses + i), values + i);
    const uint8x16_t nine = vdupq_n_u8(9);
    if (AnyBit(vqsubq_u8(vmaxq_u8(first, second), nine))) [[unlikely]] {
      outside |= uint32_t{AnyBit(vqsubq_u8(first, nine))} | uint32_t{AnyBit(vqsubq_u8(second, nine))} << 1;
    }
    again |= uint64_t{outside} << i;
  }
  if constexpr (kMost > 16) again |= AddHighDigits(block, longer & ~again & LowBits(block.size), negative, values);
  return again;
}

template <class T>
inline uint64_t ReadIntegers(const FieldBlock& block, T* values) {
  const FieldBlock local = block;  // stores to `values` cannot change it
  uint32x4_t longest = vdupq_n_u32(0);
  for (uint32_t i = 0; i < local.size; i += 4) longest = vmaxq_u32(longest, Lengths(local, i));
  const bool is_long = vmaxvq_u32(longest) > 8;
  return (is_long ? ReadLongIntegers(local, values) : ReadShortIntegers(local, values)) & LowBits(local.size);
}

// The bytes of the lanes whose bits are set, in order; the others repeat the first lane.
struct LaneOrders {
  alignas(16) uint8_t of[16][16];
};
constexpr LaneOrders kSetLanes = [] {
  LaneOrders orders{};
  for (int mask = 0; mask < 16; mask++) {
    int count = 0;
    for (int lane = 0; lane < 4; lane++) {
      if ((mask >> lane & 1) == 0) continue;
      for (int byte = 0; byte < 4; byte++) orders.of[mask][4 * count + byte] = static_cast<uint8_t>(4 * lane + byte);
      count++;
    }
  }
  return orders;
}();

inline uint32x4_t TakeLanes(uint32x4_t lanes, uint8x16_t order) {
  return vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(lanes), order));
}

}  // namespace

uint64_t ReadIntegersNeon(const FieldBlock& block, int8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersNeon(const FieldBlock& block, int16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersNeon(const FieldBlock& block, int32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersNeon(const FieldBlock& block, int64_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersNeon(const FieldBlock& block, uint8_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersNeon(const FieldBlock& block, uint16_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersNeon(const FieldBlock& block, uint32_t* values) { return ReadIntegers(block, values); }
uint64_t ReadIntegersNeon(const FieldBlock& block, uint64_t* values) { return ReadIntegers(block, values); }

uint64_t FindPresentNeon(const uint32_t* begin, const uint32_t* end, uint32_t first, uint32_t count,
                         PresentLists* lists) {
  static constexpr uint32_t kPlaces[4] = {0, 1, 2, 3};
  uint32_t at = lists->size, i = 0;
  uint64_t present = 0;
  for (; i + 4 <= count; i += 4) {
    const uint32x4_t begins = vld1q_u32(begin + first + i), ends = vld1q_u32(end + first + i);
    const uint32_t mask = ~LaneBits(vceqq_u32(begins, ends)) & 15;
    const uint8x16_t order = vld1q_u8(kSetLanes.of[mask]);
    vst1q_u32(lists->rows + at, TakeLanes(vaddq_u32(vld1q_u32(kPlaces), vdupq_n_u32(first + i)), order));
    vst1q_u32(lists->begin + at, TakeLanes(begins, order));
    vst1q_u32(lists->end + at, TakeLanes(ends, order));
    at += static_cast<uint32_t>(__builtin_popcount(mask));
    present |= uint64_t{mask} << i;
  }
  for (; i < count; i++) {
    const bool not_empty = begin[first + i] != end[first + i];
    lists->rows[at] = first + i;
    lists->begin[at] = begin[first + i];
    lists->end[at] = end[first + i];
    at += not_empty;
    present |= uint64_t{not_empty} << i;
  }
  lists->size = at;
  return present;
}

}  // namespace v0
}  // namespace headrace
#endif
