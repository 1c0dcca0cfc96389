#include "sink/dictionary_merge.h"

#include <arrow/array/data.h>
#include <arrow/buffer.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

// The strings of a batch's own dictionary.
class Strings {
 public:
  explicit Strings(const arrow::ArrayData& array)
      : size_(array.length), offsets_(array.GetValues<int32_t>(1)), bytes_(array.buffers[2]->data_as<char>()) {}
  int64_t size() const { return size_; }
  std::string_view operator[](int64_t i) const {
    return {bytes_ + offsets_[i], static_cast<size_t>(offsets_[i + 1] - offsets_[i])};
  }

 private:
  int64_t size_;
  const int32_t* offsets_;
  const char* bytes_;
};

// Null slots hold zero and keep it.
void RemapIndices(const std::vector<int32_t>& map, arrow::ArrayData* column) {
  bool identity = true;
  for (size_t i = 0; i < map.size(); ++i) identity = identity && map[i] == static_cast<int32_t>(i);
  if (identity) return;
  auto* indices = reinterpret_cast<int32_t*>(column->buffers[1]->mutable_data());
  if (column->buffers[0] == nullptr) {
    for (int64_t i = 0; i < column->length; ++i) indices[i] = map[static_cast<size_t>(indices[i])];
    return;
  }
  const uint8_t* validity = column->buffers[0]->data();
  for (int64_t i = 0; i < column->length; ++i) {
    const int32_t valid = validity[i / 8] >> i % 8 & 1;
    indices[i] = map[static_cast<size_t>(indices[i])] & -valid;
  }
}

// Bring `buffer` to hold `new_bytes` of `data`, of which it holds `old_bytes`. Slices of it stay as they are.
Status Extend(const void* data, int64_t old_bytes, int64_t new_bytes, arrow::MemoryPool* pool,
              std::shared_ptr<arrow::Buffer>* buffer) {
  const int64_t capacity = *buffer == nullptr ? 0 : (*buffer)->size();
  if (*buffer == nullptr || new_bytes > capacity) {
    ARROW_ASSIGN_OR_RAISE(*buffer, arrow::AllocateBuffer(std::max(new_bytes, 2 * capacity), pool));
    old_bytes = 0;
  }
  if (new_bytes > old_bytes) {
    std::memcpy((*buffer)->mutable_data() + old_bytes, static_cast<const char*>(data) + old_bytes,
                static_cast<size_t>(new_bytes - old_bytes));
  }
  return Status::OK();
}

}  // namespace

DictionaryMerge::DictionaryMerge(const arrow::Schema& schema, arrow::MemoryPool* pool) : pool_(pool) {
  for (int i = 0; i < schema.num_fields(); ++i) {
    if (schema.field(i)->type()->id() != arrow::Type::DICTIONARY) continue;
    columns_.push_back(i);
    entries_.push_back(std::make_unique<Entry>());
  }
}

bool DictionaryMerge::TryRemap(arrow::RecordBatch* batch) const {
  std::vector<std::vector<int32_t>> maps(columns_.size());
  {
    std::shared_lock lock(mutex_);
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Strings strings(*batch->column_data(columns_[i])->dictionary);
      if (strings.size() > size(i)) return false;
      for (int64_t k = 0; k < strings.size(); ++k) {
        const int32_t index = entries_[i]->table.Find(strings[k]);
        if (index < 0) return false;
        maps[i].push_back(index);
      }
    }
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!maps[i].empty()) RemapIndices(maps[i], batch->column_data(columns_[i]).get());
  }
  return true;
}

Status DictionaryMerge::Remap(arrow::RecordBatch* batch) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    arrow::ArrayData* column = batch->column_data(columns_[i]).get();
    const Strings strings(*column->dictionary);
    std::vector<int32_t> map;
    {
      std::unique_lock lock(mutex_);
      for (int64_t k = 0; k < strings.size(); ++k) {
        const int32_t index = entries_[i]->table.Insert(strings[k]);
        if (index < 0) {
          const std::string& name = batch->schema()->field(columns_[i])->name();
          return StringTable::FullError().WithMessage("column ", name, ": ", StringTable::FullError().message());
        }
        map.push_back(index);
      }
    }
    if (!map.empty()) RemapIndices(map, column);
  }
  return Status::OK();
}

int64_t DictionaryMerge::memory_bytes(size_t i) const {
  const Entry& entry = *entries_[i];
  int64_t bytes = 2 * entry.table.memory_bytes();
  if (entry.snapshot != nullptr) bytes += entry.offsets->size() + entry.bytes->size();
  return bytes;
}

Result<std::shared_ptr<arrow::ArrayData>> DictionaryMerge::Dictionary(size_t i) {
  Entry& entry = *entries_[i];
  const int32_t count = entry.table.size();
  const int64_t old_count = entry.snapshot == nullptr ? -1 : entry.snapshot->length;
  if (old_count == count) return entry.snapshot;
  const int64_t old_bytes = entry.snapshot == nullptr ? 0 : entry.snapshot->buffers[2]->size();
  const std::vector<int32_t>& offsets = entry.table.offsets();
  const int64_t new_bytes = offsets.back();
  ARROW_RETURN_NOT_OK(Extend(offsets.data(), (old_count + 1) * 4, (count + int64_t{1}) * 4, pool_, &entry.offsets));
  ARROW_RETURN_NOT_OK(Extend(entry.table.bytes().data(), old_bytes, new_bytes, pool_, &entry.bytes));
  entry.snapshot = arrow::ArrayData::Make(arrow::utf8(), count,
                                          {nullptr, arrow::SliceBuffer(entry.offsets, 0, (count + int64_t{1}) * 4),
                                           arrow::SliceBuffer(entry.bytes, 0, new_bytes)},
                                          0);
  return entry.snapshot;
}

}  // namespace v0
}  // namespace headrace
