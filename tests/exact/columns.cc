#include "exact/columns.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "exact/counted_kernels.h"

namespace headrace {
inline namespace v0 {
namespace {

// Bit for bit, but for the payload of a NaN.
bool SameSum(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

template <class T>
bool SameSummary(void (*plain)(const T*, int64_t, const uint64_t*, int64_t, FloatSummary<T>*),
                 void (*other)(const T*, int64_t, const uint64_t*, int64_t, FloatSummary<T>*),
                 const ColumnOut& column) {
  FloatSummary<T> a, b;
  const T* values = reinterpret_cast<const T*>(column.values);
  plain(values, column.num_values, column.validity, column.rows, &a);
  other(values, column.num_values, column.validity, column.rows, &b);
  // In which lane an extreme stands is not told.
  bool same = *std::min_element(a.min, a.min + 8) == *std::min_element(b.min, b.min + 8) &&
              *std::max_element(a.max, a.max + 8) == *std::max_element(b.max, b.max + 8);
  for (int lane = 0; lane < 8; lane++) same &= SameSum(a.sums[lane], b.sums[lane]);
  return same;
}

template <class T>
bool SameSummary(void (*plain)(const T*, int64_t, IntegerSummary<T>*),
                 void (*other)(const T*, int64_t, IntegerSummary<T>*), const ColumnOut& column) {
  IntegerSummary<T> a, b;
  const T* values = reinterpret_cast<const T*>(column.values);
  plain(values, column.num_values, &a);
  other(values, column.num_values, &b);
  return a.min == b.min && a.max == b.max && a.sum == b.sum;
}

bool SameSummaries(TypeKind kind, const SummarizeKernels& plain, const SummarizeKernels& other,
                   const ColumnOut& column) {
  switch (kind) {
    case TypeKind::kFloat64:
      return SameSummary<double>(plain.float64, other.float64, column);
    case TypeKind::kFloat32:
      return SameSummary<float>(plain.float32, other.float32, column);
    case TypeKind::kInt8:
      return SameSummary<int8_t>(plain.int8, other.int8, column);
    case TypeKind::kInt16:
      return SameSummary<int16_t>(plain.int16, other.int16, column);
    case TypeKind::kInt32:
    case TypeKind::kDate:
      return SameSummary<int32_t>(plain.int32, other.int32, column);
    case TypeKind::kInt64:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
      return SameSummary<int64_t>(plain.int64, other.int64, column);
    case TypeKind::kUInt8:
      return SameSummary<uint8_t>(plain.uint8, other.uint8, column);
    case TypeKind::kUInt16:
      return SameSummary<uint16_t>(plain.uint16, other.uint16, column);
    case TypeKind::kUInt32:
      return SameSummary<uint32_t>(plain.uint32, other.uint32, column);
    case TypeKind::kUInt64:
      return SameSummary<uint64_t>(plain.uint64, other.uint64, column);
    default:
      return true;
  }
}

template <class T>
T As(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), std::min(sizeof(T), bytes.size()));
  return value;
}

}  // namespace

std::vector<LevelDecoder> DecodersOf(const ColumnSpec& spec) {
  std::vector<LevelDecoder> decoders;
  for (const SimdLevel level : SimdLevels()) {
    const Kernels& kernels = CountedKernelsOf(level);
    ForceKernelsForTesting(kernels);
    decoders.push_back({&kernels, ColumnDecoder(spec)});
  }
  ForceSimdLevelForTesting(SimdLevels().back());
  return decoders;
}

ColumnComparer::ColumnComparer(const std::string& name, const std::vector<LevelDecoder>& levels,
                               Differences* differences)
    : name_(name), type_(levels.front().decoder.type()), scratch_(kWindowFields), differences_(differences) {
  constexpr size_t kRows = kWindowFields + 64;
  const size_t num_bytes = IsVariableWidth(type_.kind) ? kWindowFields * size_t{TextWindow::kMaxFieldBytes} : 0;
  for (const LevelDecoder& level : levels) {
    levels_.push_back({&level, TestColumnMemory(type_, kRows, num_bytes), std::vector<BadValue>(kWindowFields), {}});
  }
  spread_.resize(kRows * static_cast<size_t>(ValueWidth(type_)));
  other_spread_.resize(spread_.size());
}

void ColumnComparer::Decode(const FieldList& fields, uint32_t rows_before, Tally* tally) {
  fields_ = fields;
  for (Level& level : levels_) {
    ColumnOut* out = &level.memory.out;
    out->rows = level.rows_before = rows_before;
    out->num_values = out->num_bytes = 0;
    out->told = ToldValues();
    out->validity[0] = 0;
    if (IsVariableWidth(type_.kind)) std::memset(out->values, 0, sizeof(int32_t));
    level.list = {level.bad.data(), 0};
    CountsOfThisThread() = KernelCounts();
    level.decoder->decoder.Decode(fields, scratch_.lists(), out, &level.list);
  }
  tally->fields += fields.size;
  tally->given += CountsOfThisThread().given;  // of the last level, the best
  tally->taken += CountsOfThisThread().taken;
  tally->bad += levels_.front().list.size;
  for (const Level& level : levels_) {
    if (&level == &levels_.front()) continue;
    if (!IsSame(levels_.front(), level)) CompareRows(levels_.front(), level);
    CompareWhole(levels_.front(), level);
  }
}

bool ColumnComparer::IsSame(const Level& plain, const Level& other) const {
  const ColumnOut &a = plain.memory.out, &b = other.memory.out;
  if (a.rows != b.rows || a.num_values != b.num_values || plain.list.size != other.list.size) return false;
  const auto width = static_cast<size_t>(ValueWidth(type_));
  const size_t num_entries = static_cast<size_t>(a.num_values) + (IsVariableWidth(type_.kind) ? 1 : 0);
  if (std::memcmp(a.values, b.values, num_entries * width) != 0) return false;
  if (IsVariableWidth(type_.kind) && std::memcmp(a.bytes, b.bytes, static_cast<size_t>(a.num_bytes)) != 0) return false;
  for (uint32_t i = 0; i < plain.list.size; i++) {
    if (plain.bad[i].row != other.bad[i].row || plain.bad[i].kind != other.bad[i].kind) return false;
  }
  const size_t full = static_cast<size_t>(a.rows) / 64;
  const uint64_t last = (uint64_t{1} << (a.rows % 64)) - 1;
  return std::memcmp(a.validity, b.validity, full * 8) == 0 && ((a.validity[full] ^ b.validity[full]) & last) == 0;
}

RowResult ColumnComparer::Rows::Next() {
  const ColumnOut& out = level_.memory.out;
  const bool valid = out.validity[row_ / 64] >> (row_ % 64) & 1;
  RowResult result;
  if (bad_ < level_.list.size && level_.bad[bad_].row + level_.rows_before == static_cast<uint64_t>(row_)) {
    result.bad = level_.bad[bad_++].kind;
  }
  result.is_null = !valid && !result.bad;
  const DataType& type = level_.decoder->decoder.type();
  if (valid && IsVariableWidth(type.kind)) {
    const auto* offsets = reinterpret_cast<const int32_t*>(out.values);
    result.value = {out.bytes + offsets[value_], static_cast<size_t>(offsets[value_ + 1] - offsets[value_])};
  } else if (valid) {
    const auto width = static_cast<size_t>(ValueWidth(type));
    result.value = {reinterpret_cast<const char*>(out.values) + static_cast<size_t>(value_) * width, width};
  }
  value_ += valid;
  row_++;
  return result;
}

void ColumnComparer::CompareRows(const Level& plain, const Level& other) const {
  Rows wanted(plain), got(other);
  bool any = false;
  for (uint32_t row = 0; row < fields_.size; row++) {
    const RowResult a = wanted.Next(), b = got.Next();
    if (a == b) continue;
    any = true;
    Note(SimdLevelName(other.decoder->kernels->level), row, b, "plain " + Show(a));
  }
  if (!any) differences_->Note(name_ + ": a level's column differs from the plain one, and none of its rows does");
}

// Values spread over their rows, and summaries.
void ColumnComparer::CompareWhole(const Level& plain, const Level& other) {
  if (IsVariableWidth(type_.kind)) return;
  const ColumnOut& out = plain.memory.out;
  const int width = ValueWidth(type_);
  plain.decoder->kernels->expand_values(width, out.values, out.num_values, out.validity, out.rows, spread_.data());
  other.decoder->kernels->expand_values(width, out.values, out.num_values, out.validity, out.rows,
                                        other_spread_.data());
  if (std::memcmp(spread_.data(), other_spread_.data(), static_cast<size_t>(out.rows * width)) != 0) {
    differences_->Note(name_ + ": values spread over their rows differ from the plain level's");
  }
  if (!SameSummaries(type_.kind, *plain.decoder->kernels->summarize, *other.decoder->kernels->summarize, out)) {
    differences_->Note(name_ + ": the summary differs from the plain level's");
  }
}

std::string_view ColumnComparer::TextOf(uint32_t row) const {
  return {fields_.text + fields_.begin[row], fields_.end[row] - fields_.begin[row]};
}

void ColumnComparer::CompareWith(const Reference& reference, Tally* tally) {
  const bool is_text = IsVariableWidth(type_.kind);
  ForEachRow([&](uint32_t row, const RowResult& got) {
    text_ = TextOf(row);
    const bool is_quoted = fields_.is_quoted(row);
    if (is_quoted) {  // of two quotes one is meant
      for (size_t at = 0; (at = text_.find("\"\"", at)) != std::string::npos; at++) text_.erase(at, 1);
    }
    RowResult wanted;
    wanted.is_null = text_.empty() && !(is_text && is_quoted);
    Wanted value;
    if (!wanted.is_null) {
      value = reference(text_);
      if (!value.known) return;
      if (!value.ok) wanted.bad = value.kind;
      if (value.ok && is_text) wanted.value = text_;
      if (value.ok && !is_text) {
        wanted.value = {reinterpret_cast<const char*>(value.bytes), static_cast<size_t>(ValueWidth(type_))};
      }
    }
    tally->nulls += wanted.is_null ? 1 : 0;
    tally->by_reference++;
    if (got != wanted) Note("plain", row, got, "reference " + Show(wanted));
  });
}

std::string ColumnComparer::Show(const RowResult& row) const {
  if (row.bad) return std::string(RejectKindName(*row.bad));
  if (row.is_null) return "null";
  if (IsVariableWidth(type_.kind)) return "'" + Printable(row.value) + "'";
  std::string hex;
  for (size_t i = row.value.size(); i-- > 0;) {
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02X", static_cast<unsigned char>(row.value[i]));
    hex += digits;
  }
  char number[40] = "";
  if (type_.kind == TypeKind::kFloat64) std::snprintf(number, sizeof(number), " (%.17g)", As<double>(row.value));
  if (type_.kind == TypeKind::kFloat32) std::snprintf(number, sizeof(number), " (%.9g)", double{As<float>(row.value)});
  return "0x" + hex + number;
}

void ColumnComparer::Note(std::string_view level, uint32_t row, const RowResult& got, const std::string& wanted) const {
  differences_->Note(name_ + ", row " + std::to_string(row) + ", '" + Printable(TextOf(row)) +
                     "': " + std::string(level) + " " + Show(got) + ", " + wanted);
}

}  // namespace v0
}  // namespace headrace
