#pragma once
// Which records are wanted: a share of them by hash, and those for which a predicate is true.
// Takes: Options, settled. Gives: RowFilter, shared by all workers. Threads: immutable. Fails: never.
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "decode/column_decoder.h"
#include "decode/predicate.h"
#include "headrace/schema.h"

namespace headrace {
inline namespace v0 {

/// A column that is decoded: its place in the schema, where its values come from, and their decoder. Columns of one
/// kind share one: of a thousand decoders, each window would bring all into the cache.
struct KeptColumn {
  int32_t column = 0;  ///< in the schema
  ColumnSource source = ColumnSource::kField;
  std::shared_ptr<const ColumnDecoder> decoder;
};

struct RowFilter {
  std::vector<KeptColumn> columns;     ///< those of the predicate
  std::optional<Predicate> predicate;  ///< none: every record passes
  bool samples = false;
  uint64_t sample_below = 0;  ///< a record is in the sample where its hash is below this
  uint64_t sample_seed = 0;

  bool active() const { return samples || predicate.has_value(); }

  /// Decide by file and byte offset, which are the same however the text is cut: docs/pipeline.md has the formula.
  bool InSample(int32_t file, int64_t offset) const {
    const uint64_t of_file = Mix(sample_seed + 0x9E3779B97F4A7C15 * (static_cast<uint64_t>(file) + 1));
    return Mix(of_file ^ static_cast<uint64_t>(offset)) < sample_below;
  }

 private:
  // The finaliser of SplitMix64.
  static uint64_t Mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
  }
};

}  // namespace v0
}  // namespace headrace
