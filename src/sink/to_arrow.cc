#include "sink/to_arrow.h"

#include <arrow/array/data.h>
#include <arrow/buffer.h>
#include <arrow/extension/uuid.h>

#include <cstring>
#include <utility>

#include "os/huge_pages.h"
#include "simd/expand.h"
#include "sink/string_table.h"

namespace headrace {
inline namespace v0 {
namespace {

using BufferPtr = std::shared_ptr<arrow::Buffer>;
using ArrayPtr = std::shared_ptr<arrow::ArrayData>;

arrow::TimeUnit::type ArrowUnit(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSecond:
      return arrow::TimeUnit::SECOND;
    case TimeUnit::kMilli:
      return arrow::TimeUnit::MILLI;
    case TimeUnit::kMicro:
      return arrow::TimeUnit::MICRO;
    case TimeUnit::kNano:
      return arrow::TimeUnit::NANO;
  }
  return arrow::TimeUnit::MILLI;
}

// The memory of one batch. Its buffers are slices of one allocation, which lives as long as one of them: so large that
// it has huge pages (small ones take longer to be cleared than everything else).
class BatchMemory {
 public:
  static Result<BatchMemory> Make(int64_t num_bytes, arrow::MemoryPool* pool) {
    ARROW_ASSIGN_OR_RAISE(std::unique_ptr<arrow::Buffer> all, arrow::AllocateBuffer(num_bytes, pool));
    PreferHugePages(all->mutable_data(), num_bytes);
    return BatchMemory(std::move(all), pool);
  }

  // Padding is zeroed too: buffers end on 64 bytes, and checksums over whole buffers should agree.
  Result<BufferPtr> Allocate(int64_t num_bytes) {
    const int64_t padded = Padded(num_bytes);
    if (used_ + padded > all_->size()) {
      ARROW_ASSIGN_OR_RAISE(std::unique_ptr<arrow::Buffer> buffer, arrow::AllocateBuffer(num_bytes, pool_));
      buffer->ZeroPadding();
      return BufferPtr(std::move(buffer));
    }
    BufferPtr buffer = arrow::SliceMutableBuffer(all_, used_, num_bytes);
    std::memset(all_->mutable_data() + used_ + num_bytes, 0, static_cast<size_t>(padded - num_bytes));
    used_ += padded;
    return buffer;
  }

  Result<BufferPtr> Copy(const void* data, int64_t num_bytes) {
    ARROW_ASSIGN_OR_RAISE(BufferPtr buffer, Allocate(num_bytes));
    if (num_bytes > 0) std::memcpy(buffer->mutable_data(), data, static_cast<size_t>(num_bytes));
    return buffer;
  }

  static int64_t Padded(int64_t num_bytes) { return (num_bytes + 63) / 64 * 64; }

 private:
  BatchMemory(std::unique_ptr<arrow::Buffer> all, arrow::MemoryPool* pool) : all_(std::move(all)), pool_(pool) {}

  BufferPtr all_;
  int64_t used_ = 0;
  arrow::MemoryPool* pool_;
};

// What the buffers of a batch take, but for the texts of dictionaries.
int64_t BytesOf(const Batch& batch) {
  int64_t num_bytes = 0;
  for (const DecodedColumn& column : batch.columns) {
    const int64_t words = (column.rows + 63) / 64 * 8;
    if (column.null_count() > 0) num_bytes += BatchMemory::Padded(words);
    if (column.type.kind == TypeKind::kBool) {
      num_bytes += BatchMemory::Padded(words);
    } else if (column.type.kind == TypeKind::kDictionary) {
      num_bytes += BatchMemory::Padded(column.rows * 4) + BatchMemory::Padded(column.num_values * 4);
    } else if (IsVariableWidth(column.type.kind)) {
      num_bytes += BatchMemory::Padded((column.rows + 1) * 4) +
                   BatchMemory::Padded(column.num_values == 0 ? 0 : column.num_bytes());
    } else {
      num_bytes += BatchMemory::Padded(column.rows * ValueWidth(column.type));
    }
  }
  return num_bytes;
}

Result<BufferPtr> Bitmap(const DecodedColumn& column, BatchMemory* memory) {
  if (column.null_count() == 0) return BufferPtr();
  return memory->Copy(column.validity, (column.rows + 7) / 8);
}

Result<BufferPtr> Bits(const DecodedColumn& column, BatchMemory* memory) {
  // Whole words are written, so whole words are allocated; the buffer is then cut to its exact size.
  ARROW_ASSIGN_OR_RAISE(BufferPtr words, memory->Allocate((column.rows + 63) / 64 * 8));
  ExpandBits(column.values, column.validity, column.rows, reinterpret_cast<uint64_t*>(words->mutable_data()));
  return arrow::SliceBuffer(words, 0, (column.rows + 7) / 8);
}

Result<BufferPtr> Values(const DecodedColumn& column, BatchMemory* memory) {
  if (column.type.kind == TypeKind::kBool) return Bits(column, memory);
  const int width = ValueWidth(column.type);
  if (column.null_count() == 0) return memory->Copy(column.values, column.rows * width);
  ARROW_ASSIGN_OR_RAISE(BufferPtr buffer, memory->Allocate(column.rows * width));
  ExpandValues(width, column.values, column.num_values, column.validity, column.rows, buffer->mutable_data());
  return buffer;
}

Result<BufferPtr> Offsets(const DecodedColumn& column, BatchMemory* memory) {
  const int64_t num_bytes = (column.rows + 1) * 4;
  if (column.null_count() == 0 && column.rows > 0) return memory->Copy(column.values, num_bytes);
  ARROW_ASSIGN_OR_RAISE(BufferPtr buffer, memory->Allocate(num_bytes));
  auto* offsets = reinterpret_cast<int32_t*>(buffer->mutable_data());
  if (column.num_values == 0) {  // which may have no offsets at all
    std::memset(offsets, 0, static_cast<size_t>(num_bytes));
  } else {
    ExpandOffsets(reinterpret_cast<const int32_t*>(column.values), column.validity, column.rows, offsets);
  }
  return buffer;
}

Result<ArrayPtr> DictionaryArray(const DecodedColumn& column, const std::shared_ptr<arrow::DataType>& type,
                                 BatchMemory* memory) {
  StringTable table;
  ARROW_ASSIGN_OR_RAISE(BufferPtr dense, memory->Allocate(column.num_values * 4));
  auto* indices = reinterpret_cast<int32_t*>(dense->mutable_data());
  const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
  for (int64_t i = 0; i < column.num_values; ++i) {
    const auto length = static_cast<size_t>(offsets[i + 1] - offsets[i]);
    indices[i] = table.Insert({column.bytes + offsets[i], length});
  }
  BufferPtr values = dense;
  if (column.null_count() > 0) {
    ARROW_ASSIGN_OR_RAISE(values, memory->Allocate(column.rows * 4));
    ExpandValues(4, dense->data(), column.num_values, column.validity, column.rows, values->mutable_data());
  }
  ARROW_ASSIGN_OR_RAISE(BufferPtr bitmap, Bitmap(column, memory));
  const int64_t num_offsets = table.size() + int64_t{1};
  ARROW_ASSIGN_OR_RAISE(BufferPtr names_offsets, memory->Copy(table.offsets().data(), num_offsets * 4));
  ARROW_ASSIGN_OR_RAISE(BufferPtr names,
                        memory->Copy(table.bytes().data(), static_cast<int64_t>(table.bytes().size())));
  ArrayPtr array = arrow::ArrayData::Make(type, column.rows, {bitmap, values}, column.null_count());
  array->dictionary = arrow::ArrayData::Make(arrow::utf8(), table.size(), {nullptr, names_offsets, names}, 0);
  return array;
}

Result<ArrayPtr> ColumnArray(const DecodedColumn& column, const std::shared_ptr<arrow::DataType>& type,
                             BatchMemory* memory) {
  if (column.type.kind == TypeKind::kDictionary) return DictionaryArray(column, type, memory);
  ARROW_ASSIGN_OR_RAISE(BufferPtr bitmap, Bitmap(column, memory));
  std::vector<BufferPtr> buffers = {std::move(bitmap)};
  if (IsVariableWidth(column.type.kind)) {
    ARROW_ASSIGN_OR_RAISE(BufferPtr offsets, Offsets(column, memory));
    ARROW_ASSIGN_OR_RAISE(BufferPtr bytes, memory->Copy(column.bytes, column.num_values == 0 ? 0 : column.num_bytes()));
    buffers.push_back(std::move(offsets));
    buffers.push_back(std::move(bytes));
  } else {
    ARROW_ASSIGN_OR_RAISE(BufferPtr values, Values(column, memory));
    buffers.push_back(std::move(values));
  }
  return arrow::ArrayData::Make(type, column.rows, std::move(buffers), column.null_count());
}

}  // namespace

int64_t BufferBytes(const arrow::RecordBatch& batch) {
  int64_t num_bytes = 0;
  const auto add = [&num_bytes](const arrow::ArrayData& array) {
    for (const BufferPtr& buffer : array.buffers) num_bytes += buffer == nullptr ? 0 : buffer->size();
  };
  for (const ArrayPtr& column : batch.column_data()) {
    add(*column);
    if (column->dictionary != nullptr) add(*column->dictionary);
  }
  return num_bytes;
}

Result<std::shared_ptr<arrow::DataType>> ArrowType(const DataType& type) {
  switch (type.kind) {
    case TypeKind::kBool:
      return arrow::boolean();
    case TypeKind::kInt8:
      return arrow::int8();
    case TypeKind::kInt16:
      return arrow::int16();
    case TypeKind::kInt32:
      return arrow::int32();
    case TypeKind::kInt64:
      return arrow::int64();
    case TypeKind::kUInt8:
      return arrow::uint8();
    case TypeKind::kUInt16:
      return arrow::uint16();
    case TypeKind::kUInt32:
      return arrow::uint32();
    case TypeKind::kUInt64:
      return arrow::uint64();
    case TypeKind::kFloat32:
      return arrow::float32();
    case TypeKind::kFloat64:
      return arrow::float64();
    case TypeKind::kDecimal:
      return arrow::Decimal128Type::Make(type.precision, type.scale);
    case TypeKind::kString:
      return arrow::utf8();
    case TypeKind::kBinary:
      return arrow::binary();
    case TypeKind::kDate:
      return arrow::date32();
    case TypeKind::kTimestamp:
      return arrow::timestamp(ArrowUnit(type.unit), type.zone);
    case TypeKind::kTime:
      return type.unit <= TimeUnit::kMilli ? arrow::time32(ArrowUnit(type.unit)) : arrow::time64(ArrowUnit(type.unit));
    case TypeKind::kDuration:
      return arrow::duration(ArrowUnit(type.unit));
    case TypeKind::kDictionary:
      return arrow::dictionary(arrow::int32(), arrow::utf8());
    case TypeKind::kUuid:
      return arrow::extension::uuid();
  }
  return Status::NotImplemented("a column type without an Arrow type");
}

Result<std::shared_ptr<arrow::Schema>> ArrowSchema(const std::vector<SinkColumn>& columns) {
  arrow::FieldVector fields;
  for (const SinkColumn& column : columns) {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::DataType> type, ArrowType(column.type));
    fields.push_back(arrow::field(column.name, std::move(type)));
  }
  return arrow::schema(std::move(fields));
}

Result<std::shared_ptr<arrow::RecordBatch>> ToRecordBatch(const Batch& batch,
                                                          const std::shared_ptr<arrow::Schema>& schema,
                                                          arrow::MemoryPool* pool) {
  if (schema->num_fields() != static_cast<int>(batch.columns.size())) {
    return Status::Invalid("a batch of ", batch.columns.size(), " columns for a schema of ", schema->num_fields());
  }
  ARROW_ASSIGN_OR_RAISE(BatchMemory memory, BatchMemory::Make(BytesOf(batch), pool));
  std::vector<ArrayPtr> arrays;
  arrays.reserve(batch.columns.size());
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(ArrayPtr array,
                          ColumnArray(batch.columns[i], schema->field(static_cast<int>(i))->type(), &memory));
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(schema, batch.rows, std::move(arrays));
}

}  // namespace v0
}  // namespace headrace
