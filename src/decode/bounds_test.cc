// Columns at both ends of readable memory, at every offset and every number of rows before them: the decoders give what
// the plain level gives in memory without bounds, and touch no byte beyond what their contracts name.
#include <gtest/gtest.h>

#include "decode/test_column.h"
#include "decode/test_numbers.h"
#include "parse/test_guarded.h"
#include "simd/test_rounds.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint32_t kMostRows = 150;
constexpr size_t kMostBytes = kMostRows * 100, kSlack = ColumnOut::kSlack;

struct Column {
  ColumnSpec spec;
  std::string (*make)(Random& random);
};

std::string AnyTime(Random& random) { return random() % 3 ? UsualTime(random, 9) : MutatedTime(random); }
std::string AnyDate(Random& random) { return AnyTime(random).substr(0, 10); }
std::string AnyNumber(Random& random) {
  return random() % 2 ? MutatedNumber(random) : Digits(random, 1 + random() % 16);
}
std::string AnyScientific(Random& random) { return Mutated(random, Scientific(random)); }

std::vector<Column> Columns() {
  std::vector<Column> columns;
  for (const TypeKind kind :
       {TypeKind::kInt8, TypeKind::kInt16, TypeKind::kInt32, TypeKind::kInt64, TypeKind::kUInt8, TypeKind::kUInt16,
        TypeKind::kUInt32, TypeKind::kUInt64, TypeKind::kFloat32, TypeKind::kFloat64, TypeKind::kDecimal,
        TypeKind::kDuration, TypeKind::kBool, TypeKind::kString, TypeKind::kBinary, TypeKind::kDictionary}) {
    ColumnSpec spec;
    spec.type.kind = kind;
    if (kind == TypeKind::kDecimal) spec.type.precision = 15, spec.type.scale = 2;
    columns.push_back({spec, AnyNumber});
    spec.strict = IsNumber(kind);
    if (spec.strict) columns.push_back({spec, AnyNumber});
    spec.strict = false;
    if (kind == TypeKind::kFloat32 || kind == TypeKind::kFloat64) columns.push_back({spec, AnyScientific});
  }
  for (const TypeKind kind : {TypeKind::kDate, TypeKind::kTime, TypeKind::kTimestamp}) {
    for (const TimeUnit unit : {TimeUnit::kSecond, TimeUnit::kMilli, TimeUnit::kMicro, TimeUnit::kNano}) {
      ColumnSpec spec;
      spec.type.kind = kind;
      spec.type.unit = unit;
      columns.push_back({spec, kind == TypeKind::kDate ? AnyDate : AnyTime});
      if (kind != TypeKind::kTimestamp) continue;
      spec.type.zone = "UTC";
      columns.push_back({spec, AnyTime});
    }
  }
  ColumnSpec telling;
  telling.type.kind = TypeKind::kBinary;
  telling.telling_only = true;
  columns.push_back({telling, AnyNumber});
  columns.push_back({telling, AnyTime});
  return columns;
}

struct Result {
  std::string values, bytes;
  std::vector<bool> valid;
  std::vector<std::pair<uint32_t, RejectKind>> bad;
  bool operator==(const Result&) const = default;
};

// Of the rows behind `rows_before`.
Result ResultOf(const DataType& type, const ColumnOut& out, int64_t rows_before, const BadValueList& bad) {
  Result result;
  const size_t entries = static_cast<size_t>(out.num_values) + (IsVariableWidth(type.kind) ? 1 : 0);
  result.values.assign(reinterpret_cast<const char*>(out.values), entries * static_cast<size_t>(ValueWidth(type)));
  result.bytes.assign(out.bytes, static_cast<size_t>(out.num_bytes));
  for (int64_t row = rows_before; row < out.rows; row++)
    result.valid.push_back(out.validity[row / 64] >> (row % 64) & 1);
  for (uint32_t i = 0; i < bad.size; i++) result.bad.emplace_back(bad.data[i].row, bad.data[i].kind);
  return result;
}

Result DecodePlainly(const ColumnSpec& spec, const std::vector<TestField>& fields) {
  ForceSimdLevelForTesting(SimdLevel::kPlain);
  const TestText text(fields.data(), static_cast<uint32_t>(fields.size()), {});
  TestColumnMemory memory(spec.type, fields.size(), text.text.size());
  if (IsVariableWidth(spec.type.kind)) std::memset(memory.out.values, 0, sizeof(int32_t));
  TestScratch scratch(fields.size());
  std::vector<BadValue> bad(fields.size());
  BadValueList list{bad.data(), 0};
  ColumnDecoder(spec).Decode(text.list, scratch.lists(), &memory.out, &list);
  return ResultOf(spec.type, memory.out, 0, list);
}

