// Text to records and fields, window by window over 256 KiB: ticks a field. Parse is the parser alone; ParseAndGather
// also makes the lists of all columns, as decoders take them. Bytes are those of the text.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "bench/micro/levels.h"
#include "bench/micro/texts.h"
#include "bench/micro/ticks.h"
#include "parse/column_fields.h"
#include "parse/parser.h"
#include "source/prologue.h"

namespace {

using namespace headrace;

ParserOptions OptionsOf(const TextShape& shape, bool exact) {
  Dialect dialect;
  dialect.delimiter = std::string(1, shape.delimiter);
  if (exact) dialect.escape = '\\';
  ParserOptions options;
  options.dialect = MakeParseDialect(dialect, '\n');
  options.columns = TextShape::kColumns;
  options.max_record_bytes = 1 << 20;
  return options;
}

void ParseText(benchmark::State& state, const TextShape& shape, bool exact, bool gathers) {
  const Parser parser(OptionsOf(shape, exact));
  FieldIndex index(TextShape::kColumns);
  ColumnFields fields(parser.options().dialect);
  const PaddedText text(shape.Make(256 << 10, 1));
  uint64_t rows = 0, bytes = 0, others = 0;
  uint32_t at = 0;
  const Ticks ticks(&state);
  for (auto _ : state) {
    if (at == text.size()) at = 0;
    parser.ParseWindow(text.data(), at, text.size(), text.size(), true, &index);
    for (uint32_t column = 0; gathers && column < TextShape::kColumns; column++) {
      benchmark::DoNotOptimize(fields.Gather(index, text.data(), column));
    }
    benchmark::ClobberMemory();
    rows += index.rows;
    bytes += index.consumed - at;
    others += index.num_faults + index.blanks;
    at = index.consumed;
  }
  ticks.Report("field", rows * TextShape::kColumns, bytes);
  if (others != 0) state.SkipWithError("every record is to be a row");
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const bool gathers : {false, true}) {
    const std::string name = gathers ? "ParseAndGather/" : "Parse/";
    for (const TextShape& shape :
         {kMilanShape, kMilanCrLfShape, kQuotedShape, kQuotedColumnsShape, kHalfQuotedShape, kDoubledShape}) {
      RegisterRoom(name + shape.name, [=](benchmark::State& state) { ParseText(state, shape, false, gathers); });
    }
    // The exact path alone, byte by byte, whatever the level.
    benchmark::RegisterBenchmark((name + kEscapedShape.name).c_str(),
                                 [=](benchmark::State& state) { ParseText(state, kEscapedShape, true, gathers); });
  }
  return true;
}();

}  // namespace
