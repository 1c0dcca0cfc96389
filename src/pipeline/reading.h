#pragma once
// How files are read: all that follows from a dialect. Most jobs have one reading; others have more by their patterns.
// Takes: Options. Gives: Reading. Owns: decoders. Threads: immutable while a job runs. Fails: never.
#include <vector>

#include "headrace/options.h"
#include "parse/parser.h"
#include "pipeline/row_filter.h"

namespace headrace {
inline namespace v0 {

struct Reading {
  Options options;  ///< the job's, with the dialect of these files
  ParseDialect dialect;
  char terminator = '\n';
  std::vector<KeptColumn> kept;  ///< the same columns in every reading
  RowFilter filter;
};

}  // namespace v0
}  // namespace headrace
