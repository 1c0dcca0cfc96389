#pragma once
// The sinks for Arrow IPC: one file, or a stream on a descriptor.
// Takes: Batch. Gives: one record batch message a unit. Owns: the temporary file; not the stream's descriptor.
// Threads: as in sink.h. Fails: Status; a closed pipe is one with EPIPE as its errno detail.
//
// A unit is one record batch. A dictionary column has one dictionary for the whole output, in order of first
// appearance in source order. In a file it stands once, behind the record batches, where the footer finds it: the
// format allows delta dictionaries too, but Polars refuses them. In a stream a dictionary precedes the batch that
// needs it, and is sent again, whole, before a batch that adds to it, for the same reason.
// Bytes hold no time, host or path.
#include <arrow/memory_pool.h>

#include <memory>
#include <vector>

#include "headrace/status.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// Make the sink of one IPC file at `options.output_path`. Codecs: none, zstd (with its level), lz4. `direct`: it is
/// written past the page cache.
Result<std::unique_ptr<Sink>> MakeIpcFileSink(const std::vector<SinkColumn>& columns, const Options& options,
                                              bool direct, arrow::MemoryPool* pool);

/// Make the sink of an IPC stream on `options.output_descriptor`. The end marker is written by Publish: a stream that
/// fails has none. A manifest is refused, since a stream has no place beside it.
Result<std::unique_ptr<Sink>> MakeIpcStreamSink(const std::vector<SinkColumn>& columns, const Options& options,
                                                arrow::MemoryPool* pool);

}  // namespace v0
}  // namespace headrace
