#pragma once
// Frames of zstd that are put together from parts (RFC 8878, 3.1.1): what is known to be noise goes into raw blocks,
// without a search.
// Takes: bytes, and frames of libzstd. Gives: one frame. Owns: nothing. Threads: functions without state. Fails: never.
#include <cstdint>

namespace headrace {
inline namespace v0 {

/// Store the header of a frame that holds `content_bytes` (less than 2^32), whose window is all of it.
uint8_t* StoreFrameHeader(int64_t content_bytes, uint8_t* to);

/// Store `size` bytes as raw blocks; the last one ends the frame where `is_last`.
uint8_t* StoreRawBlocks(const uint8_t* data, int64_t size, bool is_last, uint8_t* to);

/// Append the blocks of a frame that has no checksum; the last one ends the frame where `is_last`. A second frame may
/// follow only where it has no sequences: its offsets would be taken for repeats of the first one's.
uint8_t* AppendBlocks(const uint8_t* frame, int64_t frame_bytes, bool is_last, uint8_t* to);

/// Return whether bytes are spread so evenly that entropy coding cannot shorten them: the sum of the squares of how
/// often each occurs in a sample says so. Fewer than 4,096 bytes are not.
bool AreSpreadEvenly(const uint8_t* data, int64_t size);

}  // namespace v0
}  // namespace headrace
