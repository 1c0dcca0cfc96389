#include "os/device.h"

#include <sys/stat.h>
#ifdef __linux__
#include <sys/sysmacros.h>
#endif

namespace headrace {
inline namespace v0 {

std::string DeviceOf(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return "";
  return std::to_string(major(facts.st_dev)) + ":" + std::to_string(minor(facts.st_dev));
}

}  // namespace v0
}  // namespace headrace
