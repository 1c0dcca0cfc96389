#include "sink/parquet_sink.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/column_page.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <random>

#include "ledger/test_directory.h"
#include "os/crc32c.h"
#include "os/sync_read_file.h"
#include "sink/parquet_file.h"
#include "sink/parquet_test_batches.h"
#include "sink/to_arrow.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kZstd, Codec::kLz4, Codec::kSnappy, Codec::kGzip};
constexpr ParquetCompat kCompats[] = {ParquetCompat::kWide, ParquetCompat::kLatest};

template <class T>
T Get(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return result.MoveValueUnsafe();
}

class ParquetSinkTest : public testing::Test {
 protected:
  ParquetSinkTest() { options_.output_path = directory_.Path("out.parquet"); }

  // Run `batches`, a unit each, through the sink as the pipeline does; one encoder for all.
  std::vector<PieceRecord> Write(const std::vector<const Batch*>& batches, const std::vector<SinkColumn>& columns) {
    auto sink = Get(MakeParquetSink(columns, options_, false, arrow::default_memory_pool()));
    auto encoder = Get(sink->MakeEncoder());
    for (size_t i = 0; i < batches.size(); i++) {
      const UnitId unit{static_cast<int64_t>(i), 0};
      auto piece = Get(encoder->Encode(*batches[i], unit));
      EXPECT_EQ(piece->rows, batches[i]->rows);
      EXPECT_GT(piece->memory_bytes, 0);
      EXPECT_TRUE(sink->Commit(std::move(piece), unit).ok());
    }
    EXPECT_TRUE(sink->Finish().ok());
    EXPECT_TRUE(options_.overwrite || !std::filesystem::exists(options_.output_path));
    outputs_ = Get(sink->Inspect());
    const Status published = sink->Publish("");
    EXPECT_TRUE(published.ok()) << published.ToString();
    return sink->pieces();
  }

  std::unique_ptr<parquet::ParquetFileReader> Open() {
    parquet::ReaderProperties properties;
    properties.set_page_checksum_verification(true);
    return parquet::ParquetFileReader::OpenFile(options_.output_path, false, properties);
  }

  std::shared_ptr<arrow::Table> Read() { return ReadTable(Get(arrow::io::ReadableFile::Open(options_.output_path))); }

  // On this thread: what Arrow's own threads do cannot be seen by ThreadSanitizer.
  static std::shared_ptr<arrow::Table> ReadTable(std::shared_ptr<arrow::io::RandomAccessFile> file) {
    parquet::arrow::FileReaderBuilder builder;
    parquet::ReaderProperties properties;
    properties.set_page_checksum_verification(true);
    EXPECT_TRUE(builder.Open(std::make_shared<SyncReadFile>(std::move(file)), properties).ok());
    std::unique_ptr<parquet::arrow::FileReader> reader;
    EXPECT_TRUE(builder.Build(&reader).ok());
    return Get(reader->ReadTable());
  }

  void ExpectReadsBack(const std::vector<const Batch*>& batches, const std::vector<SinkColumn>& columns) {
    const auto schema = Get(ArrowSchema(columns));
    std::vector<std::shared_ptr<arrow::RecordBatch>> expected;
    for (const Batch* batch : batches) {
      expected.push_back(Get(ToRecordBatch(*batch, schema, arrow::default_memory_pool())));
    }
    const auto want = Get(arrow::Table::FromRecordBatches(schema, expected));
    // Parquet has no seconds: Arrow's own writer and reader give milliseconds, and are asked what they are.
    const auto by_arrow = ThroughArrow(*want);
    const auto read = Read();
    ASSERT_TRUE(read->schema()->Equals(*by_arrow->schema())) << read->schema()->ToString();
    ASSERT_TRUE(read->Validate().ok());
    for (int i = 0; i < want->num_columns(); i++) {
      const bool is_stored = want->field(i)->Equals(*read->field(i));
      ExpectSame(is_stored ? *want->column(i) : *by_arrow->column(i), *read->column(i), schema->field(i)->ToString());
    }
  }

