#include "sink/directory_sink.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>

#include <filesystem>
#include <map>

#include "ledger/test_directory.h"
#include "os/sync_read_file.h"
#include "sink/output_files.h"
#include "sink/parquet_test_batches.h"
#include "sink/to_arrow.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

template <class T>
T Get(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return result.MoveValueUnsafe();
}

DataType Type(TypeKind kind) {
  DataType type;
  type.kind = kind;
  return type;
}

std::string TextOf(const arrow::Scalar& scalar) {
  if (scalar.type->id() != arrow::Type::DICTIONARY) return scalar.ToString();
  return scalar.is_valid ? Get(static_cast<const arrow::DictionaryScalar&>(scalar).GetEncodedValue())->ToString() : "";
}

class DirectorySinkTest : public testing::Test {
 protected:
  DirectorySinkTest() { options_.output_path = directory_.Path("out"); }

  static void Carry(Sink* sink, const std::vector<std::pair<const Batch*, UnitId>>& units) {
    auto encoder = Get(sink->MakeEncoder());
    for (const auto& [batch, unit] : units) {
      auto piece = Get(encoder->Encode(*batch, unit));
      EXPECT_EQ(piece->rows, batch->rows);
      EXPECT_TRUE(sink->Commit(std::move(piece), unit).ok());
    }
    EXPECT_TRUE(sink->Finish().ok());
  }

  Strings Files() const {
    Strings files;
    for (const auto& entry : fs::recursive_directory_iterator(options_.output_path)) {
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), options_.output_path).string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  std::shared_ptr<arrow::Table> Read(const std::string& name) const {
    // On this thread: what Arrow's own threads do cannot be seen by ThreadSanitizer.
    auto file = std::make_shared<SyncReadFile>(Get(arrow::io::ReadableFile::Open(options_.output_path + "/" + name)));
    const auto reader = Get(parquet::arrow::OpenFile(file, arrow::default_memory_pool()));
    return Get(reader->ReadTable());
  }

  int RowGroups(const std::string& name) const {
    return parquet::ParquetFileReader::OpenFile(options_.output_path + "/" + name)->metadata()->num_row_groups();
  }

  std::vector<int64_t> Numbers(const std::string& name, const std::string& column) const {
    std::vector<int64_t> numbers;
    const auto table = Get(Read(name)->CombineChunks());
    const auto& array = static_cast<const arrow::Int64Array&>(*table->GetColumnByName(column)->chunk(0));
    for (int64_t i = 0; i < array.length(); i++) numbers.push_back(array.IsNull(i) ? -1 : array.Value(i));
    return numbers;
  }

  TestDirectory directory_;
  Options options_;
};

TEST_F(DirectorySinkTest, NamesComeFromInputs) {
  EXPECT_EQ(Get(PerFileNames({"a/day.txt", "b/night.tsv.gz", "noon", "-", "x.y.csv", ".csv"}, "out")),
            (Strings{"day.parquet", "night.parquet", "noon.parquet", "stdin.parquet", "x.y.parquet", ".csv.parquet"}));
  const Status twice = PerFileNames({"a/day.txt", "b/day.csv.gz"}, "out").status();
  EXPECT_TRUE(twice.IsInvalid());
  EXPECT_NE(twice.message().find("b/day.csv.gz"), std::string::npos) << twice.ToString();
}

TEST_F(DirectorySinkTest, EveryInputHasAFile) {
  const TypesBatch a(100, NullShare::kSome), b(7, NullShare::kNone);
  auto sink = Get(MakeParquetPerFileSink(a.columns(), options_, {"in/a.txt", "in/empty.txt", "in/b.txt"},
                                         arrow::default_memory_pool()));
  Carry(sink.get(), {{&a.batch(), {0, 0}}, {&b.batch(), {1, 0}}, {&b.batch(), {2, 2}}});
  EXPECT_FALSE(fs::exists(options_.output_path));
  const auto outputs = Get(sink->Inspect());
  std::map<std::string, int64_t> rows;
  for (const OutputReport& output : outputs) rows[fs::path(output.path).filename().string()] = output.rows;
  EXPECT_EQ(rows, (std::map<std::string, int64_t>{{"a.parquet", 107}, {"b.parquet", 7}, {"empty.parquet", 0}}));
  EXPECT_TRUE(sink->Publish("{\"format\": 1}").ok());
  sink.reset();
  EXPECT_EQ(Files(), (Strings{"a.parquet", "b.parquet", "empty.parquet"}));
  EXPECT_EQ(directory_.Read("out.manifest.json"), "{\"format\": 1}");
  EXPECT_EQ(Read("a.parquet")->num_rows(), 107);
  EXPECT_EQ(RowGroups("a.parquet"), 2);
  EXPECT_EQ(RowGroups("empty.parquet"), 0);
  EXPECT_EQ(Read("empty.parquet")->num_columns(), static_cast<int>(a.columns().size()));
}

