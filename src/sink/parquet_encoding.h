#pragma once
// Which encoding a column gets: each candidate's size is estimated from samples of the column's own values, compressed
// as pages are. No clock and no other row group decides, so that the bytes are the same from run to run.
// Takes: DecodedColumn. Gives: an encoding. Owns: a dictionary, and scratch, reused from unit to unit. Threads: one an
// encoder. Fails: Status where the codec does.
#include <parquet/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "headrace/options.h"
#include "headrace/status.h"
#include "sink/page_codec.h"
#include "sink/value_dictionary.h"

namespace headrace {
inline namespace v0 {

/// Return whether values of this type may be stored so for these readers.
bool TakesEncoding(const DataType& type, ColumnEncoding encoding, ParquetCompat compat);

class EncodingChooser {
 public:
  /// `codec` compresses the pages; nullptr: nothing does.
  EncodingChooser(ParquetCompat compat, PageCodec* codec) : compat_(compat), codec_(codec) {}

  /// Return the encoding of a column: `wanted`, where the values allow it, or one of the chooser's own choice.
  Result<parquet::Encoding::type> Choose(const DecodedColumn& column, ColumnEncoding wanted);

  /// After Choose gave RLE_DICTIONARY: the column's distinct values and their indices.
  const ValueDictionary& dictionary() const { return dictionary_; }
  int index_bits() const { return index_bits_; }  ///< of an index in its pages
  /// After Choose gave PLAIN: how its pages are searched for repeats.
  RepeatSearch repeats() const { return repeats_; }

 private:
  Result<parquet::Encoding::type> ChooseBySize(const DecodedColumn& column);
  struct Dictionary {
    int64_t bytes = 0;  // in the file, about
    bool is_wanted = false;
    bool is_final = false;  // no other encoding need be tried
  };

  bool AreFewOverall(const DecodedColumn& column);
  Result<Dictionary> TryDictionary(const DecodedColumn& column);
  Result<int64_t> DictionarySize(int64_t num_values);
  Result<int64_t> IndicesBytes(int64_t num_distinct);
  Result<bool> UsesDelta(const DecodedColumn& column, const Dictionary& dictionary);
  Status SettleRepeats(const DecodedColumn& column);
  Result<bool> UsesByteStreamSplit(const DecodedColumn& column);
  Result<int64_t> PlainBytes(const DecodedColumn& column);
  Result<int64_t> EncodedBytes(const std::vector<uint8_t>& sample, RepeatSearch* repeats);
  Result<int64_t> EncodedBytes(const std::vector<uint8_t>& sample);

  const ParquetCompat compat_;
  PageCodec* const codec_;
  ValueDictionary dictionary_;
  int index_bits_ = 0;
  int64_t distinct_percent_ = 0;        // of the column's first values, as ValueDictionary::distinct_percent
  std::optional<int64_t> plain_bytes_;  // of the column, once they were asked for
  RepeatSearch repeats_ = RepeatSearch::kOfBytes;
  std::vector<uint64_t> converted_;
  std::vector<uint16_t> index_sample_;
  std::vector<uint8_t> sample_, other_sample_, compressed_;
};

}  // namespace v0
}  // namespace headrace
