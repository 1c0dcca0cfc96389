#pragma once
// Where the machine is looked at: /proc and /sys, or a folder of a test that holds both.
// Takes: HEADRACE_MACHINE_ROOT, for tests alone. Gives: paths. Owns: nothing. Threads: any number. Fails: never; what
// cannot be read is empty.
#include <cstdint>
#include <string>

namespace headrace {
inline namespace v0 {

struct MachineRoot {
  std::string prefix;  ///< stands before /proc and /sys; empty: the machine itself

  std::string At(const std::string& path) const { return prefix + path; }

  /// Return what HEADRACE_MACHINE_ROOT names, or the machine itself.
  static MachineRoot Active();
};

/// Return up to `max_bytes` of a file of /proc or /sys; empty where it cannot be read.
std::string ReadMachineFile(const std::string& path, size_t max_bytes = 256 << 10);

/// Return how many numbers a list such as "0-3,8" names; 0 where it is none.
int64_t CountList(const std::string& list);

}  // namespace v0
}  // namespace headrace
