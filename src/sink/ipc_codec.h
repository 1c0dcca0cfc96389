#pragma once
// The codec of Arrow IPC buffers: for zstd that of Parquet pages, which looks for repeats among whole values where that
// gives less; otherwise Arrow's.
// Takes: a buffer. Gives: the same, compressed. Owns: a context and its tables. Threads: one an encoder.
// Fails: Status where a codec does.
#include <arrow/util/compression.h>

#include <memory>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Return a codec for IpcWriteOptions.
Result<std::shared_ptr<arrow::util::Codec>> MakeIpcCodec(arrow::Compression::type type, int level);

}  // namespace v0
}  // namespace headrace
