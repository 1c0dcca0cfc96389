#include "sink/to_arrow.h"

#include <arrow/api.h>
#include <arrow/util/decimal.h>
#include <gtest/gtest.h>

#include <random>

#include "simd/expand.h"
#include "sink/string_table.h"
#include "sink/test_batch.h"

namespace headrace {
namespace {

DataType Kind(TypeKind kind, TimeUnit unit = TimeUnit::kMilli, std::string zone = "") {
  DataType type;
  type.kind = kind;
  type.unit = unit;
  type.zone = std::move(zone);
  return type;
}

std::shared_ptr<arrow::RecordBatch> Convert(const Batch& batch) {
  std::vector<SinkColumn> columns;
  for (const DecodedColumn& column : batch.columns) columns.push_back({std::to_string(columns.size()), column.type});
  auto schema = ArrowSchema(columns).ValueOrDie();
  auto result = ToRecordBatch(batch, schema, arrow::default_memory_pool()).ValueOrDie();
  EXPECT_TRUE(result->ValidateFull().ok()) << result->ValidateFull().ToString();
  return result;
}

// Rows whose words are empty, full, mixed and cut off, for a given number of rows.
std::vector<bool> Mask(int64_t rows, std::mt19937_64* random) {
  std::vector<bool> mask;
  while (static_cast<int64_t>(mask.size()) < rows) {
    const uint64_t shape = (*random)() % 4;
    uint64_t word = shape == 0 ? 0 : ~uint64_t{0};
    const int draws = shape == 2 ? 1 : shape == 3 ? 3 : 0;  // half of the bits, or an eighth
    for (int i = 0; i < draws; ++i) word &= (*random)();
    for (int i = 0; i < 64 && static_cast<int64_t>(mask.size()) < rows; ++i) mask.push_back(word >> i & 1);
  }
  return mask;
}

// Every width against Arrow's own builder, over lengths around the word.
template <class ArrowKind, class T>
void CompareWithBuilder(const DataType& type) {
  std::mt19937_64 random(7);
  for (int64_t rows : {1, 2, 8, 63, 64, 65, 127, 128, 129, 1000}) {
    for (int round = 0; round < 8; ++round) {
      std::vector<bool> mask = Mask(rows, &random);
      if (round == 0) mask.assign(mask.size(), true);
      if (round == 1) mask.assign(mask.size(), false);
      std::vector<std::optional<T>> values;
      typename arrow::TypeTraits<ArrowKind>::BuilderType builder(ArrowType(type).ValueOrDie(),
                                                                 arrow::default_memory_pool());
      for (bool valid : mask) {
        if (valid) {
          const T value = static_cast<T>(random() & (type.kind == TypeKind::kBool   ? 1
                                                     : type.kind == TypeKind::kTime ? 0x7fff
                                                                                    : 0x7f7f7f7f));
          values.push_back(value);
          ASSERT_TRUE(builder.Append(static_cast<typename ArrowKind::c_type>(value)).ok());
        } else {
          values.push_back(std::nullopt);
          ASSERT_TRUE(builder.AppendNull().ok());
        }
      }
      TestBatch made;
      made.Add<T>(type, values);
      auto result = Convert(made.batch());
      auto expected = builder.Finish().ValueOrDie();
      ASSERT_TRUE(result->column(0)->Equals(expected)) << type.zone << " " << rows << " rows, round " << round;
      ASSERT_EQ(result->column(0)->null_count(), expected->null_count());
      ASSERT_EQ(result->column(0)->null_bitmap() == nullptr, expected->null_count() == 0);
    }
  }
}

TEST(ToArrow, FixedWidthTypes) {
  CompareWithBuilder<arrow::BooleanType, uint8_t>(Kind(TypeKind::kBool));
  CompareWithBuilder<arrow::Int8Type, int8_t>(Kind(TypeKind::kInt8));
  CompareWithBuilder<arrow::UInt8Type, uint8_t>(Kind(TypeKind::kUInt8));
  CompareWithBuilder<arrow::Int16Type, int16_t>(Kind(TypeKind::kInt16));
  CompareWithBuilder<arrow::UInt16Type, uint16_t>(Kind(TypeKind::kUInt16));
  CompareWithBuilder<arrow::Int32Type, int32_t>(Kind(TypeKind::kInt32));
  CompareWithBuilder<arrow::UInt32Type, uint32_t>(Kind(TypeKind::kUInt32));
  CompareWithBuilder<arrow::Int64Type, int64_t>(Kind(TypeKind::kInt64));
  CompareWithBuilder<arrow::UInt64Type, uint64_t>(Kind(TypeKind::kUInt64));
  CompareWithBuilder<arrow::FloatType, float>(Kind(TypeKind::kFloat32));
  CompareWithBuilder<arrow::DoubleType, double>(Kind(TypeKind::kFloat64));
  CompareWithBuilder<arrow::Date32Type, int32_t>(Kind(TypeKind::kDate));
  CompareWithBuilder<arrow::TimestampType, int64_t>(Kind(TypeKind::kTimestamp, TimeUnit::kMicro, "Europe/Rome"));
  CompareWithBuilder<arrow::Time32Type, int32_t>(Kind(TypeKind::kTime, TimeUnit::kSecond));
  CompareWithBuilder<arrow::Time64Type, int64_t>(Kind(TypeKind::kTime, TimeUnit::kNano));
  CompareWithBuilder<arrow::DurationType, int64_t>(Kind(TypeKind::kDuration, TimeUnit::kSecond));
}

TEST(ToArrow, Decimal) {
  DataType type = Kind(TypeKind::kDecimal);
  type.precision = 38;
  type.scale = 3;
  std::vector<std::optional<__int128>> values;
  for (int i = 0; i < 200; ++i) {
    if (i % 3 == 1 || i > 190)
      values.push_back(std::nullopt);
    else
      values.push_back(static_cast<__int128>(i - 100) * 1'000'000'000'000'000'000 * 1000);
  }
  TestBatch made;
  made.Add(type, values);
  auto result = Convert(made.batch());
  const auto& array = static_cast<const arrow::Decimal128Array&>(*result->column(0));
  EXPECT_EQ(array.type()->ToString(), "decimal128(38, 3)");
  EXPECT_EQ(array.FormatValue(0), "-100000000000000000000.000");
  EXPECT_TRUE(array.IsNull(1));
  EXPECT_EQ(array.FormatValue(102), "2000000000000000000.000");
  EXPECT_TRUE(array.IsNull(199));
}

TEST(ToArrow, Strings) {
  std::mt19937_64 random(11);
  for (TypeKind kind : {TypeKind::kString, TypeKind::kBinary}) {
    for (int64_t rows : {1, 63, 64, 65, 300}) {
      for (int round = 0; round < 6; ++round) {
        std::vector<bool> mask = Mask(rows, &random);
        if (round == 0) mask.assign(mask.size(), true);
        if (round == 1) mask.assign(mask.size(), false);
        std::vector<std::optional<std::string>> values;
        for (bool valid : mask)
          values.push_back(valid ? std::optional(std::string(random() % 20, 'a' + random() % 26)) : std::nullopt);
        TestBatch made;
        made.AddStrings(Kind(kind), values);
        auto result = Convert(made.batch());
        const auto& array = static_cast<const arrow::BinaryArray&>(*result->column(0));
        ASSERT_EQ(array.length(), rows);
        for (int64_t i = 0; i < rows; ++i) {
          ASSERT_EQ(array.IsNull(i), !values[i].has_value());
          ASSERT_EQ(array.GetView(i), values[i].value_or(""));
        }
      }
    }
  }
}

TEST(ToArrow, DictionaryIsInOrderOfFirstAppearance) {
  std::vector<std::optional<std::string>> values = {"it", std::nullopt, "de", "it", "", "de", std::nullopt, "fr"};
  TestBatch made;
  made.AddStrings(Kind(TypeKind::kDictionary), values);
  auto result = Convert(made.batch());
  const auto& array = static_cast<const arrow::DictionaryArray&>(*result->column(0));
  EXPECT_EQ(array.type()->ToString(), "dictionary<values=string, indices=int32, ordered=0>");
  const auto& names = static_cast<const arrow::StringArray&>(*array.dictionary());
  ASSERT_EQ(names.length(), 4);
  EXPECT_EQ(names.GetView(0), "it");
  EXPECT_EQ(names.GetView(1), "de");
  EXPECT_EQ(names.GetView(2), "");
  EXPECT_EQ(names.GetView(3), "fr");
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(array.IsNull(static_cast<int64_t>(i)), !values[i].has_value());
    if (!values[i].has_value()) continue;
    EXPECT_EQ(names.GetView(array.GetValueIndex(static_cast<int64_t>(i))), *values[i]);
  }
}

TEST(ToArrow, NoRows) {
  TestBatch made;
  made.Add<double>(Kind(TypeKind::kFloat64), {}).AddStrings(Kind(TypeKind::kString), {});
  made.AddStrings(Kind(TypeKind::kDictionary), {}).Add<uint8_t>(Kind(TypeKind::kBool), {});
  EXPECT_EQ(Convert(made.batch())->num_rows(), 0);
  Batch empty;  // columns without any memory
  for (TypeKind kind : {TypeKind::kInt16, TypeKind::kString, TypeKind::kDictionary, TypeKind::kBool}) {
    empty.columns.emplace_back().type = Kind(kind);
  }
  EXPECT_EQ(Convert(empty)->num_columns(), 4);
}

TEST(ToArrow, BuffersOfABatchLieInOneAllocation) {
  TestBatch made;
  made.Add(Kind(TypeKind::kFloat64), std::vector<std::optional<double>>(1000, 1.5));
  made.AddStrings(Kind(TypeKind::kString), std::vector<std::optional<std::string>>(1000, "text"));
  made.Add(Kind(TypeKind::kFloat32), std::vector<std::optional<float>>(1000, 2.5f));
  arrow::MemoryPool* pool = arrow::default_memory_pool();
  const Batch batch = made.batch();
  const int64_t before = pool->num_allocations(), held = pool->bytes_allocated();
  auto result = Convert(batch);
  EXPECT_EQ(pool->num_allocations(), before + 1);
  for (const auto& column : result->column_data()) {
    for (const auto& buffer : column->buffers) {
      EXPECT_TRUE(buffer == nullptr || reinterpret_cast<uintptr_t>(buffer->data()) % 64 == 0);
    }
  }
  std::shared_ptr<arrow::Array> last = result->column(1);
  result.reset();
  EXPECT_GT(pool->bytes_allocated(), held);  // a column that lives on keeps it
  last.reset();
  EXPECT_EQ(pool->bytes_allocated(), held);
}

TEST(ToArrow, NullSlotsAreZero) {
  TestBatch made;
  std::vector<std::optional<double>> values(100, 1.5);
  values[3] = values[70] = values[99] = std::nullopt;
  made.Add(Kind(TypeKind::kFloat64), values);
  auto result = Convert(made.batch());
  const auto* raw = result->column_data(0)->GetValues<double>(1);
  for (int i : {3, 70, 99}) EXPECT_EQ(raw[i], 0.0);
  EXPECT_EQ(result->column_data(0)->buffers[1]->size(), 800);
  EXPECT_EQ(result->column_data(0)->buffers[0]->size(), 13);
}

TEST(StringTable, NumbersMany) {
  StringTable table;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      const std::string name = std::string(static_cast<size_t>(i) % 40, 'x') + std::to_string(i);
      ASSERT_EQ(table.Find(name), round == 0 ? -1 : i);
      ASSERT_EQ(table.Insert(name), i);
      ASSERT_EQ(table.at(i), name);
    }
  }
  EXPECT_EQ(table.size(), 5000);
}

// Strings that differ in one byte alone, of every length that hash and comparison treat in a way of its own.
TEST(StringTable, TellsEveryByteApart) {
  StringTable table;
  int32_t next = 0;
  for (size_t size = 0; size <= 40; ++size) {
    const std::string plain(size, '\0');
    ASSERT_EQ(table.Insert(plain), next++);
    for (size_t place = 0; place < size; ++place) {
      std::string other = plain;
      other[place] = '\1';
      ASSERT_EQ(table.Find(other), -1) << size << " " << place;
      ASSERT_EQ(table.Insert(other), next++);
    }
  }
}

}  // namespace
}  // namespace headrace
