#include "sink/parquet_column.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sink/byte_stream_split.h"
#include "sink/parquet_extremes.h"

namespace headrace {
inline namespace v0 {
namespace {

__extension__ using Int128 = __int128;

// Distinct values among the first ValueDictionary::kSample (8,192) beyond which no dictionary is tried. Of 65,536
// values in equal shares, 7,700 are expected there.
constexpr int64_t kMayRepeat = 7800;
// Floats rarely gain from a dictionary under a codec with entropy coding, even where a tenth of them is distinct
// (measured), and trying has its price. Under other codecs, or none, they gain often.
constexpr int64_t kFloatsMayRepeat = 2048, kFloatsMayRepeatUnderEntropyCoding = 512;

// A dictionary's size by estimate, in percent of PLAIN's, at which it is taken. Readers like dictionaries of integers
// and texts; floats must gain.
constexpr int64_t kDictionaryPercent = 105, kFloatDictionaryPercent = 90;
// Whatever PLAIN may be, a dictionary of this percentage of the uncompressed values is good enough: quick to read.
constexpr int64_t kNextToNothingPercent = 2;

// Fewer values than these are not worth three compressions: the sizes before compression decide, and of floats only
// those that a codec would hardly mend.
constexpr int64_t kFewValues = 4096, kFewFloatsPercent = 25;

constexpr int64_t kSlices = 4, kSliceValues = 4096;  // of a sample, from all over the column
constexpr int64_t kSliceTextBytes = 32 << 10;

bool IsFloat(TypeKind kind) { return kind == TypeKind::kFloat32 || kind == TypeKind::kFloat64; }

int64_t MayRepeat(TypeKind kind, const arrow::util::Codec* codec) {
  if (!IsFloat(kind)) return kMayRepeat;
  const bool has_entropy_coding = codec != nullptr && (codec->compression_type() == arrow::Compression::ZSTD ||
                                                       codec->compression_type() == arrow::Compression::GZIP);
  return has_entropy_coding ? kFloatsMayRepeatUnderEntropyCoding : kFloatsMayRepeat;
}

template <class T>
const T* As(const uint8_t* values) {
  return reinterpret_cast<const T*>(values);
}

template <class From, class To>
const uint8_t* Widen(const DecodedColumn& column, int multiplier, std::vector<uint64_t>* converted) {
  converted->resize(static_cast<size_t>(column.num_values) * sizeof(To) / 8 + 1);
  auto* to = reinterpret_cast<To*>(converted->data());
  const From* from = As<From>(column.values);
  for (int64_t i = 0; i < column.num_values; i++) to[i] = static_cast<To>(from[i]) * static_cast<To>(multiplier);
  return reinterpret_cast<const uint8_t*>(to);
}

// Big-endian two's complement in the fewest bytes that hold every value of the precision.
const uint8_t* DecimalsToBigEndian(const DecodedColumn& column, int width, std::vector<uint64_t>* converted) {
  converted->resize(static_cast<size_t>(column.num_values * width + kBigEndianRoom) / 8 + 1);
  auto* to = reinterpret_cast<uint8_t*>(converted->data());
  for (int64_t i = 0; i < column.num_values; i++, to += width) {
    StoreBigEndian(As<Int128>(column.values)[i], width, to);
  }
  return reinterpret_cast<const uint8_t*>(converted->data());
}

// What the values take as PLAIN, about: small integers are wider there.
int64_t RawBytes(const DecodedColumn& column) {
  return column.num_bytes() + column.num_values * ValueWidth(column.type);
}

// Call `visit(first, count)` for evenly spread slices of num_values values.
template <class VisitFn>
void ForSlices(int64_t num_values, VisitFn visit) {
  if (num_values <= kSlices * kSliceValues) return visit(int64_t{0}, num_values);
  for (int64_t i = 0; i < kSlices; i++) visit(num_values / kSlices * i, kSliceValues);
}

// Append a sample of the column as PLAIN has it; return the number of values in it.
int64_t SamplePlain(const DecodedColumn& column, std::vector<uint8_t>* sample) {
  sample->clear();
  int64_t taken = 0;
  ForSlices(column.num_values, [&](int64_t first, int64_t count) {
    if (!IsVariableWidth(column.type.kind)) {
      const int width = ValueWidth(column.type);
      sample->insert(sample->end(), column.values + first * width, column.values + (first + count) * width);
      taken += count;
      return;
    }
    const auto* offsets = As<int32_t>(column.values);
    for (int64_t i = first; i < first + count && (i == first || offsets[i + 1] - offsets[first] <= kSliceTextBytes);
         i++) {
      const auto length = static_cast<uint32_t>(offsets[i + 1] - offsets[i]);
      const auto* length_bytes = reinterpret_cast<const uint8_t*>(&length);
      sample->insert(sample->end(), length_bytes, length_bytes + sizeof length);
      sample->insert(sample->end(), column.bytes + offsets[i], column.bytes + offsets[i + 1]);
      taken++;
    }
  });
  return taken;
}

// The same for indices, in whole bytes.
int64_t SampleIndices(const uint16_t* indices, int64_t num_values, bool two_bytes, std::vector<uint8_t>* sample) {
  sample->clear();
  int64_t taken = 0;
  ForSlices(num_values, [&](int64_t first, int64_t count) {
    for (int64_t i = first; i < first + count; i++) {
      sample->push_back(static_cast<uint8_t>(indices[i]));
      if (two_bytes) sample->push_back(static_cast<uint8_t>(indices[i] >> 8));
    }
    taken += count;
  });
  return taken;
}

}  // namespace

// Indices are numbered as values appear: where the values have an order, the indices ascend.
ValueOrder OrderOf(const PhysicalColumn& column) {
  if (column.num_values < column.rows) return ValueOrder::kNone;
  if (column.indices == nullptr) return FindOrder(*column.decoded);
  return Ascends(column.indices, column.num_values) ? column.distinct_order : ValueOrder::kNone;
}

Result<PhysicalColumn> ColumnPreparer::Prepare(const DecodedColumn& column) {
  PhysicalColumn physical;
  physical.rows = column.rows;
  physical.num_values = column.num_values;
  physical.validity = column.validity;
  physical.decoded = &column;
  ARROW_ASSIGN_OR_RAISE(const bool uses_dictionary, UsesDictionary(column));
  ARROW_ASSIGN_OR_RAISE(physical.values, MakePhysical(uses_dictionary ? dictionary_.distinct() : column));
  if (uses_dictionary) {
    physical.encoding = parquet::Encoding::RLE_DICTIONARY;
    physical.indices = dictionary_.indices();
    physical.distinct = &dictionary_.distinct();
    physical.distinct_order = FindOrder(*physical.distinct);
    return physical;
  }
  ARROW_ASSIGN_OR_RAISE(const bool splits, UsesByteStreamSplit(column));
  if (splits) physical.encoding = parquet::Encoding::BYTE_STREAM_SPLIT;
  return physical;
}

Result<PhysicalValues> ColumnPreparer::MakePhysical(const DecodedColumn& column) {
  const DataType& type = column.type;
  PhysicalValues physical;
  physical.count = column.num_values;
  physical.width = ValueWidth(type);
  physical.fixed = column.values;
  const bool is_seconds = type.unit == TimeUnit::kSecond;
  if (IsVariableWidth(type.kind)) {
    physical.width = 0;
    physical.fixed = nullptr;
    physical.offsets = As<int32_t>(column.values);
    physical.bytes = column.bytes;
  } else if (type.kind == TypeKind::kBool) {
    physical.is_bool = true;
  } else if (type.kind == TypeKind::kDecimal) {
    physical.width = DecimalWidth(type.precision);
    physical.fixed = DecimalsToBigEndian(column, physical.width, &converted_);
  } else if (type.kind == TypeKind::kTimestamp && is_seconds) {
    // Parquet has no seconds: parquet::arrow stores milliseconds, and so does this. Decoded seconds fit them.
    physical.fixed = Widen<int64_t, int64_t>(column, 1000, &converted_);
  } else if (type.kind == TypeKind::kTime && is_seconds) {
    physical.fixed = Widen<int32_t, int32_t>(column, 1000, &converted_);
  } else if (physical.width < 4) {
    physical.width = 4;
    physical.fixed = type.kind == TypeKind::kInt8    ? Widen<int8_t, int32_t>(column, 1, &converted_)
                     : type.kind == TypeKind::kInt16 ? Widen<int16_t, int32_t>(column, 1, &converted_)
                     : type.kind == TypeKind::kUInt8 ? Widen<uint8_t, uint32_t>(column, 1, &converted_)
                                                     : Widen<uint16_t, uint32_t>(column, 1, &converted_);
  }
  return physical;
}

// The bytes that a sample takes in the file, about.
Result<int64_t> ColumnPreparer::EncodedBytes(const std::vector<uint8_t>& sample) {
  const auto size = static_cast<int64_t>(sample.size());
  if (codec_ == nullptr) return size;
  compressed_.resize(static_cast<size_t>(codec_->MaxCompressedLen(size, sample.data())));
  return codec_->Compress(size, sample.data(), static_cast<int64_t>(compressed_.size()), compressed_.data());
}

// From the row group's own values alone, so that the bytes are the same from run to run: samples of both forms, and of
// the dictionary, are compressed.
Result<bool> ColumnPreparer::UsesDictionary(const DecodedColumn& column) {
  const bool is_float = IsFloat(column.type.kind);
  const int64_t n = column.num_values;
  if (n == 0 || !ValueDictionary::Takes(column.type)) return false;
  if (!dictionary_.Index(column, MayRepeat(column.type.kind, codec_))) return false;
  const DecodedColumn& distinct = dictionary_.distinct();
  const int64_t raw_bytes = RawBytes(column);
  if (n < kFewValues) {
    const int64_t dictionary_bytes = RawBytes(distinct) + n * (distinct.num_values > 256 ? 2 : 1);
    return dictionary_bytes * 100 < raw_bytes * (is_float ? kFewFloatsPercent : 100);
  }

  const int64_t plain_taken = SamplePlain(column, &sample_);
  ARROW_ASSIGN_OR_RAISE(const int64_t plain_sample, EncodedBytes(sample_));
  const int64_t distinct_taken = SamplePlain(distinct, &sample_);
  ARROW_ASSIGN_OR_RAISE(const int64_t distinct_sample, EncodedBytes(sample_));
  const int64_t index_taken = SampleIndices(dictionary_.indices(), n, distinct.num_values > 256, &sample_);
  ARROW_ASSIGN_OR_RAISE(int64_t index_sample, EncodedBytes(sample_));
  if (codec_ == nullptr) {  // bit-packed, then
    index_sample = index_taken * std::bit_width(static_cast<uint64_t>(distinct.num_values - 1)) / 8;
  }
  const auto scale = [](int64_t value, int64_t by, int64_t over) {
    return static_cast<int64_t>(static_cast<Int128>(value) * by / std::max<int64_t>(over, 1));
  };
  const int64_t dictionary_bytes =
      scale(distinct_sample, distinct.num_values, distinct_taken) + scale(index_sample, n, index_taken);
  if (dictionary_bytes * 100 <= raw_bytes * kNextToNothingPercent) return true;
  const int64_t percent = is_float ? kFloatDictionaryPercent : kDictionaryPercent;
  return dictionary_bytes * 100 <= scale(plain_sample, n, plain_taken) * percent;
}

// After UsesDictionary, which counted the sample's distinct values.
Result<bool> ColumnPreparer::UsesByteStreamSplit(const DecodedColumn& column) {
  constexpr int64_t kLeast = 256;
  if (compat_ != ParquetCompat::kLatest || codec_ == nullptr || !IsFloat(column.type.kind)) return false;
  if (column.num_values < kLeast) return false;
  if (dictionary_.distinct_percent() > 90) return true;  // nothing repeats: matches of whole values cannot win
  const int width = ValueWidth(column.type);
  const int64_t taken = SamplePlain(column, &sample_);
  other_sample_.resize(sample_.size());
  ByteStreamSplit(sample_.data(), taken, width, other_sample_.data());
  ARROW_ASSIGN_OR_RAISE(const int64_t plain_bytes, EncodedBytes(sample_));
  ARROW_ASSIGN_OR_RAISE(const int64_t split_bytes, EncodedBytes(other_sample_));
  return split_bytes < plain_bytes;
}

}  // namespace v0
}  // namespace headrace
