#pragma once
// Directories of Parquet files: one file an input, parts of a size, or Hive partitions.
// Takes: Batch. Gives: a directory published whole. Owns: the temporary directory. Threads, fails: as Sink.
#include <arrow/memory_pool.h>

#include <memory>
#include <string>
#include <vector>

#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// Return the name of every input's file: its base name, its text and compression endings replaced by ".parquet". Fails
/// where two inputs of `input_paths` would get one name.
Result<std::vector<std::string>> PerFileNames(const std::vector<std::string>& input_paths,
                                              const std::string& output_path);

/// Return a sink that writes a file for every input into the folder `options.output_path`, by PerFileNames. An input
/// without rows still gets a file.
Result<std::unique_ptr<Sink>> MakeParquetPerFileSink(const std::vector<SinkColumn>& columns, const Options& options,
                                                     const std::vector<std::string>& input_paths,
                                                     arrow::MemoryPool* pool);

/// Return a sink that writes `options.output_path`/part-00000.parquet, part-00001.parquet, …, each as large as
/// FileSeries lets it become. Without rows, there is one file.
Result<std::unique_ptr<Sink>> MakeParquetPartsSink(const std::vector<SinkColumn>& columns, const Options& options,
                                                   arrow::MemoryPool* pool);

/// Return a sink that writes `options.output_path`/COLUMN=VALUE/…/part-0.parquet by the values of
/// `options.partition_by`, and part-1.parquet, … where FileSeries ends a file; these columns leave the files. A row
/// group for each unit and partition.
Result<std::unique_ptr<Sink>> MakeHiveSink(const std::vector<SinkColumn>& columns, const Options& options,
                                           arrow::MemoryPool* pool);

}  // namespace v0
}  // namespace headrace
