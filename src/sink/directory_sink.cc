#include "sink/directory_sink.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "sink/file_series.h"
#include "sink/manifest_file.h"
#include "sink/output_files.h"
#include "sink/partition.h"

namespace headrace {
inline namespace v0 {
namespace {

// Row groups, each for one file of the directory.
struct FilesPiece : public Piece {
  std::vector<std::pair<std::string, RowGroup>> groups;  // of a series: its first part of the name
};

// What both directory sinks share: everything but the way to split a unit.
class DirectorySink : public Sink {
 public:
  DirectorySink(const Options& options, std::shared_ptr<const ParquetLayout> layout,
                std::unique_ptr<AtomicDirectory> directory)
      : options_(options), layout_(layout), files_(std::move(directory), std::move(layout)) {}

  Status Commit(std::unique_ptr<Piece> piece, const UnitId& unit) override {
    for (const auto& [name, group] : static_cast<FilesPiece&>(*piece).groups) {
      ARROW_ASSIGN_OR_RAISE(const std::string file, FileFor(name, group));
      ARROW_RETURN_NOT_OK(files_.Append(file, group, unit.index));
    }
    return Status::OK();
  }
  int64_t kept_bytes() const override { return files_.kept_bytes(); }
  KeptReason DescribeKept() const override {
    return {"the footers of the output's files are written last", "raise --memory-limit or --unit-bytes"};
  }
  Status Finish() override { return files_.Finish(); }
  Result<std::vector<OutputReport>> Inspect() override { return files_.Inspect(); }
  std::string written_path() const override { return files_.written_path(); }
  Status Publish(const std::string& manifest_json) override {
    ARROW_RETURN_NOT_OK(PublishManifest(options_, manifest_json));
    return files_.Publish();
  }
  std::vector<PieceRecord> pieces() const override { return files_.pieces(); }

 protected:
  /// Return the file that a row group under `name` goes to.
  virtual Result<std::string> FileFor(const std::string& name, const RowGroup& /*group*/) { return name; }

  const Options options_;
  const std::shared_ptr<const ParquetLayout> layout_;
  OutputFiles files_;
};

// What gives each folder a series of files.
class SeriesSink : public DirectorySink {
 public:
  using DirectorySink::DirectorySink;

 protected:
  /// Return the name of a series' file.
  virtual std::string NameOf(const std::string& folder, int64_t number) const = 0;

  Result<std::string> FileFor(const std::string& folder, const RowGroup& group) override {
    FileSeries& series = series_.try_emplace(folder, options_).first->second;
    if (series.Add(group)) ARROW_RETURN_NOT_OK(files_.End(NameOf(folder, series.number() - 1)));
    return NameOf(folder, series.number());
  }

 private:
  std::map<std::string, FileSeries> series_;
};

class PerFileEncoder : public Encoder {
 public:
  PerFileEncoder(std::unique_ptr<RowGroupEncoder> encoder, const std::vector<std::string>& names)
      : encoder_(std::move(encoder)), names_(names) {}

  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId& unit) override {
    auto piece = std::make_unique<FilesPiece>();
    ARROW_ASSIGN_OR_RAISE(auto group, encoder_->Encode(batch));
    piece->rows = batch.rows;
    piece->memory_bytes = group.memory_bytes();
    piece->groups.emplace_back(names_[static_cast<size_t>(unit.file)], std::move(group));
    return piece;
  }

 private:
  std::unique_ptr<RowGroupEncoder> encoder_;
  const std::vector<std::string>& names_;
};

class PerFileSink : public DirectorySink {
 public:
  PerFileSink(const Options& options, std::shared_ptr<const ParquetLayout> layout,
              std::unique_ptr<AtomicDirectory> directory, std::vector<std::string> names)
      : DirectorySink(options, std::move(layout), std::move(directory)), names_(std::move(names)) {}

  Result<std::unique_ptr<Encoder>> MakeEncoder() override {
    ARROW_ASSIGN_OR_RAISE(auto encoder, RowGroupEncoder::Make(layout_));
    return std::make_unique<PerFileEncoder>(std::move(encoder), names_);
  }
  Status Finish() override {
    for (const std::string& name : names_) ARROW_RETURN_NOT_OK(files_.Touch(name));
    return DirectorySink::Finish();
  }

 protected:
  // Units of one input are consecutive: the file before gets no more of them, and its footer need not be kept.
  Result<std::string> FileFor(const std::string& name, const RowGroup& /*group*/) override {
    if (!last_.empty() && last_ != name) ARROW_RETURN_NOT_OK(files_.End(last_));
    last_ = name;
    return name;
  }

 private:
  const std::vector<std::string> names_;
  std::string last_;
};

class PartsEncoder : public Encoder {
 public:
  explicit PartsEncoder(std::unique_ptr<RowGroupEncoder> encoder) : encoder_(std::move(encoder)) {}

  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId& /*unit*/) override {
    auto piece = std::make_unique<FilesPiece>();
    ARROW_ASSIGN_OR_RAISE(auto group, encoder_->Encode(batch));
    piece->rows = batch.rows;
    piece->memory_bytes = group.memory_bytes();
    piece->groups.emplace_back("", std::move(group));
    return piece;
  }

 private:
  std::unique_ptr<RowGroupEncoder> encoder_;
};

class PartsSink : public SeriesSink {
 public:
  using SeriesSink::SeriesSink;

