// headrace_exact: compares what the decoders give, at every SIMD level, with the plain twins, with the C library and
// with what was written. tests/README.md tells how it is run. Exit 1: there was a difference.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <string>

#include "exact/float32.h"
#include "exact/tables.h"
#include "exact/values.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Arguments {
  double values = 0, tables = 0;  // as doubles, so that 1e9 can be written
  std::string float32;
  ValuesOptions options;
  uint64_t step = 1;
};

int Run(const Arguments& arguments) {
  std::string levels;
  for (const SimdLevel level : SimdLevels()) levels += " " + std::string(SimdLevelName(level));
  std::printf("levels:%s; threads: %d; seed: %lu\n", levels.c_str(), arguments.options.threads, arguments.options.seed);
  PrintHead();
  const auto start = std::chrono::steady_clock::now();
  Differences differences;
  Tally sum;
  bool enough_taken = true;
  if (arguments.values > 0) {
    ValuesOptions options = arguments.options;
    options.values = static_cast<int64_t>(arguments.values);
    sum += CompareValues(options, &differences);
  }
  if (arguments.tables > 0) {
    const TablesOptions options{static_cast<int64_t>(arguments.tables), arguments.options.threads,
                                arguments.options.seed};
    sum += CompareTables(options, &differences);
  }
  for (const Float32Form form : {Float32Form::kShortest, Float32Form::kFixed}) {
    const char* name = form == Float32Form::kFixed ? "fixed" : "shortest";
    if (arguments.float32 != name && arguments.float32 != "both") continue;
    const Float32Options options{form, arguments.step, arguments.options.threads};
    enough_taken &= CompareFloat32(options, &sum, &differences);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  PrintLine("all", sum, differences.count(), seconds.count());
  return differences.count() == 0 && enough_taken ? 0 : 1;
}

}  // namespace
}  // namespace v0
}  // namespace headrace

int main(int argc, char** argv) {
  headrace::Arguments arguments;
  CLI::App app("Compare decoded values, at every SIMD level, with the plain twins and the C library");
  app.add_option("--values", arguments.values, "Generated values to compare, over all types (1e9)")
      ->check(CLI::Range(0.0, 1e15));
  app.add_option("--tables", arguments.tables, "Records of damaged tables to parse and decode (1e7)")
      ->check(CLI::Range(0.0, 1e15));
  app.add_option("--float32", arguments.float32, "Write and read the 2^32 float32")
      ->check(CLI::IsMember({"shortest", "fixed", "both"}));
  app.add_option("--step", arguments.step, "Every so many of the 2^32")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 32));
  app.add_option("--threads", arguments.options.threads, "Threads")->check(CLI::Range(1, 1024));
  app.add_option("--seed", arguments.options.seed, "Of the generated values");
  app.add_option("--only", arguments.options.only, "Columns whose name has this part");
  CLI11_PARSE(app, argc, argv);
  if (arguments.values == 0 && arguments.tables == 0 && arguments.float32.empty()) {
    std::fputs(app.help().c_str(), stderr);
    return 2;
  }
  return headrace::Run(arguments);
}
