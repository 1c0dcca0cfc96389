#include "sink/parquet_values.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sink/delta_packing.h"
#include "sink/parquet_page_header.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kMaxVarintBytes = 10;

int64_t VarintBytes(uint64_t value) { return value == 0 ? 1 : (std::bit_width(value) + 6) / 7; }

uint64_t PackedHeader(int64_t count) { return static_cast<uint64_t>((count + 7) / 8) << 1 | 1; }

int64_t PackedBytes(int64_t count, int bits) {
  return VarintBytes(PackedHeader(count)) + (count + 7) / 8 * bits;  // groups of eight take `bits` bytes
}

int64_t CountRuns(const uint16_t* indices, int64_t count) {
  constexpr int64_t kBlock = 8192;  // that 16 bits can count: the compiler's vectors stay narrow
  int64_t runs = 1;
  for (int64_t begin = 1; begin < count; begin += kBlock) {
    uint16_t changes = 0;
    for (int64_t i = begin; i < std::min(begin + kBlock, count); i++) changes += indices[i] != indices[i - 1];
    runs += changes;
  }
  return runs;
}

// Call `visit(index, length)` for every run.
template <class VisitFn>
void ForRuns(const uint16_t* indices, int64_t count, VisitFn visit) {
  for (int64_t i = 0; i < count;) {
    int64_t end = i + 1;
    while (end < count && indices[end] == indices[i]) end++;
    visit(indices[i], end - i);
    i = end;
  }
}

bool RunsAreShorter(const uint16_t* indices, int64_t count, int value_bytes, int64_t packed_bytes) {
  const int64_t runs = CountRuns(indices, count), least = runs * (1 + value_bytes);
  if (least >= packed_bytes) return false;
  constexpr int64_t kOneByteLength = 63;  // longer runs, of which there are not many, take up to two bytes more
  if (least + 2 * (count / kOneByteLength) < packed_bytes) return true;
  int64_t bytes = 0;
  ForRuns(indices, count,
          [&](uint16_t, int64_t length) { bytes += VarintBytes(static_cast<uint64_t>(length) << 1) + value_bytes; });
  return bytes < packed_bytes;
}

// Eight values of up to fifteen bits, the first in the lowest bits.
__extension__ using PackedGroup = unsigned __int128;
PackedGroup PackGroup(const uint16_t* values, int bits) {
  const auto four = [&](const uint16_t* from) {  // pairs, then pairs of pairs
    constexpr uint64_t kEven = 0x0000FFFF0000FFFF;
    uint64_t word;
    std::memcpy(&word, from, sizeof word);
    const uint64_t pairs = (word & kEven) | (word >> 16 & kEven) << bits;
    return (pairs & 0xFFFFFFFF) | pairs >> 32 << 2 * bits;
  };
  return four(values) | static_cast<PackedGroup>(four(values + 4)) << 4 * bits;
}

uint8_t* StorePacked(const uint16_t* indices, int64_t count, int bits, uint8_t* to) {
  to = StoreVarint(PackedHeader(count), to);
  const int64_t bytes = (count + 7) / 8 * bits;
  uint8_t* const end = to + bytes;
  if (bits == 16) {
    std::memcpy(to, indices, static_cast<size_t>(count) * 2);
    to += count * 2;
  } else if (bits == 8) {
    for (int64_t i = 0; i < count; i++) to[i] = static_cast<uint8_t>(indices[i]);
    to += count;
  } else {
    constexpr auto kGroupBytes = static_cast<int64_t>(sizeof(PackedGroup));
    int64_t i = 0;
    for (; i + 8 <= count && end - to >= kGroupBytes; i += 8, to += bits) {
      const PackedGroup group = PackGroup(indices + i, bits);
      std::memcpy(to, &group, sizeof group);
    }
    for (; i < count; i += 8, to += bits) {
      uint16_t last[8] = {};
      std::copy(indices + i, indices + std::min(i + 8, count), last);
      const PackedGroup group = PackGroup(last, bits);
      std::memcpy(to, &group, static_cast<size_t>(bits));
    }
  }
  std::memset(to, 0, static_cast<size_t>(end - to));
  return end;
}

