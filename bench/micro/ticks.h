#pragma once
// Ticks beside the seconds of a micro-benchmark.
//
//   Ticks ticks(&state);
//   for (auto _ : state) …
//   ticks.Report("field", fields, bytes);
//
// Ticks are those of the time stamp counter on x86-64: they come at the processor's nominal frequency, whatever its
// clock does at the moment. On aarch64 they are those of the generic timer, which is slower (24 MHz to 1 GHz). Either
// counts on while the thread waits: ticks are wall time, as seconds are for benchmarks with UseRealTime alone.
// Takes: a State. Gives: its counters. Owns: nothing. Threads: one. Fails: never.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace headrace {
inline namespace v0 {

inline uint64_t ReadTicks() {
#if defined(__x86_64__)
  return __rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  asm volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
#error "no counter of ticks is known for this processor"
#endif
}

class Ticks {
 public:
  /// Begin to count: right before the loop, which pauses nowhere.
  explicit Ticks(benchmark::State* state) : state_(state), begin_(ReadTicks()) {}

  /// Set the counters s/NAME and ticks/NAME, right behind the loop, which did `count` of what `name` names: fields, or
  /// bytes, rows, … where fields make no sense. `bytes` in all its turns give bytes_per_second; 0: none.
  void Report(const std::string& name, uint64_t count, uint64_t bytes = 0) const {
    const uint64_t ticks = ReadTicks() - begin_;
    const auto number = static_cast<double>(count);
    using benchmark::Counter;
    state_->counters["s/" + name] = Counter(number, Counter::kIsRate | Counter::kInvert);
    state_->counters["ticks/" + name] = static_cast<double>(ticks) / number;
    if (bytes > 0) state_->SetBytesProcessed(static_cast<int64_t>(bytes));
  }

 private:
  benchmark::State* const state_;
  const uint64_t begin_;
};

}  // namespace v0
}  // namespace headrace
