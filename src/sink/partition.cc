#include "sink/partition.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "headrace/schema.h"
#include "sink/value_text.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxNameBytes = 255;
constexpr std::string_view kNullFolder = "__HIVE_DEFAULT_PARTITION__";

// Hive escapes what a path or its own syntax could take for something else, and control bytes.
std::string Escape(std::string_view text) {
  static constexpr std::string_view kSpecial = "\"#%'*/:=?\\{}[]^ ";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7F || kSpecial.find(byte) != std::string_view::npos) {
      escaped += {'%', kHex[code >> 4], kHex[code & 15]};
    } else {
      escaped += byte;
    }
  }
  return escaped;
}

template <class T>
T Load(const DecodedColumn& column, int64_t i) {
  T value;
  std::memcpy(&value, column.values + static_cast<size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

std::string TextOf(const DataType& type, const DecodedColumn& column, int64_t i) {
  switch (type.kind) {
    case TypeKind::kString:
    case TypeKind::kDictionary: {
      const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
      return std::string(column.bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i]));
    }
    case TypeKind::kFloat32:
      return FloatText(Load<float>(column, i));
    case TypeKind::kFloat64:
      return FloatText(Load<double>(column, i));
    case TypeKind::kDecimal:
      return ValueText(type, Load<__int128>(column, i));
    case TypeKind::kBool:
    case TypeKind::kUInt8:
      return ValueText(type, Load<uint8_t>(column, i));
    case TypeKind::kUInt16:
      return ValueText(type, Load<uint16_t>(column, i));
    case TypeKind::kUInt32:
      return ValueText(type, Load<uint32_t>(column, i));
    case TypeKind::kUInt64:
      return ValueText(type, Load<uint64_t>(column, i));
    case TypeKind::kInt8:
      return ValueText(type, Load<int8_t>(column, i));
    case TypeKind::kInt16:
      return ValueText(type, Load<int16_t>(column, i));
    default:
      return ValueWidth(type) == 4 ? ValueText(type, Load<int32_t>(column, i))
                                   : ValueText(type, Load<int64_t>(column, i));
  }
}

bool IsValid(const DecodedColumn& column, int64_t row) { return column.validity[row >> 6] >> (row & 63) & 1; }

// Where the row's value lies in the dense list; the row is not null.
int64_t Ordinal(const DecodedColumn& column, const std::vector<uint32_t>& ranks, uint32_t row) {
  const uint64_t before = column.validity[row >> 6] & ((uint64_t{1} << (row & 63)) - 1);
  return ranks[row >> 6] + std::popcount(before);
}

Status TooManyPartitions() {
  return Status::CapacityError("one unit of the input has more than ", ValueDictionary::kMaxValues,
                               " partitions. Partition by fewer columns, or by ones that repeat.");
}

template <class T>
int64_t CopyFixed(const DecodedColumn& from, const std::vector<uint32_t>& ranks, const uint32_t* rows, int64_t num_rows,
                  uint64_t* validity, uint64_t* to) {
  auto* values = reinterpret_cast<uint8_t*>(to);
  for (int64_t i = 0; i < num_rows; i++) {
    if (!IsValid(from, rows[i])) continue;
    validity[i >> 6] |= uint64_t{1} << (i & 63);
    std::memcpy(values, from.values + static_cast<size_t>(Ordinal(from, ranks, rows[i])) * sizeof(T), sizeof(T));
    values += sizeof(T);
  }
  return static_cast<int64_t>(static_cast<size_t>(values - reinterpret_cast<uint8_t*>(to)) / sizeof(T));
}

}  // namespace

Status PartitionSplitter::Check(const SinkColumn& column) {
  DataType type = column.type;
  if (type.kind == TypeKind::kBool) type.kind = TypeKind::kUInt8;
  if (type.kind != TypeKind::kBinary && ValueDictionary::Takes(type)) return Status::OK();
  return Status::Invalid("cannot partition by '", column.name, "': no folder can be named after values of type ",
                         type.kind == TypeKind::kDecimal ? "decimal of more than 18 digits" : TypeName(type),
                         "\nfix: partition by another column");
}

Status PartitionSplitter::Split(const Batch& batch) {
  batch_ = &batch;
  memory_.resize(rest_.size());
  for (size_t i = 0; i < rest_.size(); i++) {
    const DecodedColumn& column = batch.columns[static_cast<size_t>(rest_[i])];
    std::vector<uint32_t>& ranks = memory_[i].ranks;
    ranks.resize(static_cast<size_t>((column.rows + 63) / 64));
    uint32_t rank = 0;
    for (size_t word = 0; word < ranks.size(); word++) {
      ranks[word] = rank;
      rank += static_cast<uint32_t>(std::popcount(column.validity[word]));
    }
  }
  return NumberRows();
}

