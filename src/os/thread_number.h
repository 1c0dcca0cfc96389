#pragma once
// The number of the calling thread, as /proc/self/task has it.
#include <cstdint>

namespace headrace {
inline namespace v0 {

int64_t ThreadNumber();

}  // namespace v0
}  // namespace headrace