  static std::shared_ptr<arrow::Buffer> WriteByArrow(const arrow::Table& table) {
    auto stream = Get(arrow::io::BufferOutputStream::Create());
    EXPECT_TRUE(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), stream, 1 << 20,
                                           parquet::default_writer_properties(),
                                           parquet::ArrowWriterProperties::Builder().store_schema()->build())
                    .ok());
    return Get(stream->Finish());
  }

  static std::shared_ptr<arrow::Table> ThroughArrow(const arrow::Table& table) {
    return ReadTable(std::make_shared<arrow::io::BufferReader>(WriteByArrow(table)));
  }

  // Dictionaries may be numbered in another way than ToRecordBatch does: compare what they stand for.
  static void ExpectSame(const arrow::ChunkedArray& want, const arrow::ChunkedArray& got, const std::string& name) {
    const auto options = arrow::EqualOptions::Defaults().nans_equal(true).signed_zeros_equal(false);
    if (want.type()->id() != arrow::Type::DICTIONARY) {
      EXPECT_TRUE(want.Equals(got, options)) << name << "\n" << want.ToString() << "\n" << got.ToString();
      return;
    }
    ASSERT_EQ(want.length(), got.length());
    for (int64_t i = 0; i < want.length(); i++) {
      const auto a = Get(want.GetScalar(i)), b = Get(got.GetScalar(i));
      ASSERT_EQ(a->is_valid, b->is_valid) << name << " " << i;
      if (!a->is_valid) continue;
      const auto x = Get(static_cast<const arrow::DictionaryScalar&>(*a).GetEncodedValue());
      const auto y = Get(static_cast<const arrow::DictionaryScalar&>(*b).GetEncodedValue());
      ASSERT_TRUE(x->Equals(*y)) << name << " " << i << " " << x->ToString() << " " << y->ToString();
    }
  }

  TestDirectory directory_;
  Options options_;
  std::vector<OutputReport> outputs_;
};

TEST_F(ParquetSinkTest, EveryTypeReadsBackEqual) {
  options_.overwrite = true;
  for (const NullShare nulls : {NullShare::kNone, NullShare::kSome, NullShare::kAll}) {
    for (const int64_t rows : {1, 63, 64, 65, 1000}) {
      const TypesBatch made(rows, nulls);
      for (const Codec codec : kCodecs) {
        if (codec != Codec::kZstd && rows != 65) continue;
        options_.codec = codec;
        for (const ParquetCompat compat : kCompats) {
          options_.parquet_compat = compat;
          const std::vector<const Batch*> batches = {&made.batch(), &made.batch()};
          Write(batches, made.columns());
          ExpectReadsBack(batches, made.columns());
        }
      }
    }
  }
}

