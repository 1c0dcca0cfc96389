#include "decode/predicate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace headrace {
inline namespace v0 {
namespace {

template <class T>
T Load(const void* from, int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const uint8_t*>(from) + static_cast<size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

template <class T>
int Order(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  }
  return a < b ? -1 : b < a ? 1 : 0;
}

// The dense values of a column and of literals, as T.
template <class T>
struct FixedValues {
  static T Of(const DecodedColumn& column, int64_t i) { return Load<T>(column.values, i); }
  static T Literal(const std::string& bytes) { return Load<T>(bytes.data(), 0); }
};

struct TextValues {
  static std::string_view Of(const DecodedColumn& column, int64_t i) {
    const auto* offsets = reinterpret_cast<const int32_t*>(column.values);
    return {column.bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])};
  }
  static std::string_view Literal(const std::string& bytes) { return bytes; }
};

// Set the bit of every row whose value passes.
template <class Values, class Test>
void TestValues(const DecodedColumn& column, uint32_t rows, uint64_t* yes, Test test) {
  int64_t next = 0;
  for (uint32_t word = 0; word * 64 < rows; word++) {
    uint64_t bits = 0;
    for (uint64_t rest = column.validity[word]; rest != 0; rest &= rest - 1) {
      bits |= uint64_t{test(Values::Of(column, next++))} << std::countr_zero(rest);
    }
    yes[word] = bits;
  }
}

template <class Values>
void Compare(const DecodedColumn& column, uint32_t rows, const PredicateStep& step, uint64_t* yes) {
  const auto to = Values::Literal(step.literals.front());
  using T = std::remove_const_t<decltype(to)>;
  switch (step.comparison) {
    case Comparison::kEqual:
      return TestValues<Values>(column, rows, yes, [&](const T& value) { return Order(value, to) == 0; });
    case Comparison::kNotEqual:
      return TestValues<Values>(column, rows, yes, [&](const T& value) { return Order(value, to) != 0; });
    case Comparison::kLess:
      return TestValues<Values>(column, rows, yes, [&](const T& value) { return Order(value, to) < 0; });
    case Comparison::kLessEqual:
      return TestValues<Values>(column, rows, yes, [&](const T& value) { return Order(value, to) <= 0; });
    case Comparison::kGreater:
      return TestValues<Values>(column, rows, yes, [&](const T& value) { return Order(value, to) > 0; });
    case Comparison::kGreaterEqual:
      return TestValues<Values>(column, rows, yes, [&](const T& value) { return Order(value, to) >= 0; });
  }
}

template <class Values>
bool LiteralLess(const std::string& a, const std::string& b) {
  return Order(Values::Literal(a), Values::Literal(b)) < 0;
}

template <class Values>
void FindIn(const DecodedColumn& column, uint32_t rows, const PredicateStep& step, uint64_t* yes) {
  const auto& list = step.literals;
  TestValues<Values>(column, rows, yes, [&](const auto& value) {
    const auto at = std::lower_bound(list.begin(), list.end(), value, [](const std::string& literal, const auto& v) {
      return Order(Values::Literal(literal), v) < 0;
    });
    return at != list.end() && Order(Values::Literal(*at), value) == 0;
  });
}

// Call `use` with the Values that suit the type.
template <class Use>
void WithValues(const DataType& type, Use use) {
  switch (type.kind) {
    case TypeKind::kFloat32:
      return use(FixedValues<float>());
    case TypeKind::kFloat64:
      return use(FixedValues<double>());
    case TypeKind::kBool:
    case TypeKind::kUInt8:
      return use(FixedValues<uint8_t>());
    case TypeKind::kUInt16:
      return use(FixedValues<uint16_t>());
    case TypeKind::kUInt32:
      return use(FixedValues<uint32_t>());
    case TypeKind::kUInt64:
      return use(FixedValues<uint64_t>());
    case TypeKind::kInt8:
      return use(FixedValues<int8_t>());
    case TypeKind::kInt16:
      return use(FixedValues<int16_t>());
    case TypeKind::kDecimal:
      return use(FixedValues<__int128>());
    case TypeKind::kUuid:
      return use(FixedValues<std::array<uint8_t, 16>>());
    default:
      if (IsVariableWidth(type.kind)) return use(TextValues());
      return ValueWidth(type) == 4 ? use(FixedValues<int32_t>()) : use(FixedValues<int64_t>());
  }
}

}  // namespace

Predicate::Predicate(std::vector<DataType> types, std::vector<PredicateStep> steps)
    : types_(std::move(types)), steps_(std::move(steps)) {
  size_t depth = 0;
  for (PredicateStep& step : steps_) {
    if (step.kind == PredicateStep::Kind::kAnd || step.kind == PredicateStep::Kind::kOr) depth--;
    if (step.kind <= PredicateStep::Kind::kIsNull) depth_ = std::max(depth_, ++depth);
    if (step.kind != PredicateStep::Kind::kIn) continue;
    WithValues(types_[step.column], [&](auto values) {
      std::sort(step.literals.begin(), step.literals.end(), LiteralLess<decltype(values)>);
    });
  }
}

// Each place of the stack has two words for 64 rows: where it is true and where it is false; neither is unknown.
const uint64_t* Predicate::Evaluate(const DecodedColumn* columns, uint32_t rows, PredicateScratch* scratch) const {
  const size_t words = (rows + 63) / 64;
  scratch->words.resize(depth_ * 2 * words + 1);
  uint64_t* top = scratch->words.data();  // behind the stack's last place
  for (const PredicateStep& step : steps_) {
    uint64_t* yes = top - 2 * words;  // of the last place; operands: its own and the one before it
    uint64_t* no = top - words;
    switch (step.kind) {
      case PredicateStep::Kind::kCompare:
      case PredicateStep::Kind::kIn: {
        const DecodedColumn& column = columns[step.column];
        WithValues(column.type, [&](auto values) {
          using Values = decltype(values);
          step.kind == PredicateStep::Kind::kIn ? FindIn<Values>(column, rows, step, top)
                                                : Compare<Values>(column, rows, step, top);
        });
        for (size_t i = 0; i < words; i++) top[words + i] = column.validity[i] & ~top[i];
        top += 2 * words;
        break;
      }
      case PredicateStep::Kind::kIsNull:
        for (size_t i = 0; i < words; i++) {
          const uint64_t valid = columns[step.column].validity[i];
          const uint64_t of_rows = (i + 1) * 64 <= rows ? ~uint64_t{0} : (uint64_t{1} << (rows & 63)) - 1;
          top[i] = ~valid & of_rows;
          top[words + i] = valid;
        }
        top += 2 * words;
        break;
      case PredicateStep::Kind::kNot:
        std::swap_ranges(yes, yes + words, no);
        break;
      case PredicateStep::Kind::kAnd:
        for (size_t i = 0; i < words; i++) (yes - 2 * words)[i] &= yes[i];
        for (size_t i = 0; i < words; i++) (no - 2 * words)[i] |= no[i];
        top -= 2 * words;
        break;
      case PredicateStep::Kind::kOr:
        for (size_t i = 0; i < words; i++) (yes - 2 * words)[i] |= yes[i];
        for (size_t i = 0; i < words; i++) (no - 2 * words)[i] &= no[i];
        top -= 2 * words;
        break;
    }
  }
  return scratch->words.data();
}

}  // namespace v0
}  // namespace headrace