// Rows 0, 1, 2 … in `number`; the country by turns: IT, null, "", "a/b", IT, …; night where the row is a multiple of 3.
struct Countries {
  explicit Countries(int64_t rows) {
    std::vector<std::optional<std::string>> countries, labels;
    std::vector<std::optional<uint8_t>> nights;
    std::vector<std::optional<int64_t>> numbers;
    const std::optional<std::string> kTurns[] = {"IT", std::nullopt, "", "a/b"};
    for (int64_t row = 0; row < rows; row++) {
      countries.push_back(kTurns[row % 4]);
      nights.push_back(row % 3 == 0);
      numbers.push_back(row % 5 == 0 ? std::optional<int64_t>() : row);
      labels.push_back(row % 7 == 0 ? std::optional<std::string>() : "row " + std::to_string(row));
    }
    made.AddStrings(Type(TypeKind::kString), countries);
    made.Add<int64_t>(Type(TypeKind::kInt64), numbers);
    made.Add<uint8_t>(Type(TypeKind::kBool), nights);
    made.AddStrings(Type(TypeKind::kString), labels);
  }
  std::vector<SinkColumn> columns() const {
    return {{"country", Type(TypeKind::kString)},
            {"number", Type(TypeKind::kInt64)},
            {"by night", Type(TypeKind::kBool)},
            {"label", Type(TypeKind::kString)}};
  }
  TestBatch made;
};

TEST_F(DirectorySinkTest, HivePartitionsHoldTheirRowsInOrder) {
  const Countries units(200);
  options_.partition_by = {"country", "by night"};
  auto sink = Get(MakeHiveSink(units.columns(), options_, arrow::default_memory_pool()));
  Carry(sink.get(), {{&units.made.batch(), {0, 0}}, {&units.made.batch(), {1, 0}}});
  int64_t rows = 0;
  for (const OutputReport& output : Get(sink->Inspect())) rows += output.rows;
  EXPECT_EQ(rows, 400);
  EXPECT_TRUE(sink->Publish("").ok());
  Strings expected;
  for (const char* country : {"", "IT", "__HIVE_DEFAULT_PARTITION__", "a%2Fb"}) {
    for (const char* night : {"false", "true"}) {
      expected.push_back("country=" + std::string(country) + "/by%20night=" + night + "/part-0.parquet");
    }
  }
  EXPECT_EQ(Files(), expected);
  const std::string nulls = "country=__HIVE_DEFAULT_PARTITION__/by%20night=true/part-0.parquet";
  EXPECT_EQ(RowGroups(nulls), 2);
  const auto table = Read(nulls);
  EXPECT_EQ(table->schema()->field_names(), (Strings{"number", "label"}));
  std::vector<int64_t> numbers;
  for (int unit = 0; unit < 2; unit++) {
    for (int64_t row = 0; row < 200; row++) {
      if (row % 4 == 1 && row % 3 == 0) numbers.push_back(row % 5 == 0 ? -1 : row);
    }
  }
  EXPECT_EQ(Numbers(nulls, "number"), numbers);
  EXPECT_EQ(sink->pieces().size(), 16U);
}

TEST_F(DirectorySinkTest, GatheredColumnsOfEveryTypeAreTheRows) {
  const TypesBatch all(500, NullShare::kSome);
  Batch batch = all.batch();
  std::vector<SinkColumn> columns = all.columns();
  std::vector<std::optional<int32_t>> turns;
  for (int row = 0; row < 500; row++) turns.push_back(row % 2);
  TestBatch turn;
  turn.Add<int32_t>(Type(TypeKind::kInt32), turns);
  batch.columns.push_back(turn.batch().columns[0]);
  columns.push_back({"turn", Type(TypeKind::kInt32)});
  options_.partition_by = {"turn"};
  auto sink = Get(MakeHiveSink(columns, options_, arrow::default_memory_pool()));
  Carry(sink.get(), {{&batch, {0, 0}}});
  EXPECT_TRUE(sink->Publish("").ok());
  const auto whole = Get(ToRecordBatch(all.batch(), Get(ArrowSchema(all.columns())), arrow::default_memory_pool()));
  for (int which = 0; which < 2; which++) {
    const auto part = Get(Read("turn=" + std::to_string(which) + "/part-0.parquet")->CombineChunks());
    ASSERT_EQ(part->num_rows(), 250);
    for (int i = 0; i < whole->num_columns(); i++) {
      if (!part->field(i)->Equals(*whole->schema()->field(i))) continue;  // seconds, read as milliseconds
      for (int64_t row = 0; row < 250; row++) {
        const auto want = Get(whole->column(i)->GetScalar(2 * row + which));
        const auto got = Get(part->column(i)->GetScalar(row));
        ASSERT_EQ(TextOf(*want), TextOf(*got)) << part->field(i)->ToString() << " " << row;
      }
    }
  }
}

