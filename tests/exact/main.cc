// headrace_exact: compares what the decoders give, at every SIMD level, with the plain twins, with the C library and
// with what was written. tests/README.md tells how it is run. Exit 1: there was a difference, or kernels left too many
// values to their twins.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "exact/float32.h"
#include "exact/tables.h"
#include "exact/values.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Arguments {
  int64_t values = 0, tables = 0;
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
    options.values = arguments.values;
    sum += CompareValues(options, &differences);
  }
  if (arguments.tables > 0) {
    const TablesOptions options{arguments.tables, arguments.options.threads, arguments.options.seed};
    sum += CompareTables(options, &differences);
  }
  for (const Float32Form form : {Float32Form::kShortest, Float32Form::kFixed}) {
    const char* name = form == Float32Form::kFixed ? "fixed" : "shortest";
    if (arguments.float32 != name && arguments.float32 != "both") continue;
    const Float32Options options{form, arguments.step, arguments.options.threads};
    enough_taken &= CompareFloat32(options, &sum, &differences);
  }
  if (sum.fields == 0) {
    std::fprintf(stderr, "nothing was compared: no column's name has '%s'\n", arguments.options.only.c_str());
    return 2;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  PrintLine("all", sum, differences.count(), seconds.count());
  return differences.count() == 0 && enough_taken ? 0 : 1;
}

constexpr const char* kHelp =
    R"(headrace_exact: decoded values at every SIMD level against the plain twins and the C library

  --values N       generated values of all types, and what damage makes of them (1e9)
  --tables N       records of damaged tables, through the parser too (1e7)
  --float32 FORM   write and read all 2^32 float32: shortest, fixed or both
  --step N         only every N-th of them
  --threads N      1 by default
  --seed N         of what is generated
  --only NAME      of the generated values: the columns whose name has this part
)";

// A whole number of at least 1; 1e9 is one.
bool ReadCount(const char* text, double* count) {
  char* end;
  *count = std::strtod(text, &end);
  return *end == '\0' && *count >= 1 && *count <= 1e15 && *count == std::floor(*count);
}

bool ReadFlag(const std::string& flag, const char* text, Arguments* arguments) {
  double count = 0;
  if (flag == "--float32") {
    arguments->float32 = text;
    return arguments->float32 == "shortest" || arguments->float32 == "fixed" || arguments->float32 == "both";
  }
  if (flag == "--only") {
    arguments->options.only = text;
    return true;
  }
  if (!ReadCount(text, &count)) return false;
  if (flag == "--values") {
    arguments->values = static_cast<int64_t>(count);
  } else if (flag == "--tables") {
    arguments->tables = static_cast<int64_t>(count);
  } else if (flag == "--step") {
    arguments->step = static_cast<uint64_t>(count);
    return count <= 0x1p32;
  } else if (flag == "--threads") {
    arguments->options.threads = static_cast<int>(count);
    return count <= 1024;
  } else if (flag == "--seed") {
    arguments->options.seed = static_cast<uint64_t>(count);
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace v0
}  // namespace headrace

int main(int argc, char** argv) {
  headrace::Arguments arguments;
  bool understood = argc % 2 == 1;
  for (int i = 1; i + 1 < argc; i += 2) understood &= headrace::ReadFlag(argv[i], argv[i + 1], &arguments);
  if (!understood || (arguments.values == 0 && arguments.tables == 0 && arguments.float32.empty())) {
    std::fputs(headrace::kHelp, stderr);
    return 2;
  }
  return headrace::Run(arguments);
}
