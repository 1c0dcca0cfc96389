#pragma once
// Builds batches for tests of sinks: rows with nulls in, dense values and validity words out. Tests only.
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "decode/batch.h"

namespace headrace {
inline namespace v0 {

/// Owns the memory of a Batch. Buffers are of exact size, so that a sanitizer sees any read beyond them.
class TestBatch {
 public:
  /// Append a column of fixed width: T has the width of the type's values (bool: uint8_t).
  template <class T>
  TestBatch& Add(const DataType& type, const std::vector<std::optional<T>>& rows) {
    Memory& memory = Begin(rows);
    for (const std::optional<T>& row : rows) {
      if (row.has_value()) Append(&*row, sizeof(T), &memory.values);
    }
    return End(type, rows.size());
  }

  /// Append a column of strings (string, binary, dictionary).
  TestBatch& AddStrings(const DataType& type, const std::vector<std::optional<std::string>>& rows) {
    Memory& memory = Begin(rows);
    memory.bytes.emplace();
    int32_t offset = 0;
    Append(&offset, sizeof offset, &memory.values);
    for (const std::optional<std::string>& row : rows) {
      if (!row.has_value()) continue;
      memory.bytes->insert(memory.bytes->end(), row->begin(), row->end());
      offset += static_cast<int32_t>(row->size());
      Append(&offset, sizeof offset, &memory.values);
    }
    return End(type, rows.size());
  }

  const Batch& batch() const { return batch_; }

 private:
  struct Memory {
    std::vector<uint8_t> values;
    std::optional<std::vector<char>> bytes;
    std::vector<uint64_t> validity;
    int64_t num_values = 0;
  };

  template <class Row>
  Memory& Begin(const std::vector<Row>& rows) {
    Memory& memory = memory_.emplace_back();
    memory.validity.assign((rows.size() + 63) / 64, 0);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].has_value()) continue;
      memory.validity[i / 64] |= uint64_t{1} << i % 64;
      ++memory.num_values;
    }
    return memory;
  }

  static void Append(const void* value, size_t size, std::vector<uint8_t>* to) {
    const size_t old = to->size();
    to->resize(old + size);
    std::memcpy(to->data() + old, value, size);
  }

  TestBatch& End(const DataType& type, size_t rows) {
    Memory& memory = memory_.back();
    memory.values.shrink_to_fit();
    DecodedColumn column;
    column.type = type;
    column.rows = static_cast<int64_t>(rows);
    column.num_values = memory.num_values;
    column.values = memory.values.data();
    if (memory.bytes.has_value()) {
      memory.bytes->reserve(1);  // a column of empty strings has a pointer too
      column.bytes = memory.bytes->data();
    }
    column.validity = memory.validity.data();
    batch_.rows = column.rows;
    batch_.columns.push_back(std::move(column));
    return *this;
  }

  std::deque<Memory> memory_;
  Batch batch_;
};

}  // namespace v0
}  // namespace headrace
