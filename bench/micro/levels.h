#pragma once
// Benchmarks for each SIMD level of the machine: NAME/LEVEL.
// Takes: a kernel of the table, or what chooses kernels itself. Gives: registered benchmarks. Owns: nothing. Threads:
// one. Fails: never.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "simd/kernels.h"

namespace headrace {
inline namespace v0 {

/// A level is in force for as long as this lives; then again the one before.
class ForcedLevel {
 public:
  explicit ForcedLevel(SimdLevel level) : before_(ActiveSimdLevel()) { ForceSimdLevelForTesting(level); }
  ~ForcedLevel() { ForceSimdLevelForTesting(before_); }
  ForcedLevel(const ForcedLevel&) = delete;
  ForcedLevel& operator=(const ForcedLevel&) = delete;

 private:
  const SimdLevel before_;
};

inline std::string AtLevel(const std::string& name, SimdLevel level) {
  return name + "/" + std::string(SimdLevelName(level));
}

/// Register run(state), for which each level is in force in turn.
template <class Run>
void RegisterRoom(const std::string& name, Run run) {
  for (const SimdLevel level : SimdLevels()) {
    benchmark::RegisterBenchmark(AtLevel(name, level).c_str(), [=](benchmark::State& state) {
      const ForcedLevel forced(level);
      run(state);
    });
  }
}

/// Register run(state, kernel) for the kernel that `member` (of Kernels, or a function of one) gives at each level; not
/// where a level has none, or that of a lower one.
template <class Member, class Run>
void RegisterKernel(const std::string& name, Member member, Run run) {
  std::vector<std::decay_t<std::invoke_result_t<Member, const Kernels&>>> lower;
  for (const SimdLevel level : SimdLevels()) {
    const auto kernel = std::invoke(member, KernelsOf(level));
    if (kernel == nullptr || std::find(lower.begin(), lower.end(), kernel) != lower.end()) continue;
    lower.push_back(kernel);
    benchmark::RegisterBenchmark(AtLevel(name, level).c_str(), [=](benchmark::State& state) { run(state, kernel); });
  }
}

}  // namespace v0
}  // namespace headrace