TEST_F(ParquetSinkTest, LongColumnsReadBackEqual) {  // several pages, dictionaries and none
  options_.overwrite = true;
  for (const NullShare nulls : {NullShare::kNone, NullShare::kSome}) {
    for (const Repeats repeats : {Repeats::kOften, Repeats::kNever, Repeats::kRuns}) {
      const LongBatch made(140'001, nulls, repeats);
      for (const Codec codec : {Codec::kNone, Codec::kZstd}) {
        options_.codec = codec;
        for (const ParquetCompat compat : kCompats) {
          options_.parquet_compat = compat;
          Write({&made.batch()}, made.columns());
          ExpectReadsBack({&made.batch()}, made.columns());
        }
      }
    }
  }
}

TEST_F(ParquetSinkTest, EncodingsFollowTheValues) {
  const auto encodings = [&](Repeats repeats, ParquetCompat compat) {
    options_.overwrite = true;
    options_.parquet_compat = compat;
    const LongBatch made(100'000, NullShare::kSome, repeats);
    Write({&made.batch()}, made.columns());
    std::vector<parquet::Encoding::type> found;
    const auto metadata = Open()->metadata();
    const auto group = metadata->RowGroup(0);
    for (int i = 0; i < group->num_columns(); i++) {
      const auto chunk = group->ColumnChunk(i);
      for (const auto& stats : chunk->encoding_stats()) {
        if (stats.page_type == parquet::PageType::DATA_PAGE) found.push_back(stats.encoding);
      }
      EXPECT_EQ(chunk->has_dictionary_page(), found.back() == parquet::Encoding::RLE_DICTIONARY) << i;
    }
    return found;
  };
  using parquet::Encoding;
  using Encodings = std::vector<Encoding::type>;
  constexpr auto kPlain = Encoding::PLAIN, kDictionary = Encoding::RLE_DICTIONARY;
  // int32, int64, float64, decimal, string. 700 neighbouring numbers (int64): 10 bits of an index, 11 of a difference.
  EXPECT_EQ(encodings(Repeats::kOften, ParquetCompat::kWide), Encodings(5, kDictionary));
  options_.codec = Codec::kLz4;
  EXPECT_EQ(encodings(Repeats::kOften, ParquetCompat::kWide), Encodings(5, kDictionary));
  options_.codec = Codec::kZstd;
  EXPECT_EQ(encodings(Repeats::kNever, ParquetCompat::kWide), Encodings(5, kPlain));
  EXPECT_EQ(encodings(Repeats::kNever, ParquetCompat::kLatest),
            (Encodings{kPlain, kPlain, Encoding::BYTE_STREAM_SPLIT, kPlain, kPlain}));
  options_.codec = Codec::kNone;  // lengths are all but the same: bits instead of four bytes
  EXPECT_EQ(encodings(Repeats::kNever, ParquetCompat::kLatest),
            (Encodings{kPlain, kPlain, kPlain, kPlain, Encoding::DELTA_LENGTH_BYTE_ARRAY}));
  EXPECT_EQ(encodings(Repeats::kNever, ParquetCompat::kWide), Encodings(5, kPlain));
}

TEST_F(ParquetSinkTest, PagesAreOfLimitedSize) {
  const LongBatch made(300'001, NullShare::kNone, Repeats::kNever);
  Write({&made.batch()}, made.columns());
  auto file = Open();
  for (int column = 0; column < static_cast<int>(made.columns().size()); column++) {
    auto pages = file->RowGroup(0)->GetColumnPageReader(column);
    int64_t rows = 0, count = 0;
    while (auto page = pages->NextPage()) {
      ASSERT_EQ(page->type(), parquet::PageType::DATA_PAGE);
      const auto& data = static_cast<const parquet::DataPageV1&>(*page);
      EXPECT_LE(data.num_values(), PageEncoder::kPageRows);
      EXPECT_LE(data.size(), PageEncoder::kPageBytes + PageEncoder::kPageRows * 4 + 64) << column;
      rows += data.num_values();
      count++;
    }
    EXPECT_EQ(rows, 300'001);
    EXPECT_GE(count, 3);
  }
}

// Everything that a footer says of schema and statistics is what parquet::arrow says of the same table.
TEST_F(ParquetSinkTest, FooterAgreesWithArrowsWriter) {
  const TypesBatch made(1000, NullShare::kSome);
  options_.codec = Codec::kNone;
  Write({&made.batch()}, made.columns());
  const auto schema = Get(ArrowSchema(made.columns()));
  const auto record_batch = Get(ToRecordBatch(made.batch(), schema, arrow::default_memory_pool()));
  const auto table = Get(arrow::Table::FromRecordBatches(schema, {record_batch}));
  const auto theirs = parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(WriteByArrow(*table)));
  const auto ours = Open();
  const auto a = ours->metadata(), b = theirs->metadata();
  EXPECT_TRUE(a->schema()->Equals(*b->schema())) << a->schema()->ToString() << b->schema()->ToString();
  EXPECT_EQ(a->num_rows(), b->num_rows());
  ASSERT_EQ(a->key_value_metadata()->size(), 1);
  EXPECT_EQ(a->key_value_metadata()->key(0), "ARROW:schema");
  EXPECT_EQ(a->key_value_metadata()->value(0), *b->key_value_metadata()->Get("ARROW:schema"));
  EXPECT_TRUE(a->created_by().starts_with("headrace version ")) << a->created_by();
  for (int i = 0; i < a->num_columns(); i++) {
    const auto x = a->RowGroup(0)->ColumnChunk(i)->encoded_statistics();
    const auto y = b->RowGroup(0)->ColumnChunk(i)->encoded_statistics();
    const std::string name = a->schema()->Column(i)->ToString();
    ASSERT_TRUE(x && y) << name;
    if (name.find("float64") != std::string::npos) {
      EXPECT_FALSE(x->has_min || x->has_max) << "it has NaN, which Arrow leaves out";
    } else {
      EXPECT_EQ(x->has_min, y->has_min) << name;
      EXPECT_EQ(x->min(), y->min()) << name;
      EXPECT_EQ(x->max(), y->max()) << name;
      EXPECT_EQ(x->is_min_value_exact, y->is_min_value_exact) << name;
    }
    EXPECT_EQ(x->null_count, y->null_count) << name;
    EXPECT_TRUE(a->RowGroup(0)->ColumnChunk(i)->is_stats_set()) << name;
  }
}

TEST_F(ParquetSinkTest, FloatExtremesHoldBothZerosAndAreNoneWhereThereIsNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  TestBatch made;
  DataType type;
  type.kind = TypeKind::kFloat64;
  made.Add<double>(type, {0.0, 0.0, 1.5, 1.5, {}});
  made.Add<double>(type, {nan, nan, nan, nan, nan});
  made.Add<double>(type, {-0.0, -3.0, -0.0, -1.0, -INFINITY});
  made.Add<double>(type, {1.0, nan, 2.0, 3.0, 4.0});
  Write({&made.batch()}, {{"a", type}, {"b", type}, {"c", type}, {"d", type}});
  const auto metadata = Open()->metadata();
  const auto group = metadata->RowGroup(0);
  const auto bits = [](double value) { return std::string(reinterpret_cast<const char*>(&value), sizeof value); };
  const auto a = group->ColumnChunk(0)->encoded_statistics();
  EXPECT_EQ(a->min(), bits(-0.0));
  EXPECT_EQ(a->max(), bits(1.5));
  EXPECT_FALSE(group->ColumnChunk(1)->encoded_statistics()->has_min);
  const auto c = group->ColumnChunk(2)->encoded_statistics();
  EXPECT_EQ(c->min(), bits(-INFINITY));
  EXPECT_EQ(c->max(), bits(0.0));
  EXPECT_FALSE(group->ColumnChunk(3)->encoded_statistics()->has_min);
  EXPECT_FALSE(group->ColumnChunk(3)->encoded_statistics()->has_max);
}

TEST_F(ParquetSinkTest, NoRowsMakeAFileWithoutRowGroups) {
  const TypesBatch made(1, NullShare::kNone);
  EXPECT_TRUE(Write({}, made.columns()).empty());
  ASSERT_EQ(outputs_.size(), 1U);
  EXPECT_EQ(outputs_[0].rows, 0);
  EXPECT_EQ(Open()->metadata()->num_row_groups(), 0);
  ExpectReadsBack({}, made.columns());
}

TEST_F(ParquetSinkTest, PiecesAndReportDescribeTheFile) {
  const TypesBatch first(500, NullShare::kSome), second(70, NullShare::kNone);
  const auto pieces = Write({&first.batch(), &second.batch()}, first.columns());
  const std::string file = directory_.Read("out.parquet");
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].offset, 4);
  EXPECT_EQ(pieces[1].offset, 4 + pieces[0].bytes);
  for (size_t i = 0; i < pieces.size(); i++) {
    EXPECT_EQ(pieces[i].path, options_.output_path);
    EXPECT_EQ(pieces[i].unit, static_cast<int64_t>(i));
    EXPECT_EQ(pieces[i].rows, i == 0 ? 500 : 70);
    EXPECT_EQ(pieces[i].crc32c, Crc32c(0, file.data() + pieces[i].offset, static_cast<size_t>(pieces[i].bytes)));
  }
  ASSERT_EQ(outputs_.size(), 1U);
  EXPECT_EQ(outputs_[0].path, options_.output_path);
  EXPECT_EQ(outputs_[0].rows, 570);
  EXPECT_EQ(outputs_[0].bytes, static_cast<int64_t>(file.size()));
  EXPECT_EQ(outputs_[0].checksum, Crc32cText(Crc32c(0, file.data(), file.size())));
}

// An encoder that has carried other units writes the same bytes as a new one.
TEST_F(ParquetSinkTest, TheFooterIsKept) {  // with the least and greatest text of each row group
  std::vector<SinkColumn> columns = {{"text", {}}};
  columns[0].type.kind = TypeKind::kString;
  auto sink = Get(MakeParquetSink(columns, options_, false, arrow::default_memory_pool()));
  auto encoder = Get(sink->MakeEncoder());
  EXPECT_EQ(sink->kept_bytes(), 0);
  const auto kept_of = [&](size_t length) {
    TestBatch unit;
    unit.AddStrings(columns[0].type, {std::string(length, 'a'), std::string(length, 'b')});
    const int64_t before = sink->kept_bytes();
    EXPECT_TRUE(sink->Commit(Get(encoder->Encode(unit.batch(), {})), {}).ok());
    return sink->kept_bytes() - before;
  };
  const int64_t of_short = kept_of(4);
  EXPECT_GE(of_short, 2048);
  EXPECT_LE(of_short, 3072);
  EXPECT_EQ(kept_of(4), of_short);
  EXPECT_GE(kept_of(4000) - of_short, 4 * (4000 + 4000 - 8));
}

TEST_F(ParquetSinkTest, BytesDependOnValuesAlone) {
  const LongBatch often(70'000, NullShare::kSome, Repeats::kOften), never(70'000, NullShare::kNone, Repeats::kNever);
  for (const Codec codec : kCodecs) {
    options_.codec = codec;
    const auto layout = Get(ParquetLayout::Make(often.columns(), options_, arrow::default_memory_pool()));
    auto used = Get(RowGroupEncoder::Make(layout));
    EXPECT_TRUE(used->Encode(never.batch()).ok());
    const RowGroup a = Get(used->Encode(often.batch()));
    const RowGroup b = Get(Get(RowGroupEncoder::Make(layout))->Encode(often.batch()));
    EXPECT_TRUE(a.bytes->Equals(*b.bytes));
    EXPECT_EQ(a.crc32c, b.crc32c);
  }
}

TEST_F(ParquetSinkTest, ExistingFileStaysUntilPublished) {
  directory_.Write("out.parquet", "precious");
  const TypesBatch made(10, NullShare::kNone);
  EXPECT_TRUE(
      MakeParquetSink(made.columns(), options_, false, arrow::default_memory_pool()).status().IsAlreadyExists());
  options_.overwrite = true;
  {
    auto sink = Get(MakeParquetSink(made.columns(), options_, false, arrow::default_memory_pool()));
    EXPECT_TRUE(sink->Finish().ok());
    EXPECT_EQ(directory_.Read("out.parquet"), "precious");
  }
  EXPECT_EQ(directory_.Read("out.parquet"), "precious");
  for (const auto& entry : std::filesystem::directory_iterator(directory_.Path(""))) {
    EXPECT_EQ(entry.path().filename(), "out.parquet");  // no temporary file is left
  }
  Write({&made.batch()}, made.columns());
  ExpectReadsBack({&made.batch()}, made.columns());
}

}  // namespace
}  // namespace v0
}  // namespace headrace
