#include "sink/partition.h"

#include <cstring>
#include <unordered_map>

#include "sink/value_text.h"

namespace headrace {
inline namespace v0 {
namespace {

// Hive escapes what a path or its own syntax could take for something else, and control bytes.
std::string Escape(std::string_view text) {
  static constexpr std::string_view kSpecial = "\"#%'*/:=?\\{}[]^ ";
  std::string escaped;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7F || kSpecial.find(byte) != std::string_view::npos) {
      static constexpr char kHex[] = "0123456789ABCDEF";
      escaped += {'%', kHex[code >> 4], kHex[code & 15]};
    } else {
      escaped += byte;
    }
  }
  if (escaped == "." || escaped == "..") escaped = "%2E" + escaped.substr(1);
  return escaped.empty() ? "__HIVE_DEFAULT_PARTITION__" : escaped;
}

bool IsValid(const DecodedColumn& column, int64_t row) { return column.validity[row >> 6] >> (row & 63) & 1; }

template <class T>
T Load(const DecodedColumn& column, int64_t ordinal) {
  T value;
  std::memcpy(&value, column.values + static_cast<size_t>(ordinal) * sizeof(T), sizeof(T));
  return value;
}

std::string TextOf(const DecodedColumn& column, int64_t ordinal) {
  const DataType& type = column.type;
  switch (type.kind) {
    case TypeKind::kString:
    case TypeKind::kDictionary:
    case TypeKind::kBinary: {
      const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
      const auto length = static_cast<size_t>(offsets[ordinal + 1] - offsets[ordinal]);
      const std::string_view text(column.bytes + offsets[ordinal], length);
      return type.kind == TypeKind::kBinary ? HexText(text) : std::string(text);
    }
    case TypeKind::kFloat32:
      return FloatText(Load<float>(column, ordinal));
    case TypeKind::kFloat64:
      return FloatText(Load<double>(column, ordinal));
    case TypeKind::kDecimal:
      return ValueText(type, Load<__int128>(column, ordinal));
    case TypeKind::kBool:
    case TypeKind::kUInt8:
      return ValueText(type, Load<uint8_t>(column, ordinal));
    case TypeKind::kUInt16:
      return ValueText(type, Load<uint16_t>(column, ordinal));
    case TypeKind::kUInt32:
      return ValueText(type, Load<uint32_t>(column, ordinal));
    case TypeKind::kUInt64:
      return ValueText(type, Load<uint64_t>(column, ordinal));
    case TypeKind::kInt8:
      return ValueText(type, Load<int8_t>(column, ordinal));
    case TypeKind::kInt16:
      return ValueText(type, Load<int16_t>(column, ordinal));
    default:
      return ValueWidth(type) == 4 ? ValueText(type, Load<int32_t>(column, ordinal))
                                   : ValueText(type, Load<int64_t>(column, ordinal));
  }
}

// For each row, the ordinal of its value in the dense list, or -1.
std::vector<int64_t> Ordinals(const DecodedColumn& column) {
  std::vector<int64_t> ordinals(static_cast<size_t>(column.rows), -1);
  int64_t next = 0;
  for (int64_t row = 0; row < column.rows; row++) {
    if (IsValid(column, row)) ordinals[static_cast<size_t>(row)] = next++;
  }
  return ordinals;
}

}  // namespace

std::vector<Partition> SplitByPartition(const Batch& batch, const std::vector<SinkColumn>& columns,
                                        const std::vector<int>& by) {
  std::vector<std::vector<int64_t>> ordinals;
  for (const int column : by) ordinals.push_back(Ordinals(batch.columns[static_cast<size_t>(column)]));
  std::unordered_map<std::string, size_t> found;
  std::vector<Partition> partitions;
  for (int64_t row = 0; row < batch.rows; row++) {
    std::string directory;
    for (size_t i = 0; i < by.size(); i++) {
      const auto column = static_cast<size_t>(by[i]);
      const int64_t ordinal = ordinals[i][static_cast<size_t>(row)];
      const std::string value = ordinal < 0 ? std::string() : TextOf(batch.columns[column], ordinal);
      directory += (i == 0 ? "" : "/") + Escape(columns[column].name) + "=" + Escape(value);
    }
    const auto [it, is_new] = found.emplace(directory, partitions.size());
    if (is_new) partitions.push_back({directory, {}});
    partitions[it->second].rows.push_back(row);
  }
  return partitions;
}

GatheredBatch GatherRows(const Batch& batch, const std::vector<int>& columns, const std::vector<int64_t>& rows) {
  GatheredBatch gathered;
  gathered.batch.rows = static_cast<int64_t>(rows.size());
  gathered.memory.resize(columns.size());
  for (size_t i = 0; i < columns.size(); i++) {
    const DecodedColumn& from = batch.columns[static_cast<size_t>(columns[i])];
    GatheredBatch::Memory& memory = gathered.memory[i];
    const std::vector<int64_t> ordinals = Ordinals(from);
    const auto width = static_cast<size_t>(ValueWidth(from.type));
    const bool is_text = IsVariableWidth(from.type.kind);
    const auto* offsets = reinterpret_cast<const int32_t*>(from.values);
    memory.validity.assign(rows.size() / 64 + 1, 0);
    memory.values.assign(((rows.size() + 1) * width + 7) / 8 + 8, 0);
    auto* values = reinterpret_cast<uint8_t*>(memory.values.data());
    DecodedColumn to = from;
    to.rows = gathered.batch.rows;
    to.num_values = 0;
    for (size_t row = 0; row < rows.size(); row++) {
      const int64_t ordinal = ordinals[static_cast<size_t>(rows[row])];
      if (ordinal < 0) continue;
      memory.validity[row >> 6] |= uint64_t{1} << (row & 63);
      to.num_values++;
      if (is_text) {
        memory.bytes.append(from.bytes + offsets[ordinal], static_cast<size_t>(offsets[ordinal + 1] - offsets[ordinal]));
        reinterpret_cast<int32_t*>(values)[to.num_values] = static_cast<int32_t>(memory.bytes.size());
      } else {
        std::memcpy(values + static_cast<size_t>(to.num_values - 1) * width,
                    from.values + static_cast<size_t>(ordinal) * width, width);
      }
    }
    to.values = values;
    to.bytes = is_text ? memory.bytes.data() : nullptr;
    to.validity = memory.validity.data();
    gathered.batch.columns.push_back(std::move(to));
  }
  return gathered;
}

}  // namespace v0
}  // namespace headrace