  Result<std::unique_ptr<Encoder>> MakeEncoder() override {
    ARROW_ASSIGN_OR_RAISE(auto encoder, RowGroupEncoder::Make(layout_));
    return std::make_unique<PartsEncoder>(std::move(encoder));
  }
  Status Finish() override {
    if (files_.pieces().empty()) ARROW_RETURN_NOT_OK(files_.Touch(NameOf("", 0)));
    return DirectorySink::Finish();
  }

 protected:
  std::string NameOf(const std::string& /*folder*/, int64_t number) const override {
    char name[40];
    std::snprintf(name, sizeof name, "part-%05lld.parquet", static_cast<long long>(number));
    return name;
  }
};

class HiveEncoder : public Encoder {
 public:
  HiveEncoder(std::unique_ptr<RowGroupEncoder> encoder, PartitionSplitter splitter)
      : encoder_(std::move(encoder)), splitter_(std::move(splitter)) {}

  Result<std::unique_ptr<Piece>> Encode(const Batch& batch, const UnitId& /*unit*/) override {
    auto piece = std::make_unique<FilesPiece>();
    piece->rows = batch.rows;
    ARROW_RETURN_NOT_OK(splitter_.Split(batch));
    for (size_t i = 0; i < splitter_.size(); i++) {
      ARROW_ASSIGN_OR_RAISE(auto group, encoder_->Encode(splitter_.Gather(i)));
      piece->memory_bytes += group.memory_bytes();
      piece->groups.emplace_back(splitter_.directory(i), std::move(group));
    }
    return piece;
  }

 private:
  std::unique_ptr<RowGroupEncoder> encoder_;
  PartitionSplitter splitter_;
};

class HiveSink : public SeriesSink {
 public:
  HiveSink(const Options& options, std::shared_ptr<const ParquetLayout> layout,
           std::unique_ptr<AtomicDirectory> directory, std::vector<SinkColumn> columns, std::vector<int> by,
           std::vector<int> rest)
      : SeriesSink(options, std::move(layout), std::move(directory)),
        columns_(std::move(columns)),
        by_(std::move(by)),
        rest_(std::move(rest)) {}

  Result<std::unique_ptr<Encoder>> MakeEncoder() override {
    ARROW_ASSIGN_OR_RAISE(auto encoder, RowGroupEncoder::Make(layout_));
    return std::make_unique<HiveEncoder>(std::move(encoder), PartitionSplitter(columns_, by_, rest_));
  }
  KeptReason DescribeKept() const override {
    KeptReason text = DirectorySink::DescribeKept();
    text.fix += ", or partition by columns with fewer values";
    return text;
  }

 protected:
  std::string NameOf(const std::string& folder, int64_t number) const override {
    return folder + "/part-" + std::to_string(number) + ".parquet";
  }

