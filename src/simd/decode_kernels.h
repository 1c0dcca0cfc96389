#pragma once
// Blocks of up to 64 fields to numbers at once. What a kernel does not take it names, and the plain twin
// (decode/values.h) reads it: a kernel's values are the twin's, bit for bit.
// Takes: FieldBlock. Gives: values and a mask of fields to read again. Owns: nothing. Threads: functions without state.
#include <cstdint>
#include <tuple>

namespace headrace {
inline namespace v0 {

/// The fields text[begin[i], end[i]), i < size. 64 bytes before and behind each must be readable. `begin` and `end`
/// have size rounded up to a multiple of 8 entries, the last ones repeating a field.
struct FieldBlock {
  static constexpr uint32_t kMaxFields = 64;
  const char* text;
  const uint32_t* begin;
  const uint32_t* end;
  uint32_t size;
};

/// Write values[i] for every field, and what may be anything up to the next multiple of 8. Return the mask of fields
/// whose value is not right because their text is outside the kernel's shape, or is no value at all.
template <class T>
using BlockKernel = uint64_t (*)(const FieldBlock& block, T* values);

/// Lists to which fields are appended: their rows, begins and ends.
struct PresentLists {
  uint32_t *rows, *begin, *end;
  uint32_t size = 0;
};

/// Whether a Z stands behind a timestamp.
enum class Zulu : uint8_t { kNone, kMay, kMust };

/// Integers: up to 16 digits, those of 64 bits up to 19 where they are below 922e16; an optional minus before them, for
/// unsigned types none.
/// Floats: an optional minus, up to 7 digits, then perhaps a dot and up to 24 digits. AVX2 and AVX-512 also an optional
/// sign, up to 23 digits and a dot anywhere among them, then perhaps an exponent of up to three digits; but not where
/// a block has but one or two such fields.
using NumberKernels = std::tuple<BlockKernel<int8_t>, BlockKernel<int16_t>, BlockKernel<int32_t>, BlockKernel<int64_t>,
                                 BlockKernel<uint8_t>, BlockKernel<uint16_t>, BlockKernel<uint32_t>,
                                 BlockKernel<uint64_t>, BlockKernel<float>, BlockKernel<double>>;

/// The doubles' kernel that tells too which numbers, of at most 17 significant digits, their doubles give back
/// (GivesBack in decode/values.h): `*given_back` is a mask of fields that surely do. The others may.
using ReadCheckedDoublesFn = uint64_t (*)(const FieldBlock& block, double* values, uint64_t* given_back);

/// Shape: an optional minus, up to 15 - scale digits, then perhaps a dot and up to `scale` (at most 14) digits.
/// Values are integers times 10^-scale; those of more than `precision` digits are not taken.
using ReadDecimalsFn = uint64_t (*)(const FieldBlock& block, int precision, int scale, __int128* values);

/// Shape: YYYY-MM-DD. Days since 1970-01-01.
using ReadDatesFn = BlockKernel<int32_t>;

/// Shape: YYYY-MM-DD, then T, t or a space, HH:MM:SS, then perhaps a dot and up to `unit_digits` (0, 3, 6 or 9) digits,
/// then by `zulu` Z or z. Units of 10^-unit_digits seconds since 1970-01-01T00:00:00.
using ReadTimestampsFn = uint64_t (*)(const FieldBlock& block, int unit_digits, Zulu zulu, int64_t* values);

/// Append to `present` those of the `count` (at most 64) fields from `first` on that are not empty; return their mask.
/// Writes no more than `count` entries behind its size.
using FindPresentFn = uint64_t (*)(const uint32_t* begin, const uint32_t* end, uint32_t first, uint32_t count,
                                   PresentLists* present);

}  // namespace v0
}  // namespace headrace