// A row's key has a digit for every partition column: 0 for null, otherwise one more than the value's number.
Status PartitionSplitter::NumberRows() {
  ValueDictionary::Limits limits;
  limits.text_bytes = std::numeric_limits<int64_t>::max();  // as long as they may be: their number alone counts
  keys_.assign(static_cast<size_t>(batch_->rows), 0);
  of_columns_.resize(by_.size());
  uint64_t num_keys = 1;
  for (size_t i = 0; i < by_.size(); i++) {
    DecodedColumn column = batch_->columns[static_cast<size_t>(by_[i])];
    if (column.type.kind == TypeKind::kBool) column.type.kind = TypeKind::kUInt8;
    if (!of_columns_[i].Index(column, limits)) return TooManyPartitions();
    const uint64_t base = static_cast<uint64_t>(of_columns_[i].distinct().num_values) + 1;
    if (__builtin_mul_overflow(num_keys, base, &num_keys)) return TooManyPartitions();
    const uint16_t* next = of_columns_[i].indices();
    for (int64_t row = 0; row < batch_->rows; row++) {
      uint64_t& key = keys_[static_cast<size_t>(row)];
      key = key * base + (IsValid(column, row) ? *next++ + uint64_t{1} : 0);
    }
  }
  DecodedColumn keys;
  keys.type.kind = TypeKind::kUInt64;
  keys.rows = keys.num_values = batch_->rows;
  keys.values = reinterpret_cast<const uint8_t*>(keys_.data());
  if (!of_keys_.Index(keys, {})) return TooManyPartitions();

  directories_.clear();
  for (int64_t partition = 0; partition < of_keys_.distinct().num_values; partition++) {
    auto key = Load<uint64_t>(of_keys_.distinct(), partition);
    std::string directory;
    for (size_t i = by_.size(); i-- > 0;) {
      const DecodedColumn& distinct = of_columns_[i].distinct();
      const uint64_t base = static_cast<uint64_t>(distinct.num_values) + 1;
      ARROW_ASSIGN_OR_RAISE(const std::string folder, FolderOf(i, distinct, key % base));
      directory = directory.empty() ? folder : folder + "/" + directory;
      key /= base;
    }
    directories_.push_back(std::move(directory));
  }
  SortRows(of_keys_.indices());
  return Status::OK();
}

Result<std::string> PartitionSplitter::FolderOf(size_t column, const DecodedColumn& distinct, uint64_t digit) const {
  const SinkColumn& by = columns_[static_cast<size_t>(by_[column])];
  std::string value(kNullFolder);
  if (digit > 0) {
    value = Escape(TextOf(by.type, distinct, static_cast<int64_t>(digit) - 1));
    if (value == kNullFolder) {
      return Status::Invalid("column '", by.name, "' holds the text '", kNullFolder,
                             "', which would be read back as null from the name of a folder");
    }
  }
  std::string folder = Escape(by.name) + "=" + value;
  if (folder.size() <= kMaxNameBytes) return folder;
  return Status::Invalid("column '", by.name, "' holds a text whose folder would have a name of ", folder.size(),
                         " bytes, and file systems take ", kMaxNameBytes,
                         "\nfix: partition by a column of short texts");
}

void PartitionSplitter::SortRows(const uint16_t* partition_of_row) {
  starts_.assign(directories_.size() + 1, 0);
  for (int64_t row = 0; row < batch_->rows; row++) starts_[partition_of_row[row] + size_t{1}]++;
  for (size_t i = 1; i < starts_.size(); i++) starts_[i] += starts_[i - 1];
  rows_.resize(static_cast<size_t>(batch_->rows));
  std::vector<size_t> next(starts_.begin(), starts_.end() - 1);
  for (int64_t row = 0; row < batch_->rows; row++) rows_[next[partition_of_row[row]]++] = static_cast<uint32_t>(row);
}

const Batch& PartitionSplitter::Gather(size_t partition) {
  const auto num_rows = static_cast<int64_t>(starts_[partition + 1] - starts_[partition]);
  gathered_.rows = num_rows;
  gathered_.columns.clear();
  for (size_t i = 0; i < rest_.size(); i++) {
    const DecodedColumn& column = batch_->columns[static_cast<size_t>(rest_[i])];
    const bool is_whole = num_rows == batch_->rows;
    gathered_.columns.push_back(
        is_whole ? column : GatherColumn(column, rows_.data() + starts_[partition], num_rows, &memory_[i]));
  }
  return gathered_;
}

DecodedColumn PartitionSplitter::GatherColumn(const DecodedColumn& from, const uint32_t* rows, int64_t num_rows,
                                              Memory* memory) const {
  const int width = ValueWidth(from.type);
  memory->validity.assign(static_cast<size_t>((num_rows + 63) / 64), 0);
  memory->values.resize(static_cast<size_t>((num_rows + 1) * width) / 8 + 1);
  uint64_t* const validity = memory->validity.data();
  uint64_t* const values = memory->values.data();
  DecodedColumn to = from;
  to.rows = num_rows;
  if (IsVariableWidth(from.type.kind)) {
    memory->bytes.clear();
    const auto* offsets = reinterpret_cast<const int32_t*>(from.values);
    auto* ends = reinterpret_cast<int32_t*>(values);
    *ends = 0;
    for (int64_t i = 0; i < num_rows; i++) {
      if (!IsValid(from, rows[i])) continue;
      validity[i >> 6] |= uint64_t{1} << (i & 63);
      const int64_t ordinal = Ordinal(from, memory->ranks, rows[i]);
      memory->bytes.insert(memory->bytes.end(), from.bytes + offsets[ordinal], from.bytes + offsets[ordinal + 1]);
      *++ends = static_cast<int32_t>(memory->bytes.size());
    }
    to.num_values = ends - reinterpret_cast<int32_t*>(values);
    memory->bytes.reserve(1);  // texts that are all empty have a pointer too
    to.bytes = memory->bytes.data();
  } else {
    const auto copy = width == 1   ? CopyFixed<uint8_t>
                      : width == 2 ? CopyFixed<uint16_t>
                      : width == 4 ? CopyFixed<uint32_t>
                      : width == 8 ? CopyFixed<uint64_t>
                                   : CopyFixed<__int128>;
    to.num_values = copy(from, memory->ranks, rows, num_rows, validity, values);
  }
  to.values = reinterpret_cast<const uint8_t*>(values);
  to.validity = validity;
  return to;
}

}  // namespace v0
}  // namespace headrace