 private:
  const std::vector<SinkColumn> columns_;
  const std::vector<int> by_, rest_;
};

// "data/day.tsv.gz" → "day.parquet".
std::string OutputName(const std::string& input) {
  std::string name = input == "-" ? "stdin" : std::filesystem::path(input).filename().string();
  const auto drop = [&](std::initializer_list<std::string_view> endings) {
    for (const std::string_view ending : endings) {
      if (name.size() > ending.size() && name.ends_with(ending)) {
        name.resize(name.size() - ending.size());
        return;
      }
    }
  };
  drop({".gz", ".zst", ".bz2", ".lz4", ".xz"});
  drop({".csv", ".tsv", ".txt", ".psv", ".tab", ".dat"});
  return name + ".parquet";
}

}  // namespace

Result<std::vector<std::string>> PerFileNames(const std::vector<std::string>& input_paths,
                                              const std::string& output_path) {
  std::vector<std::string> names;
  std::map<std::string, std::string> taken;
  for (const std::string& input : input_paths) {
    names.push_back(OutputName(input));
    const auto [it, is_new] = taken.emplace(names.back(), input);
    if (!is_new) {
      return Status::Invalid("'", it->second, "' and '", input, "' would both become '", names.back(), "' in '",
                             output_path, "'. Write them to different folders.");
    }
  }
  return names;
}

Result<std::unique_ptr<Sink>> MakeParquetPerFileSink(const std::vector<SinkColumn>& columns, const Options& options,
                                                     const std::vector<std::string>& input_paths,
                                                     arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(auto names, PerFileNames(input_paths, options.output_path));
  ARROW_RETURN_NOT_OK(CheckManifest(options));
  ARROW_ASSIGN_OR_RAISE(auto layout, ParquetLayout::Make(columns, options, pool));
  ARROW_ASSIGN_OR_RAISE(auto directory, AtomicDirectory::Create(options.output_path, options.overwrite));
  return std::make_unique<PerFileSink>(options, std::move(layout), std::move(directory), std::move(names));
}

Result<std::unique_ptr<Sink>> MakeParquetPartsSink(const std::vector<SinkColumn>& columns, const Options& options,
                                                   arrow::MemoryPool* pool) {
  ARROW_RETURN_NOT_OK(CheckManifest(options));
  ARROW_ASSIGN_OR_RAISE(auto layout, ParquetLayout::Make(columns, options, pool));
  ARROW_ASSIGN_OR_RAISE(auto directory, AtomicDirectory::Create(options.output_path, options.overwrite));
  return std::make_unique<PartsSink>(options, std::move(layout), std::move(directory));
}

Result<std::unique_ptr<Sink>> MakeHiveSink(const std::vector<SinkColumn>& columns, const Options& options,
                                           arrow::MemoryPool* pool) {
  std::vector<int> by, rest;
  for (const std::string& name : options.partition_by) {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const SinkColumn& c) { return c.name == name; });
    if (found == columns.end()) {
      return Status::Invalid("--partition-by names '", name, "', which is not a column of the output");
    }
    ARROW_RETURN_NOT_OK(PartitionSplitter::Check(*found));
    if (std::find(by.begin(), by.end(), found - columns.begin()) != by.end()) {
      return Status::Invalid("--partition-by names '", name, "' twice");
    }
    by.push_back(static_cast<int>(found - columns.begin()));
  }
  std::vector<SinkColumn> rest_columns;
  for (int i = 0; i < static_cast<int>(columns.size()); i++) {
    if (std::find(by.begin(), by.end(), i) != by.end()) continue;
    rest.push_back(i);
    rest_columns.push_back(columns[static_cast<size_t>(i)]);
  }
  if (by.empty() || rest.empty()) return Status::Invalid("--partition-by must leave at least one column for the files");
  ARROW_RETURN_NOT_OK(CheckManifest(options));
  ARROW_ASSIGN_OR_RAISE(auto layout, ParquetLayout::Make(rest_columns, options, pool));
  ARROW_ASSIGN_OR_RAISE(auto directory, AtomicDirectory::Create(options.output_path, options.overwrite));
  return std::make_unique<HiveSink>(options, std::move(layout), std::move(directory), columns, std::move(by),
                                    std::move(rest));
}

}  // namespace v0
}  // namespace headrace
