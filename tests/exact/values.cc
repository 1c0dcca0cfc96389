#include "exact/values.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "exact/columns.h"
#include "exact/texts.h"

namespace headrace {
inline namespace v0 {
namespace {

struct Case {
  std::string name;
  ColumnSpec spec;
  int weight = 1;  // its share of the values
};

ColumnSpec Spec(TypeKind kind) {
  ColumnSpec spec;
  spec.type.kind = kind;
  return spec;
}

void AddIntegers(std::vector<Case>* cases) {
  constexpr std::pair<const char*, TypeKind> kIntegers[] = {
      {"int8", TypeKind::kInt8},     {"int16", TypeKind::kInt16},   {"int32", TypeKind::kInt32},
      {"int64", TypeKind::kInt64},   {"uint8", TypeKind::kUInt8},   {"uint16", TypeKind::kUInt16},
      {"uint32", TypeKind::kUInt32}, {"uint64", TypeKind::kUInt64}, {"duration[ms]", TypeKind::kDuration}};
  for (const auto& [name, kind] : kIntegers) cases->push_back({name, Spec(kind), 3});
}

void AddDecimals(std::vector<Case>* cases) {
  for (const auto& [precision, scale] :
       {std::pair{5, 2}, {9, 0}, {15, 2}, {18, 6}, {38, 14}, {38, 15}, {7, 7}, {15, 14}}) {
    ColumnSpec spec = Spec(TypeKind::kDecimal);
    spec.type.precision = precision;
    spec.type.scale = scale;
    cases->push_back({"decimal(" + std::to_string(precision) + "," + std::to_string(scale) + ")", spec, 1});
  }
}

void AddTimes(std::vector<Case>* cases) {
  constexpr const char* kUnits[] = {"s", "ms", "us", "ns"};
  constexpr TimeUnit kAllUnits[] = {TimeUnit::kSecond, TimeUnit::kMilli, TimeUnit::kMicro, TimeUnit::kNano};
  cases->push_back({"date", Spec(TypeKind::kDate), 5});
  const auto rome = std::make_shared<const LocalZone>(
      *LocalZone::Make(3600, {{kSummerBegins, 3600, 7200}, {kSummerEnds, 7200, 3600}}, false));
  for (const TimeUnit unit : kAllUnits) {
    ColumnSpec spec = Spec(TypeKind::kTimestamp);
    spec.type.unit = unit;
    const std::string name = std::string("timestamp[") + kUnits[static_cast<int>(unit)];
    cases->push_back({name + "]", spec, 3});
    spec.format = TimeFormat::kIso8601;
    cases->push_back({name + "] iso8601", spec, 1});
    spec.format = TimeFormat::kDefault;
    for (const char* zone : {"UTC", "+01:00", "Europe/Rome"}) {
      spec.type.zone = zone;
      spec.zone = NeedsZone(spec.type) ? rome : nullptr;
      cases->push_back({name + "," + zone + "]", spec, 1});
    }
    spec.type.zone = "";
    spec.zone = nullptr;
    spec.format = static_cast<TimeFormat>(static_cast<int>(TimeFormat::kEpochS) + static_cast<int>(unit));
    cases->push_back({name + "] epoch", spec, 2});
    spec.format = unit == TimeUnit::kMilli ? TimeFormat::kEpochS : TimeFormat::kEpochMs;
    cases->push_back({name + "] other epoch", spec, 1});
  }
}

// What inference does with the kernel that looks for telling numbers.
void AddTelling(std::vector<Case>* cases) {
  for (const auto& [name, kind] : {std::pair{"float64, strict", TypeKind::kFloat64},
                                   {"int64, strict", TypeKind::kInt64},
                                   {"uint32, strict", TypeKind::kUInt32}}) {
    cases->push_back({name, Spec(kind), 2});
    cases->back().spec.strict = true;
  }
  cases->push_back({"telling values", Spec(TypeKind::kBinary), 3});
  cases->back().spec.telling_only = true;
}

std::vector<Case> AllCases() {
  std::vector<Case> cases = {{"float64", Spec(TypeKind::kFloat64), 35}, {"float32", Spec(TypeKind::kFloat32), 30}};
  AddIntegers(&cases);
  AddDecimals(&cases);
  AddTimes(&cases);
  AddTelling(&cases);
  return cases;
}

// One window: a form of values for all of it, damaged fields and empty ones among them.
void FillWindow(const ColumnSpec& spec, Random& random, TextWindow* window) {
  window->Start(",7.-0\t"[random() % 6], ".9-"[random() % 3]);
  const Writer writer = DrawWriter(spec, random);
  const uint64_t damaged_in = uint64_t{1} << (2 + random() % 8);  // none for a while is a case of its own
  const uint64_t empty_in = random() % 4 == 0 ? 16 : 1024;
  const uint32_t size = random() % 4 != 0 ? kWindowFields : static_cast<uint32_t>(1 + random() % kWindowFields);
  for (uint32_t i = 0; i < size; i++) {
    const uint64_t dice = random();
    char* at = window->room();
    if (dice % empty_in != 0) {
      const bool damaged = (dice >> 32) % damaged_in == 0;
      at = damaged ? WriteDamaged(spec, writer, random, at) : writer(random, at);
    }
    window->Add(at);
  }
}

Tally CompareCase(const Case& column, uint64_t number, int64_t values, const ValuesOptions& options,
                  Differences* differences) {
  const std::vector<LevelDecoder> levels = DecodersOf(column.spec);
  const Reference reference = ReferenceOf(column.spec);
  std::vector<Tally> tallies(static_cast<size_t>(options.threads));
  std::atomic<uint64_t> next_round = 0;
  std::atomic<int64_t> rest = values;
  RunThreads(options.threads, [&](int thread) {
    ColumnComparer comparer(column.name, levels, differences);
    TextWindow window(kWindowFields);
    Tally tally;
    while (rest > 0) {
      // A round is the same whatever thread runs it.
      std::seed_seq seeds{options.seed, number, next_round++};
      Random random(seeds);
      FillWindow(column.spec, random, &window);
      rest -= window.size();
      comparer.Decode(window.Finish(), static_cast<uint32_t>(random() % 64), &tally);
      comparer.CompareWith(reference, &tally);
    }
    tallies[static_cast<size_t>(thread)] = tally;
  });
  Tally sum;
  for (const Tally& tally : tallies) sum += tally;
  return sum;
}

}  // namespace

void PrintHead() {
  std::printf("%-28s %15s %13s %13s %15s %8s %11s %8s\n", "column", "fields", "bad", "null", "by reference", "kernel",
              "differences", "seconds");
}

void PrintLine(const std::string& name, const Tally& tally, int64_t differences, double seconds) {
  char share[16] = "-";
  if (tally.given > 0) {
    std::snprintf(share, sizeof(share), "%.1f %%",
                  100 * static_cast<double>(tally.taken) / static_cast<double>(tally.given));
  }
  std::printf("%-28s %15ld %13ld %13ld %15ld %8s %11ld %8.1f\n", name.c_str(), tally.fields, tally.bad, tally.nulls,
              tally.by_reference, share, differences, seconds);
  std::fflush(stdout);
}

Tally CompareValues(const ValuesOptions& options, Differences* differences) {
  std::vector<Case> cases = AllCases();
  std::erase_if(cases, [&](const Case& column) { return column.name.find(options.only) == std::string::npos; });
  int64_t weights = 0;
  for (const Case& column : cases) weights += column.weight;
  Tally sum;
  for (size_t i = 0; i < cases.size(); i++) {
    const int64_t values = (options.values * cases[i].weight + weights - 1) / weights, before = differences->count();
    const auto start = std::chrono::steady_clock::now();
    const Tally tally = CompareCase(cases[i], i, values, options, differences);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    PrintLine(cases[i].name, tally, differences->count() - before, seconds.count());
    sum += tally;
  }
  return sum;
}

}  // namespace v0
}  // namespace headrace
