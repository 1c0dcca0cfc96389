#include "sink/delta_packing.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "sink/parquet_page_header.h"

namespace headrace {
inline namespace v0 {
namespace {

// As other writers have it; readers expect blocks of a multiple of 128 and miniblocks of a multiple of 32.
constexpr int kMiniblock = 32, kMiniblocks = 4, kBlock = kMiniblock * kMiniblocks;
constexpr int64_t kMaxHeaderBytes = 2 + 1 + 10 + 10;

uint64_t ZigZag(int64_t value) { return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63); }

// Store one miniblock, the lowest bits first: 4 * `bits` bytes.
template <class Unsigned>
uint8_t* StorePacked(const Unsigned* values, int bits, uint8_t* to) {
  uint64_t held = 0;
  int num_held = 0;
  for (int i = 0; i < kMiniblock; i++) {
    const uint64_t value = values[i];
    held |= value << num_held;
    num_held += bits;
    if (num_held < 64) continue;
    std::memcpy(to, &held, sizeof held);
    to += sizeof held;
    num_held -= 64;
    held = num_held == 0 ? 0 : value >> (bits - num_held);
  }
  std::memcpy(to, &held, static_cast<size_t>(num_held / 8));
  return to + num_held / 8;
}

// Store a block of `count` differences (1 to kBlock), which become differences to the least one.
template <class Unsigned>
uint8_t* StoreBlock(Unsigned* deltas, int count, uint8_t* to) {
  using Signed = std::make_signed_t<Unsigned>;
  Signed least = static_cast<Signed>(deltas[0]);
  for (int i = 1; i < count; i++) least = std::min(least, static_cast<Signed>(deltas[i]));
  for (int i = 0; i < count; i++) deltas[i] -= static_cast<Unsigned>(least);
  std::fill(deltas + count, deltas + kBlock, Unsigned{0});
  to = StoreVarint(ZigZag(least), to);
  uint8_t* widths = to;
  to += kMiniblocks;
  for (int i = 0; i < kBlock; i += kMiniblock) {
    Unsigned any = 0;
    for (int k = 0; k < kMiniblock; k++) any |= deltas[i + k];
    const int bits = std::bit_width(any);
    *widths++ = static_cast<uint8_t>(bits);  // 0 where there are no values: nothing is stored
    if (bits > 0) to = StorePacked(deltas + i, bits, to);
  }
  return to;
}

// `at(i)` is the i-th value.
template <class Unsigned, class AtFn>
uint8_t* Store(int64_t count, AtFn at, uint8_t* to) {
  to = StoreVarint(kBlock, to);
  to = StoreVarint(kMiniblocks, to);
  to = StoreVarint(static_cast<uint64_t>(count), to);
  to = StoreVarint(ZigZag(count == 0 ? 0 : at(0)), to);
  Unsigned deltas[kBlock];
  for (int64_t begin = 1; begin < count; begin += kBlock) {
    const auto size = static_cast<int>(std::min<int64_t>(kBlock, count - begin));
    for (int i = 0; i < size; i++) {
      deltas[i] = static_cast<Unsigned>(at(begin + i)) - static_cast<Unsigned>(at(begin + i - 1));
    }
    to = StoreBlock(deltas, size, to);
  }
  return to;
}

}  // namespace

uint8_t* StoreDeltas(const int32_t* values, int64_t count, uint8_t* to) {
  return Store<uint32_t>(
      count, [=](int64_t i) { return values[i]; }, to);
}

uint8_t* StoreDeltas(const int64_t* values, int64_t count, uint8_t* to) {
  return Store<uint64_t>(
      count, [=](int64_t i) { return values[i]; }, to);
}

int64_t MaxDeltaBytes(int64_t count, int width) {
  constexpr int64_t kMaxVarintBytes = 10;
  const int64_t blocks = (count + kBlock - 1) / kBlock;
  return kMaxHeaderBytes + blocks * (kMaxVarintBytes + kMiniblocks + kBlock * width);
}

uint8_t* StoreDeltaLengths(const int32_t* offsets, const char* bytes, int64_t count, uint8_t* to) {
  to = Store<uint32_t>(
      count, [=](int64_t i) { return offsets[i + 1] - offsets[i]; }, to);
  const auto length = static_cast<size_t>(offsets[count] - offsets[0]);
  if (length > 0) std::memcpy(to, bytes + offsets[0], length);
  return to + length;
}

}  // namespace v0
}  // namespace headrace
