#include "sink/parquet_column.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace headrace {
inline namespace v0 {
namespace {

__extension__ using Int128 = __int128;

// Distinct values among the first ValueDictionary::kSample (8,192).
constexpr int64_t kMayRepeat = 4096;      // more: no dictionary for integers and texts
constexpr int64_t kFloatRepeats = 512;    // more: no dictionary for floats
constexpr int64_t kHardlyRepeats = 7372;  // more: nine in ten are distinct, byte planes beat whole values

constexpr size_t kMaxStatisticsBytes = 4096;  // longer extremes are left out, as parquet-cpp does

template <class T>
const T* As(const uint8_t* values) {
  return reinterpret_cast<const T*>(values);
}

template <class T>
std::string BytesOf(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
void SetExtremes(const T* values, int64_t num_values, parquet::EncodedStatistics* statistics) {
  if (num_values == 0) return;
  T low = values[0], high = values[0];
  for (int64_t i = 1; i < num_values; i++) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  statistics->set_min(BytesOf(low));
  statistics->set_max(BytesOf(high));
}

// NaN has no place in an order, and zeros of both signs must lie inside the extremes (parquet-format, ColumnOrder).
template <class T>
void SetFloatExtremes(const T* values, int64_t num_values, parquet::EncodedStatistics* statistics) {
  T low = std::numeric_limits<T>::infinity(), high = -low;
  bool any = false;
  for (int64_t i = 0; i < num_values; i++) {
    if (std::isnan(values[i])) continue;
    any = true;
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  if (!any) return;
  if (low == 0) low = T{-0.0};
  if (high == 0) high = T{0.0};
  statistics->set_min(BytesOf(low));
  statistics->set_max(BytesOf(high));
}

void SetTextExtremes(const PhysicalColumn& column, parquet::EncodedStatistics* statistics) {
  if (column.num_values == 0) return;
  std::string_view low = column.text(0), high = low;  // std::string_view compares as unsigned bytes
  for (int64_t i = 1; i < column.num_values; i++) {
    const std::string_view text = column.text(i);
    if (text < low) low = text;
    if (text > high) high = text;
  }
  statistics->set_min(std::string(low));
  statistics->set_max(std::string(high));
  statistics->ApplyStatSizeLimits(kMaxStatisticsBytes);
}

// Big-endian two's complement of the fewest bytes that hold every value of the precision.
int DecimalWidth(int precision) {
  return static_cast<int>(std::ceil((precision * std::log2(10.0) + 1) / 8));
}

void StoreBigEndian(Int128 value, int width, uint8_t* to) {
  for (int i = width - 1; i >= 0; i--, value >>= 8) to[i] = static_cast<uint8_t>(value);
}

template <class From, class To>
const uint8_t* Widen(const uint8_t* values, int64_t num_values, std::vector<uint8_t>* converted) {
  converted->resize(static_cast<size_t>(num_values) * sizeof(To) + 64);
  auto* out = reinterpret_cast<To*>(converted->data());
  const From* in = As<From>(values);
  for (int64_t i = 0; i < num_values; i++) out[i] = static_cast<To>(in[i]);
  return converted->data();
}

}  // namespace

Status ColumnPreparer::MakePhysical(const DecodedColumn& column, PhysicalColumn* physical) {
  const int64_t n = column.num_values;
  parquet::EncodedStatistics* statistics = &physical->statistics;
  physical->values = column.values;
  physical->width = ValueWidth(column.type);
  switch (column.type.kind) {
    case TypeKind::kBool:
      physical->is_bool = true;
      SetExtremes(column.values, n, statistics);
      break;
    case TypeKind::kInt8:
      physical->values = Widen<int8_t, int32_t>(column.values, n, &converted_);
      physical->width = 4;
      SetExtremes(As<int32_t>(physical->values), n, statistics);
      break;
    case TypeKind::kInt16:
      physical->values = Widen<int16_t, int32_t>(column.values, n, &converted_);
      physical->width = 4;
      SetExtremes(As<int32_t>(physical->values), n, statistics);
      break;
    case TypeKind::kUInt8:
      physical->values = Widen<uint8_t, uint32_t>(column.values, n, &converted_);
      physical->width = 4;
      SetExtremes(As<uint32_t>(physical->values), n, statistics);
      break;
    case TypeKind::kUInt16:
      physical->values = Widen<uint16_t, uint32_t>(column.values, n, &converted_);
      physical->width = 4;
      SetExtremes(As<uint32_t>(physical->values), n, statistics);
      break;
    case TypeKind::kUInt32:
      SetExtremes(As<uint32_t>(column.values), n, statistics);
      break;
    case TypeKind::kUInt64:
      SetExtremes(As<uint64_t>(column.values), n, statistics);
      break;
    case TypeKind::kFloat32:
      SetFloatExtremes(As<float>(column.values), n, statistics);
      break;
    case TypeKind::kFloat64:
      SetFloatExtremes(As<double>(column.values), n, statistics);
      break;
    case TypeKind::kDecimal: {
      const int width = DecimalWidth(column.type.precision);
      const auto* decimals = As<Int128>(column.values);
      converted_.resize(static_cast<size_t>(n * width) + 64);
      for (int64_t i = 0; i < n; i++) StoreBigEndian(decimals[i], width, converted_.data() + i * width);
      physical->values = converted_.data();
      physical->width = width;
      if (n > 0) {
        const auto [low, high] = std::minmax_element(decimals, decimals + n);
        std::string text(static_cast<size_t>(width), '\0');
        StoreBigEndian(*low, width, reinterpret_cast<uint8_t*>(text.data()));
        statistics->set_min(text);
        StoreBigEndian(*high, width, reinterpret_cast<uint8_t*>(text.data()));
        statistics->set_max(text);
      }
      break;
    }
    case TypeKind::kString:
    case TypeKind::kBinary:
    case TypeKind::kDictionary:
      physical->width = 0;
      physical->offsets = As<int32_t>(column.values);
      physical->bytes = column.bytes;
      SetTextExtremes(*physical, statistics);
      break;
    case TypeKind::kTimestamp:
      if (column.type.unit == TimeUnit::kSecond) {  // Parquet has no seconds: stored as milliseconds
        const int64_t* seconds = As<int64_t>(column.values);
        converted_.resize(static_cast<size_t>(n) * 8 + 64);
        auto* millis = reinterpret_cast<int64_t*>(converted_.data());
        for (int64_t i = 0; i < n; i++) {
          if (__builtin_mul_overflow(seconds[i], int64_t{1000}, &millis[i])) {
            return Status::Invalid("a timestamp of ", seconds[i], " s does not fit Parquet's milliseconds");
          }
        }
        physical->values = converted_.data();
      }
      SetExtremes(As<int64_t>(physical->values), n, statistics);
      break;
    case TypeKind::kTime:
      if (column.type.unit == TimeUnit::kSecond) {
        physical->values = Widen<int32_t, int32_t>(column.values, n, &converted_);
        auto* millis = reinterpret_cast<int32_t*>(converted_.data());
        for (int64_t i = 0; i < n; i++) millis[i] *= 1000;
      }
      if (physical->width == 4) {
        SetExtremes(As<int32_t>(physical->values), n, statistics);
        break;
      }
      [[fallthrough]];
    default:  // int32, int64, date, duration
      if (physical->width == 4) {
        SetExtremes(As<int32_t>(physical->values), n, statistics);
      } else {
        SetExtremes(As<int64_t>(physical->values), n, statistics);
      }
  }
  return Status::OK();
}

// From the row group's own values alone, so that the bytes are the same from run to run. Floats hardly gain from a
// dictionary under a codec (measured: larger and slower than PLAIN unless few values are distinct).
void ColumnPreparer::ChooseEncoding(const DecodedColumn& column, PhysicalColumn* physical) {
  const bool is_float = column.type.kind == TypeKind::kFloat32 || column.type.kind == TypeKind::kFloat64;
  const int64_t n = physical->num_values;
  bool indexed = false;
  int64_t plain_bytes = n * physical->width;
  if (physical->width == 0) {
    plain_bytes = column.num_bytes() + 4 * n;
    indexed = dictionary_.IndexTexts(physical->bytes, physical->offsets, n, kMayRepeat);
  } else if ((physical->width == 4 || physical->width == 8) && column.type.kind != TypeKind::kDecimal) {
    indexed = dictionary_.IndexFixed(physical->values, n, physical->width, is_float ? kFloatRepeats : kMayRepeat);
  }
  if (indexed) {
    int64_t dictionary_bytes = static_cast<int64_t>(dictionary_.size()) * physical->width;
    for (const std::string_view text : dictionary_.texts()) dictionary_bytes += static_cast<int64_t>(text.size()) + 4;
    const int64_t index_bytes = n * (dictionary_.size() > 256 ? 2 : 1);
    indexed = dictionary_bytes + index_bytes < plain_bytes;
  }
  if (indexed) {
    physical->encoding = parquet::Encoding::RLE_DICTIONARY;
    physical->dictionary = &dictionary_;
    return;
  }
  if (is_float && compat_ == ParquetCompat::kLatest && n >= ValueDictionary::kSample &&
      !dictionary_.IndexFixed(physical->values, ValueDictionary::kSample, physical->width, kHardlyRepeats)) {
    physical->encoding = parquet::Encoding::BYTE_STREAM_SPLIT;
  }
}

Result<PhysicalColumn> ColumnPreparer::Prepare(const DecodedColumn& column) {
  PhysicalColumn physical;
  physical.rows = column.rows;
  physical.num_values = column.num_values;
  physical.validity = column.validity;
  ARROW_RETURN_NOT_OK(MakePhysical(column, &physical));
  physical.statistics.set_null_count(column.null_count());
  if (column.type.kind != TypeKind::kBool) ChooseEncoding(column, &physical);
  return physical;
}

}  // namespace v0
}  // namespace headrace
