#include "sink/parquet_encoding.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "sink/byte_stream_split.h"
#include "sink/parquet_extremes.h"
#include "sink/parquet_values.h"

namespace headrace {
inline namespace v0 {
namespace {

using parquet::Encoding;
__extension__ using Int128 = __int128;

// Distinct values among the first ValueDictionary::kSample (8,192) beyond which no dictionary is tried. Of 65,536
// values in equal shares, 7,700 are expected there.
constexpr int64_t kMayRepeat = 7800;
// Floats rarely gain from a dictionary under a codec with entropy coding, even where a tenth of them is distinct
// (measured), and trying has its price. Under other codecs, or none, they gain often.
constexpr int64_t kFloatsMayRepeat = 2048, kFloatsMayRepeatUnderEntropyCoding = 512;
// With more, they may gain where they are few in the whole column, as amounts of money are: four slices then have less
// than four times as many distinct values as one. Of 40,000 values in equal shares 3.4 times as many are expected.
constexpr int64_t kFewOverallPercent = 340;

// A dictionary's size by estimate, in percent of PLAIN's, at which it is taken. Readers like dictionaries of integers
// and texts; floats must gain. No choice is to cost more than 3 percent: bench/encodings looks.
constexpr int64_t kDictionaryPercent = 102, kFloatDictionaryPercent = 98;
// Bit-packed indices of up to this size, in percent of those in whole bytes, are taken: they are quicker to compress.
constexpr int64_t kPackedPercent = 101;
// Whatever PLAIN may be, a dictionary of this percentage of the uncompressed values is good enough: quick to read.
constexpr int64_t kNextToNothingPercent = 2;

// Differences must gain this much over PLAIN or a dictionary: they are slower to read, and fewer readers skip in them.
constexpr int64_t kDeltaPercent = 97;

// Fewer values than these are not worth three compressions: the sizes before compression decide, and of floats only
// those that a codec would hardly mend. Differences are packed, and no codec makes much of them.
constexpr int64_t kFewValues = 4096, kFewFloatsPercent = 25, kFewOthersPercent = 75, kFewDeltaPercent = 50;

constexpr int64_t kSlices = 4, kSliceValues = 4096;  // of a sample, from all over the column
// Where one kind of values is all that is looked for, and of few values.
constexpr int64_t kShortSliceValues = 512, kShortestSliceValues = 128;
constexpr int64_t kSliceTextBytes = 32 << 10;

bool IsFloat(TypeKind kind) { return kind == TypeKind::kFloat32 || kind == TypeKind::kFloat64; }

int64_t MayRepeat(TypeKind kind, const PageCodec* codec) {
  if (!IsFloat(kind)) return kMayRepeat;
  return codec != nullptr && codec->has_entropy_coding() ? kFloatsMayRepeatUnderEntropyCoding : kFloatsMayRepeat;
}

// What the values take as PLAIN, where small integers are wider, and decimals as narrow as their precision allows.
int64_t RawBytes(const DecodedColumn& column) {
  const DataType& type = column.type;
  const int width = type.kind == TypeKind::kDecimal ? DecimalWidth(type.precision) : std::max(ValueWidth(type), 4);
  return column.num_bytes() + column.num_values * width;
}

// The same of a dictionary, indices packed.
int64_t DictionaryBytes(int64_t num_distinct, int64_t distinct_bytes, int64_t num_values) {
  return distinct_bytes + num_values * IndexBits(num_distinct, /*whole_bytes=*/false) / 8;
}

bool IsWantedOfFew(const DecodedColumn& column, int64_t dictionary_bytes) {
  const int64_t percent = IsFloat(column.type.kind) ? kFewFloatsPercent : kFewOthersPercent;
  return dictionary_bytes * 100 < RawBytes(column) * percent;
}

// Return with how many distinct values a dictionary may still be wanted.
int64_t MostDistinct(const DecodedColumn& column) {
  const int64_t n = column.num_values, raw_bytes = RawBytes(column);
  if (n >= kFewValues) return ValueDictionary::kMaxValues;
  int64_t most = n;
  while (most > 1 && !IsWantedOfFew(column, DictionaryBytes(most, raw_bytes * most / n, n))) most = most * 15 / 16;
  return most;
}

int64_t ShortSliceValues(const DecodedColumn& column) {
  return column.num_values < kFewValues ? kShortestSliceValues : kShortSliceValues;
}

// Call `visit(first, count)` for evenly spread slices of num_values values.
template <class VisitFn>
void ForSlices(int64_t num_values, int64_t slice_values, VisitFn visit) {
  if (num_values <= kSlices * slice_values) return visit(int64_t{0}, num_values);
  for (int64_t i = 0; i < kSlices; i++) visit(num_values / kSlices * i, slice_values);
}

const int32_t* OffsetsOf(const DecodedColumn& column) { return reinterpret_cast<const int32_t*>(column.values); }

// Return how many of a slice's values a sample takes: of texts, as many as kSliceTextBytes hold, and one.
int64_t SampledOf(const DecodedColumn& column, int64_t first, int64_t count) {
  if (!IsVariableWidth(column.type.kind)) return count;
  const int32_t* offsets = OffsetsOf(column) + first;
  int64_t taken = 1;
  while (taken < count && offsets[taken + 1] - offsets[0] <= kSliceTextBytes) taken++;
  return std::min(taken, count);
}

// Append a sample of the column as PLAIN has it; return the number of values in it.
int64_t SamplePlain(const DecodedColumn& column, int64_t slice_values, std::vector<uint8_t>* sample) {
  sample->clear();
  int64_t taken = 0;
  ForSlices(column.num_values, slice_values, [&](int64_t first, int64_t count) {
    count = SampledOf(column, first, count);
    taken += count;
    if (!IsVariableWidth(column.type.kind)) {
      const int width = ValueWidth(column.type);
      sample->insert(sample->end(), column.values + first * width, column.values + (first + count) * width);
      return;
    }
    const int32_t* offsets = OffsetsOf(column);
    for (int64_t i = first; i < first + count; i++) {
      const auto length = static_cast<uint32_t>(offsets[i + 1] - offsets[i]);
      const auto* length_bytes = reinterpret_cast<const uint8_t*>(&length);
      sample->insert(sample->end(), length_bytes, length_bytes + sizeof length);
      sample->insert(sample->end(), column.bytes + offsets[i], column.bytes + offsets[i + 1]);
    }
  });
  return taken;
}

// The same as differences have it.
int64_t SampleDelta(const DecodedColumn& column, std::vector<uint64_t>* converted, std::vector<uint8_t>* sample) {
  sample->clear();
  int64_t taken = 0;
  ForSlices(column.num_values, kSliceValues, [&](int64_t first, int64_t count) {
    DecodedColumn slice = column;
    slice.num_values = SampledOf(column, first, count);
    slice.values += first * ValueWidth(column.type);
    const PhysicalValues values = MakePhysical(slice, converted);
    const size_t begin = sample->size();
    sample->resize(begin + static_cast<size_t>(MaxDeltaBytes(values, 0, slice.num_values)));
    uint8_t* end = StoreDelta(values, 0, slice.num_values, sample->data() + begin);
    sample->resize(static_cast<size_t>(end - sample->data()));
    taken += slice.num_values;
  });
  return taken;
}

// The same of indices, one behind the other.
void SampleIndices(const uint16_t* indices, int64_t num_values, std::vector<uint16_t>* sample) {
  sample->clear();
  ForSlices(num_values, kSliceValues, [&](int64_t first, int64_t count) {
    sample->insert(sample->end(), indices + first, indices + first + count);
  });
}

int64_t Scale(int64_t value, int64_t by, int64_t over) {
  return static_cast<int64_t>(static_cast<Int128>(value) * by / std::max<int64_t>(over, 1));
}

// Types whose physical form is INT32, INT64 or BYTE_ARRAY. Of byte arrays, Spark's vectorized reader took lengths of
// another batch until 2025 (SPARK-52240; 3.5.1 was tried and failed). Integers it reads (3.5.1 and 4.0.0 were tried).
// pyarrow cannot read such texts back as a dictionary.
bool TakesDelta(TypeKind kind, ParquetCompat compat) {
  if (kind == TypeKind::kDictionary) return false;
  if (IsVariableWidth(kind)) return compat == ParquetCompat::kLatest;
  return kind != TypeKind::kBool && kind != TypeKind::kDecimal && kind != TypeKind::kUuid && !IsFloat(kind);
}

Encoding::type DeltaOf(TypeKind kind) {
  return IsVariableWidth(kind) ? Encoding::DELTA_LENGTH_BYTE_ARRAY : Encoding::DELTA_BINARY_PACKED;
}

// Some readers add differences of 32-bit values up in 64 bits, and compare before they cut (Spark, of dates before
// 1582): differences that wrap are not for them.
bool MayWrap(const DecodedColumn& column) {
  if (IsVariableWidth(column.type.kind) || ValueWidth(column.type) > 4) return false;
  const Extremes extremes = FindExtremes(column, 0, column.num_values);
  const bool is_seconds = column.type.kind == TypeKind::kTime && column.type.unit == TimeUnit::kSecond;
  return (extremes.high - extremes.low) * (is_seconds ? 1000 : 1) > std::numeric_limits<int32_t>::max();
}

}  // namespace

bool TakesEncoding(const DataType& type, ColumnEncoding encoding, ParquetCompat compat) {
  switch (encoding) {
    case ColumnEncoding::kDictionary:
      return ValueDictionary::Takes(type);
    case ColumnEncoding::kDelta:
      return TakesDelta(type.kind, compat);
    case ColumnEncoding::kByteStreamSplit:
      return IsFloat(type.kind) && compat == ParquetCompat::kLatest;
    default:
      return true;
  }
}

Result<Encoding::type> EncodingChooser::Choose(const DecodedColumn& column, ColumnEncoding wanted) {
  const bool has_width_8 = !IsVariableWidth(column.type.kind) && ValueWidth(column.type) == 8;
  repeats_ = has_width_8 ? RepeatSearch::kTryBoth : RepeatSearch::kOfBytes;
  const bool has_values = column.num_values > 0;
  switch (wanted) {
    case ColumnEncoding::kDictionary:
      if (!has_values || !dictionary_.Index(column, {})) return Encoding::PLAIN;
      ARROW_RETURN_NOT_OK(DictionarySize(column.num_values));  // for the width of its indices
      return Encoding::RLE_DICTIONARY;
    case ColumnEncoding::kDelta:
      return has_values && !MayWrap(column) ? DeltaOf(column.type.kind) : Encoding::PLAIN;
    case ColumnEncoding::kByteStreamSplit:
      return has_values ? Encoding::BYTE_STREAM_SPLIT : Encoding::PLAIN;
    case ColumnEncoding::kPlain:
      return Encoding::PLAIN;
    case ColumnEncoding::kAuto:
      break;
  }
  return ChooseBySize(column);
}

Result<Encoding::type> EncodingChooser::ChooseBySize(const DecodedColumn& column) {
  plain_bytes_.reset();
  ARROW_ASSIGN_OR_RAISE(const Dictionary dictionary, TryDictionary(column));
  if (dictionary.is_final) return Encoding::RLE_DICTIONARY;
  ARROW_ASSIGN_OR_RAISE(const bool uses_delta, UsesDelta(column, dictionary));
  if (uses_delta) return DeltaOf(column.type.kind);
  if (dictionary.is_wanted) return Encoding::RLE_DICTIONARY;
  ARROW_RETURN_NOT_OK(SettleRepeats(column));
  ARROW_ASSIGN_OR_RAISE(const bool splits, UsesByteStreamSplit(column));
  return splits ? Encoding::BYTE_STREAM_SPLIT : Encoding::PLAIN;
}

// The bytes that a sample takes in the file, about.
Result<int64_t> EncodingChooser::EncodedBytes(const std::vector<uint8_t>& sample, RepeatSearch* repeats) {
  const auto size = static_cast<int64_t>(sample.size());
  if (codec_ == nullptr) return size;
  compressed_.resize(static_cast<size_t>(codec_->MaxBytes(size)));
  return codec_->Compress({sample.data(), size, 0, 0}, repeats, compressed_.data());
}

Result<int64_t> EncodingChooser::EncodedBytes(const std::vector<uint8_t>& sample) {
  RepeatSearch repeats = RepeatSearch::kOfBytes;
  return EncodedBytes(sample, &repeats);
}

// The bytes that the column takes as PLAIN, about.
Result<int64_t> EncodingChooser::PlainBytes(const DecodedColumn& column) {
  if (plain_bytes_.has_value()) return *plain_bytes_;
  const int64_t taken = SamplePlain(column, kSliceValues, &sample_);
  ARROW_ASSIGN_OR_RAISE(const int64_t sample_bytes, EncodedBytes(sample_, &repeats_));
  plain_bytes_ = Scale(sample_bytes, column.num_values, taken);
  return *plain_bytes_;
}

// Of dictionary_, and `num_values` indices.
Result<int64_t> EncodingChooser::DictionarySize(int64_t num_values) {
  const DecodedColumn& distinct = dictionary_.distinct();
  const int64_t distinct_taken = SamplePlain(distinct, kSliceValues, &sample_);
  ARROW_ASSIGN_OR_RAISE(const int64_t distinct_sample, EncodedBytes(sample_));
  SampleIndices(dictionary_.indices(), num_values, &index_sample_);
  ARROW_ASSIGN_OR_RAISE(const int64_t index_sample, IndicesBytes(distinct.num_values));
  return Scale(distinct_sample, distinct.num_values, distinct_taken) +
         Scale(index_sample, num_values, static_cast<int64_t>(index_sample_.size()));
}

// Of index_sample_, in the better width: in whole bytes a codec finds repeats that bit-packing would hide; where there
// are none, packed ones are as small, and are fewer bytes to compress.
Result<int64_t> EncodingChooser::IndicesBytes(int64_t num_distinct) {
  const int packed_bits = IndexBits(num_distinct, /*whole_bytes=*/false);
  index_bits_ = IndexBits(num_distinct, /*whole_bytes=*/codec_ != nullptr);
  const auto bytes_of = [&](int bits) {
    const auto count = static_cast<int64_t>(index_sample_.size());
    sample_.resize(static_cast<size_t>(MaxIndexBytes(count, bits)));
    const uint8_t* const end = StoreIndices(index_sample_.data(), count, bits, sample_.data());
    sample_.resize(static_cast<size_t>(end - sample_.data()));
    return EncodedBytes(sample_);
  };
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, bytes_of(index_bits_));
  if (packed_bits == index_bits_) return bytes;
  ARROW_ASSIGN_OR_RAISE(const int64_t packed_bytes, bytes_of(packed_bits));
  if (packed_bytes * 100 > bytes * kPackedPercent) return bytes;
  index_bits_ = packed_bits;
  return packed_bytes;
}

// Of values of a fixed width: whether those of another part of the column are often the same ones. Not where those
// that were looked at first are all distinct: of 6,000 values in equal shares, 22 of the first 512 should repeat.
// Of few values the sizes decided.
bool EncodingChooser::AreFewOverall(const DecodedColumn& column) {
  if (distinct_percent_ >= 100 || column.num_values < kFewValues) return false;
  DecodedColumn sample = column;
  sample.num_values = sample.rows = SamplePlain(column, kSliceValues, &sample_);
  sample.values = sample_.data();
  const auto distinct_of = [&](int64_t num_values) {
    sample.num_values = num_values;
    return dictionary_.Index(sample, {kMayRepeat}) ? dictionary_.distinct().num_values : num_values;
  };
  const int64_t all = sample.num_values;
  if (all < kSlices * kSliceValues) return true;  // there is no other part
  return distinct_of(all) * 100 <= distinct_of(all / kSlices) * kFewOverallPercent;
}

Result<EncodingChooser::Dictionary> EncodingChooser::TryDictionary(const DecodedColumn& column) {
  const bool is_float = IsFloat(column.type.kind);
  const int64_t n = column.num_values;
  Dictionary tried;
  if (n == 0 || !ValueDictionary::Takes(column.type)) return tried;
  bool repeats = dictionary_.Index(column, {MayRepeat(column.type.kind, codec_), MostDistinct(column)});
  distinct_percent_ = dictionary_.distinct_percent();
  if (!repeats && is_float && AreFewOverall(column)) repeats = dictionary_.Index(column, {kMayRepeat});
  if (!repeats) return tried;
  if (n < kFewValues) {
    const DecodedColumn& distinct = dictionary_.distinct();
    index_bits_ = IndexBits(distinct.num_values, /*whole_bytes=*/codec_ != nullptr);
    tried.bytes = DictionaryBytes(distinct.num_values, RawBytes(distinct), n);
    tried.is_wanted = IsWantedOfFew(column, tried.bytes);
    return tried;
  }
  ARROW_ASSIGN_OR_RAISE(tried.bytes, DictionarySize(n));
  tried.is_final = tried.bytes * 100 <= RawBytes(column) * kNextToNothingPercent;
  if (tried.is_final) return tried;
  ARROW_ASSIGN_OR_RAISE(const int64_t plain_bytes, PlainBytes(column));
  tried.is_wanted = tried.bytes * 100 <= plain_bytes * (is_float ? kFloatDictionaryPercent : kDictionaryPercent);
  return tried;
}

Result<bool> EncodingChooser::UsesDelta(const DecodedColumn& column, const Dictionary& dictionary) {
  if (column.num_values == 0 || !TakesDelta(column.type.kind, compat_)) return false;
  if (column.num_values < kFewValues) {
    if (IsVariableWidth(column.type.kind)) return false;
    SampleDelta(column, &converted_, &sample_);  // all of it
    const int64_t rival_bytes = dictionary.is_wanted ? dictionary.bytes : RawBytes(column);
    return static_cast<int64_t>(sample_.size()) * 100 <= rival_bytes * kFewDeltaPercent && !MayWrap(column);
  }
  int64_t rival_bytes = dictionary.bytes;
  if (!dictionary.is_wanted) {
    ARROW_ASSIGN_OR_RAISE(rival_bytes, PlainBytes(column));
  }
  const int64_t taken = SampleDelta(column, &converted_, &sample_);
  ARROW_ASSIGN_OR_RAISE(const int64_t sample_bytes, EncodedBytes(sample_));
  const int64_t bytes = Scale(sample_bytes, column.num_values, taken);
  return bytes * 100 <= rival_bytes * kDeltaPercent && !MayWrap(column);
}

// Where few values hardly repeat, a sample tells as well as their page does which search is better. Not where they are
// many: those that come again may lie far apart.
Status EncodingChooser::SettleRepeats(const DecodedColumn& column) {
  constexpr int64_t kHardlyRepeatPercent = 98;
  const bool is_open = repeats_ == RepeatSearch::kTryBoth && codec_ != nullptr && codec_->finds_values();
  if (!is_open || column.num_values >= kFewValues || distinct_percent_ < kHardlyRepeatPercent) return Status::OK();
  SamplePlain(column, ShortSliceValues(column), &sample_);
  ARROW_ASSIGN_OR_RAISE(const int64_t of_bytes, EncodedBytes(sample_));
  RepeatSearch values = RepeatSearch::kOfValues;
  ARROW_ASSIGN_OR_RAISE(const int64_t of_values, EncodedBytes(sample_, &values));
  repeats_ = of_values < of_bytes ? RepeatSearch::kOfValues : RepeatSearch::kOfBytes;
  return Status::OK();
}

// After TryDictionary, which counted the sample's distinct values. Where nothing repeats, less of a sample says enough.
Result<bool> EncodingChooser::UsesByteStreamSplit(const DecodedColumn& column) {
  constexpr int64_t kLeast = 256, kMostlyDistinctPercent = 90;
  if (compat_ != ParquetCompat::kLatest || codec_ == nullptr || !IsFloat(column.type.kind)) return false;
  if (column.num_values < kLeast) return false;
  const bool is_short = distinct_percent_ > kMostlyDistinctPercent && !plain_bytes_.has_value();
  const int64_t taken = SamplePlain(column, is_short ? ShortSliceValues(column) : kSliceValues, &sample_);
  other_sample_.resize(sample_.size());
  ByteStreamSplit(sample_.data(), taken, ValueWidth(column.type), other_sample_.data());
  ARROW_ASSIGN_OR_RAISE(const int64_t split_sample, EncodedBytes(other_sample_));
  if (is_short) {
    RepeatSearch repeats = repeats_;
    ARROW_ASSIGN_OR_RAISE(const int64_t plain_sample, EncodedBytes(sample_, &repeats));
    return split_sample < plain_sample;
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t plain_bytes, PlainBytes(column));
  return Scale(split_sample, column.num_values, taken) < plain_bytes;
}

}  // namespace v0
}  // namespace headrace
