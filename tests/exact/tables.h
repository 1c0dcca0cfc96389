#pragma once
// Tables of text, whole and damaged (separators missing and doubled, blank lines, CRs, quotes, random bytes), through
// the parser and the decoders of every level, against a plain reader of RFC 4180 and the references of columns. Takes:
// how many records. Gives: a line on stdout. Owns: nothing. Threads: makes its own. Fails: never; the differences are
// counted.
#include <cstdint>

#include "exact/tally.h"

namespace headrace {
inline namespace v0 {

struct TablesOptions {
  int64_t records = 0;
  int threads = 1;
  uint64_t seed = 1;
};

/// Compare `records` records, or a few more. Return what was counted.
Tally CompareTables(const TablesOptions& options, Differences* differences);

}  // namespace v0
}  // namespace headrace
