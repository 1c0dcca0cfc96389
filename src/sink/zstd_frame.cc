#include "sink/zstd_frame.h"

#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_frameHeaderSize; the library is linked statically
#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kBlockBytes = 128 << 10;  // at most
constexpr int64_t kBlockHeaderBytes = 3;
constexpr uint32_t kLastBlock = 1;  // the header's lowest bit
constexpr uint32_t kRunBlock = 1;   // the type, in the two bits above

uint32_t LoadBlockHeader(const uint8_t* at) { return at[0] | uint32_t{at[1]} << 8 | uint32_t{at[2]} << 16; }

uint8_t* StoreLittleEndian(uint32_t value, int bytes, uint8_t* to) {
  std::memcpy(to, &value, static_cast<size_t>(bytes));
  return to + bytes;
}

}  // namespace

uint8_t* StoreFrameHeader(int64_t content_bytes, uint8_t* to) {
  constexpr uint8_t kSizeInFourBytesAndSingleSegment = 0xA0;
  to = StoreLittleEndian(ZSTD_MAGICNUMBER, 4, to);
  *to++ = kSizeInFourBytesAndSingleSegment;
  return StoreLittleEndian(static_cast<uint32_t>(content_bytes), 4, to);
}

uint8_t* StoreRawBlocks(const uint8_t* data, int64_t size, bool is_last, uint8_t* to) {
  for (int64_t at = 0; at < size; at += kBlockBytes) {
    const int64_t bytes = std::min(kBlockBytes, size - at);
    const bool ends = is_last && at + bytes == size;
    to = StoreLittleEndian(static_cast<uint32_t>(bytes) << 3 | (ends ? kLastBlock : 0), kBlockHeaderBytes, to);
    std::memcpy(to, data + at, static_cast<size_t>(bytes));
    to += bytes;
  }
  return to;
}

uint8_t* AppendBlocks(const uint8_t* frame, int64_t frame_bytes, bool is_last, uint8_t* to) {
  const auto header_bytes = static_cast<int64_t>(ZSTD_frameHeaderSize(frame, static_cast<size_t>(frame_bytes)));
  std::memcpy(to, frame + header_bytes, static_cast<size_t>(frame_bytes - header_bytes));
  uint8_t* const end = to + (frame_bytes - header_bytes);
  while (!is_last && to < end) {
    const uint32_t header = LoadBlockHeader(to);
    if ((header & kLastBlock) != 0) *to = static_cast<uint8_t>(*to & ~kLastBlock);
    const bool is_run = (header >> 1 & 3) == kRunBlock;  // one byte, however long
    to += kBlockHeaderBytes + (is_run ? 1 : header >> 3);
  }
  return end;
}

bool AreSpreadEvenly(const uint8_t* data, int64_t size) {
  constexpr int64_t kSample = 4096, kSlices = 16, kSliceBytes = kSample / kSlices;
  // Of 256 bytes in equal shares 69,600 are expected, and 400 are the standard deviation. 72,000 stand for 7.95 bits a
  // byte (of collisions; Shannon's entropy is not less).
  constexpr uint32_t kMostSquares = 72'000;
  if (size < kSample) return false;
  uint32_t counts[256] = {};
  for (int64_t slice = 0; slice < kSlices; slice++) {
    const uint8_t* from = data + (size - kSliceBytes) / (kSlices - 1) * slice;
    for (int64_t i = 0; i < kSliceBytes; i++) counts[from[i]]++;
  }
  uint32_t squares = 0;
  for (const uint32_t count : counts) squares += count * count;
  return squares <= kMostSquares;
}

}  // namespace v0
}  // namespace headrace