// All memory of a call, every buffer with its end at an unmapped page.
class GuardedCall {
 public:
  GuardedCall() : text_(kMostBytes + 2 * kTextPadding + 64) {}

  // Lay the fields one behind the other: the last one ends where the padding does, or the first begins `offset` bytes
  // behind where it does.
  void Lay(const std::vector<TestField>& fields, bool at_end, uint32_t offset, char around) {
    size_t size = 0;
    for (const TestField& field : fields) size += field.text.size() + 1;
    size--;  // behind the last one there is padding
    std::memset(text_.begin(), around, static_cast<size_t>(text_.end() - text_.begin()));
    char* from = at_end ? text_.end() - kTextPadding - size : text_.begin() + kTextPadding + offset;
    const auto count = static_cast<uint32_t>(fields.size());
    begin_ = begins_.Last<uint32_t>(count + FieldList::kPadding);
    end_ = ends_.Last<uint32_t>(count + FieldList::kPadding);
    // Position 0 is `offset` bytes before the text.
    list_ = FieldList();
    list_.text = from - offset;
    uint32_t at = offset;
    for (uint32_t i = 0; i < count; i++) {
      fields[i].text.copy(from - offset + at, fields[i].text.size());
      begin_[i] = at;
      end_[i] = at + static_cast<uint32_t>(fields[i].text.size());
      at = end_[i] + 1;
    }
    PadList(begin_, count);
    PadList(end_, count);
    list_.begin = begin_;
    list_.end = end_;
    list_.size = count;
    num_bytes_ = size;
  }

  Result Decode(const ColumnDecoder& decoder, int64_t rows_before) {
    const DataType& type = decoder.type();
    const size_t rows = list_.size + static_cast<size_t>(rows_before);
    const bool is_variable = IsVariableWidth(type.kind);
    const size_t value_bytes = (list_.size + (is_variable ? 1 : 0)) * static_cast<size_t>(ValueWidth(type)) + kSlack;
    ColumnOut out;
    out.values = values_.Last<uint8_t>((value_bytes + 7) / 8 * 8);
    if (is_variable) out.bytes = bytes_.Last<char>(num_bytes_ + kSlack);
    if (is_variable) std::memset(out.values, 0, sizeof(int32_t));
    out.validity = validity_.Last<uint64_t>((rows + 63) / 64 + kSlack / 8);
    out.validity[0] = 0;
    out.rows = rows_before;
    const size_t entries = list_.size + FieldList::kPadding;
    const DecodeScratch scratch{rows_.Last<uint32_t>(entries), scratch_begins_.Last<uint32_t>(entries),
                                scratch_ends_.Last<uint32_t>(entries)};
    BadValueList bad{bad_.Last<BadValue>(list_.size), 0};
    decoder.Decode(list_, scratch, &out, &bad);
    return ResultOf(type, out, rows_before, bad);
  }

 private:
  static constexpr size_t kListBytes = (kMostRows + FieldList::kPadding) * sizeof(uint32_t);
  GuardedMemory text_;
  GuardedMemory begins_{kListBytes}, ends_{kListBytes}, rows_{kListBytes}, scratch_begins_{kListBytes},
      scratch_ends_{kListBytes};
  GuardedMemory values_{kMostRows * 16 + 2 * kSlack}, bytes_{kMostBytes + kSlack}, validity_{kMostRows + 2 * kSlack};
  GuardedMemory bad_{kMostRows * sizeof(BadValue)};
  uint32_t *begin_ = nullptr, *end_ = nullptr;
  FieldList list_;
  size_t num_bytes_ = 0;
};

TEST(DecodeBounds, EveryOffsetBetweenUnmappedPages) {
  GuardedCall call;
  Random random(29);
  for (const Column& column : Columns()) {
    for (const SimdLevel level : SimdLevels()) {
      for (uint32_t offset = 0; offset < 64; offset += PlaceStep()) {
        std::vector<TestField> fields(1 + random() % kMostRows);
        const bool has_nulls = random() % 2 != 0;
        for (TestField& field : fields) {
          if (!has_nulls || random() % 8 != 0) field.text = column.make(random).substr(0, 90);
        }
        const Result expected = DecodePlainly(column.spec, fields);
        ForceSimdLevelForTesting(level);
        const ColumnDecoder decoder(column.spec);
        for (const bool at_end : {true, false}) {
          call.Lay(fields, at_end, offset, "9.-"[random() % 3]);
          ASSERT_EQ(call.Decode(decoder, offset), expected)
              << SimdLevelName(level) << ", kind " << static_cast<int>(column.spec.type.kind) << ", offset " << offset;
        }
      }
    }
  }
  ForceSimdLevelForTesting(SimdLevels().back());
}

}  // namespace
}  // namespace v0
}  // namespace headrace
