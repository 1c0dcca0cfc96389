#pragma once
// Decoded columns for benchmarks of sinks: units of 420,000 rows, about 32 MiB of Milan text.
// Takes: what makes a value. Gives: DecodedColumn, the same for the same calls. Owns: the memory. Threads: one. Fails:
// never.
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "decode/batch.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

inline DataType TypeOf(TypeKind kind) {
  DataType type;
  type.kind = kind;
  return type;
}

struct MadeColumn {
  static constexpr int64_t kRows = 420'000;

  // `make(row)` gives the value of a row; `percent` in a hundred are null.
  template <class T, class MakeFn>
  static MadeColumn Of(const DataType& type, int percent, MakeFn make) {
    MadeColumn made(type);
    std::mt19937_64 random(7);
    for (int64_t row = 0; row < kRows; row++) {
      const T value = make(row);
      if (made.Keep(row, static_cast<int>(random() % 100) >= percent)) made.Append(value);
    }
    return made;
  }

  template <class MakeFn>
  static MadeColumn OfTexts(const DataType& type, int percent, MakeFn make) {
    MadeColumn made(type);
    std::mt19937_64 random(7);
    made.Append(int32_t{0});
    for (int64_t row = 0; row < kRows; row++) {
      const std::string text = make(row);
      if (!made.Keep(row, static_cast<int>(random() % 100) >= percent)) continue;
      made.bytes += text;
      made.Append(static_cast<int32_t>(made.bytes.size()));
    }
    return made;
  }

  DecodedColumn decoded() const {
    DecodedColumn result = column;
    result.values = values.data();
    result.bytes = IsVariableWidth(column.type.kind) ? bytes.data() : nullptr;
    result.validity = validity.data();
    return result;
  }

  std::vector<uint8_t> values;
  std::string bytes;
  std::vector<uint64_t> validity;
  DecodedColumn column;

 private:
  explicit MadeColumn(const DataType& type) : validity((kRows + 63) / 64) {
    column.type = type;
    column.rows = kRows;
  }
  bool Keep(int64_t row, bool keep) {
    if (!keep) return false;
    validity[static_cast<size_t>(row / 64)] |= uint64_t{1} << row % 64;
    column.num_values++;
    return true;
  }
  template <class T>
  void Append(const T& value) {
    const size_t size = values.size();
    values.resize(size + sizeof value);
    std::memcpy(values.data() + size, &value, sizeof value);
  }
};

/// Columns as the sinks take them.
struct MadeBatch {
  explicit MadeBatch(std::vector<MadeColumn> made_columns) : made(std::move(made_columns)) {
    batch.rows = MadeColumn::kRows;
    for (size_t i = 0; i < made.size(); i++) {
      batch.columns.push_back(made[i].decoded());
      columns.push_back({"column" + std::to_string(i), made[i].column.type});
    }
  }
  uint64_t fields() const { return static_cast<uint64_t>(batch.rows) * batch.columns.size(); }

  std::vector<MadeColumn> made;
  Batch batch;
  std::vector<SinkColumn> columns;
};

constexpr int64_t kMilanTextBytes = 76;  // of a row: eight fields and seven tabs, half of the activities empty

// Sorted by square, then by time, as the Milan files are: 144 intervals a day, about three countries in each.
inline MadeBatch MakeMilanBatch() {
  std::mt19937_64 random(1);
  DataType instant = TypeOf(TypeKind::kTimestamp);
  instant.zone = "UTC";
  std::vector<MadeColumn> made;
  made.push_back(
      MadeColumn::Of<int32_t>(TypeOf(TypeKind::kInt32), 0, [](int64_t row) { return int32_t(1 + row / 475); }));
  made.push_back(MadeColumn::Of<int64_t>(
      instant, 0, [](int64_t row) { return 1'383'260'400'000 + row % 475 * 10 / 33 * 600'000; }));
  made.push_back(MadeColumn::Of<int32_t>(TypeOf(TypeKind::kInt32), 0, [&](int64_t row) {
    return row % 3 == 0 ? 39 : static_cast<int32_t>(random() % 300);
  }));
  for (int i = 0; i < 5; i++) {
    made.push_back(MadeColumn::Of<double>(TypeOf(TypeKind::kFloat64), 50,
                                          [&](int64_t) { return static_cast<double>(random() >> 11) * 0x1p-53 * 10; }));
  }
  return MadeBatch(std::move(made));
}

}  // namespace v0
}  // namespace headrace
