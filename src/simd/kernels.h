#pragma once
// A table of kernels for each SIMD level: the one place where code is chosen by instruction set.
// Takes: SimdLevel. Gives: Kernels. Owns: tables that live as long as the program. Threads: any number. Fails: never.
#include <tuple>

#include "simd/columns.h"
#include "simd/copy_texts.h"
#include "simd/decode_kernels.h"
#include "simd/expand.h"
#include "simd/level.h"
#include "simd/structural.h"
#include "simd/summarize_kernels.h"
#include "simd/telling_numbers.h"
#include "simd/text_keys.h"
#include "simd/utf8.h"

namespace headrace {
inline namespace v0 {

/// One level's kernels.
struct Kernels {
  SimdLevel level;

  // Where a level has none of its own, the plain twin stands in its place.
  IndexStructuralsFn index_structurals;
  TurnColumnsFn turn_columns;
  CopyTextsFn copy_texts;
  IsValidUtf8Fn is_valid_utf8;
  ExpandValuesFn expand_values;
  const SummarizeKernels* summarize;
  KeyTextsFn key_texts;
  KeepTextsFn keep_texts;

  // The plain twins are the parsers of decode. nullptr where a level has none of its own.
  FindPresentFn find_present;
  FindTellingNumbersFn find_telling_numbers;
  NumberKernels numbers;
  ReadCheckedDoublesFn read_checked_doubles;
  ReadDecimalsFn read_decimals;
  ReadDatesFn read_dates;
  ReadTimestampsFn read_timestamps;

  /// The kernel of a number type.
  template <class T>
  constexpr BlockKernel<T> read_numbers() const {
    return std::get<BlockKernel<T>>(numbers);
  }
};

/// Return the kernels of a level that this program is built with.
const Kernels& KernelsOf(SimdLevel level);

/// Return the kernels of the level in use.
const Kernels& ActiveKernels();

/// Use `kernels`, which must live on, for what is constructed from now on.
void ForceKernelsForTesting(const Kernels& kernels);

}  // namespace v0
}  // namespace headrace