uint8_t* StoreTexts(const PhysicalValues& values, int64_t first, int64_t count, uint8_t* to) {
  for (int64_t i = first; i < first + count; i++) {
    const std::string_view text = values.text(i);
    const auto length = static_cast<uint32_t>(text.size());
    std::memcpy(to, &length, sizeof length);
    if (length > 0) std::memcpy(to + sizeof length, text.data(), length);
    to += sizeof length + length;
  }
  return to;
}

uint8_t* StoreBools(const uint8_t* values, int64_t count, uint8_t* to) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, values + i, sizeof bytes);
    *to++ = static_cast<uint8_t>(bytes * 0x0102040810204080 >> 56);  // byte k, 0 or 1, becomes bit k
  }
  if (i == count) return to;
  *to = 0;
  for (int bit = 0; i < count; i++, bit++) *to |= static_cast<uint8_t>(values[i] << bit);
  return to + 1;
}

}  // namespace

int64_t MaxLevelBytes(int64_t rows) { return 4 + kMaxVarintBytes + 1 + (rows + 7) / 8; }

uint8_t* StoreLevels(const uint64_t* validity, int64_t rows, int64_t num_values, uint8_t* to) {
  uint8_t* const begin = to;
  to += 4;
  if (num_values == rows) {
    to = StoreVarint(static_cast<uint64_t>(rows) << 1, to);
    *to++ = 1;
  } else {
    to = StoreVarint(PackedHeader(rows), to);
    std::memcpy(to, validity, static_cast<size_t>((rows + 7) / 8));
    to += (rows + 7) / 8;
    if (rows % 8 != 0) to[-1] &= static_cast<uint8_t>((1 << (rows % 8)) - 1);
  }
  const auto length = static_cast<uint32_t>(to - begin - 4);
  std::memcpy(begin, &length, sizeof length);
  return to;
}

int64_t PlainBytes(const PhysicalValues& values, int64_t first, int64_t count) {
  if (values.is_bool) return (count + 7) / 8;
  if (values.width > 0) return count * values.width;
  return 4 * count + values.offsets[first + count] - values.offsets[first];
}

uint8_t* StorePlain(const PhysicalValues& values, int64_t first, int64_t count, uint8_t* to) {
  if (values.is_bool) return StoreBools(values.fixed + first, count, to);
  if (values.width == 0) return StoreTexts(values, first, count, to);
  const int64_t bytes = count * values.width;
  if (bytes > 0) std::memcpy(to, values.fixed + first * values.width, static_cast<size_t>(bytes));
  return to + bytes;
}

int64_t MaxDeltaBytes(const PhysicalValues& values, int64_t first, int64_t count) {
  if (values.width > 0) return MaxDeltaBytes(count, values.width);
  return MaxDeltaBytes(count, sizeof(int32_t)) + values.offsets[first + count] - values.offsets[first];
}

uint8_t* StoreDelta(const PhysicalValues& values, int64_t first, int64_t count, uint8_t* to) {
  if (values.width == 0) return StoreDeltaLengths(values.offsets + first, values.bytes, count, to);
  if (values.width == 4) return StoreDeltas(reinterpret_cast<const int32_t*>(values.fixed) + first, count, to);
  return StoreDeltas(reinterpret_cast<const int64_t*>(values.fixed) + first, count, to);
}

int IndexBits(int64_t num_distinct, bool whole_bytes) {
  if (whole_bytes) return num_distinct > 256 ? 16 : 8;
  return std::max(1, static_cast<int>(std::bit_width(static_cast<uint64_t>(num_distinct - 1))));
}

int64_t MaxIndexBytes(int64_t count, int bits) { return 1 + kMaxVarintBytes + (count + 7) / 8 * bits; }

uint8_t* StoreIndices(const uint16_t* indices, int64_t count, int bits, uint8_t* to) {
  *to++ = static_cast<uint8_t>(bits);
  if (count == 0) return to;
  const int value_bytes = (bits + 7) / 8;
  if (!RunsAreShorter(indices, count, value_bytes, PackedBytes(count, bits))) {
    return StorePacked(indices, count, bits, to);
  }
  ForRuns(indices, count, [&](uint16_t index, int64_t length) {
    to = StoreVarint(static_cast<uint64_t>(length) << 1, to);
    std::memcpy(to, &index, static_cast<size_t>(value_bytes));
    to += value_bytes;
  });
  return to;
}

}  // namespace v0
}  // namespace headrace