TEST_F(DirectorySinkTest, MorePartitionsThanOpenFiles) {
  constexpr int64_t kPartitions = 5 * static_cast<int64_t>(OutputFiles::kMaxOpen);
  TestBatch made;
  std::vector<std::optional<int64_t>> keys, numbers;
  for (int64_t row = 0; row < 3 * kPartitions; row++) {
    keys.push_back(row % kPartitions * 1'000'000'007);
    numbers.push_back(row);
  }
  made.Add<int64_t>(Type(TypeKind::kInt64), keys);
  made.Add<int64_t>(Type(TypeKind::kInt64), numbers);
  options_.partition_by = {"key"};
  auto sink = Get(MakeHiveSink({{"key", Type(TypeKind::kInt64)}, {"number", Type(TypeKind::kInt64)}}, options_,
                               arrow::default_memory_pool()));
  Carry(sink.get(), {{&made.batch(), {0, 0}}, {&made.batch(), {1, 0}}});
  EXPECT_EQ(Get(sink->Inspect()).size(), static_cast<size_t>(kPartitions));
  EXPECT_TRUE(sink->Publish("").ok());
  EXPECT_EQ(Numbers("key=7000000049/part-0.parquet", "number"),
            (std::vector<int64_t>{7, 7 + kPartitions, 7 + 2 * kPartitions, 7, 7 + kPartitions, 7 + 2 * kPartitions}));
}

TEST_F(DirectorySinkTest, ValuesThatNoFolderCanShowAreRefused) {
  const auto make = [&](TypeKind kind, Strings by) {
    options_.partition_by = std::move(by);
    return MakeHiveSink({{"key", Type(kind)}, {"x", Type(TypeKind::kBool)}}, options_, arrow::default_memory_pool())
        .status();
  };
  EXPECT_TRUE(make(TypeKind::kBinary, {"key"}).IsInvalid());
  EXPECT_TRUE(make(TypeKind::kInt64, {"other"}).IsInvalid());
  EXPECT_TRUE(make(TypeKind::kInt64, {"key", "key"}).IsInvalid());
  EXPECT_TRUE(make(TypeKind::kInt64, {"key", "x"}).IsInvalid());
  EXPECT_TRUE(make(TypeKind::kInt64, {"key"}).ok());

  TestBatch made;
  made.AddStrings(Type(TypeKind::kString), {"fine", "__HIVE_DEFAULT_PARTITION__"});
  made.Add<uint8_t>(Type(TypeKind::kBool), {1, 0});
  options_.partition_by = {"key"};
  auto sink = Get(MakeHiveSink({{"key", Type(TypeKind::kString)}, {"x", Type(TypeKind::kBool)}}, options_,
                               arrow::default_memory_pool()));
  const Status refused = Get(sink->MakeEncoder())->Encode(made.batch(), {}).status();
  EXPECT_TRUE(refused.IsInvalid()) << refused.ToString();
}

TEST_F(DirectorySinkTest, ExistingDirectoryIsExchangedWhole) {
  directory_.Write("out/old.parquet", "old");
  const TypesBatch made(3, NullShare::kNone);
  const auto make = [&] {
    return MakeParquetPerFileSink(made.columns(), options_, {"a"}, arrow::default_memory_pool());
  };
  EXPECT_TRUE(make().status().IsAlreadyExists());
  options_.overwrite = true;
  auto sink = Get(make());
  Carry(sink.get(), {{&made.batch(), {0, 0}}});
  EXPECT_EQ(Files(), Strings{"old.parquet"});
  EXPECT_TRUE(sink->Publish("").ok());
  sink.reset();
  EXPECT_EQ(Files(), Strings{"a.parquet"});
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_.Path("")), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
