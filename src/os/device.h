#pragma once
// Which device a file lies on.
#include <string>

namespace headrace {
inline namespace v0 {

/// Return the device's number as "8:1"; empty where there is no such file.
std::string DeviceOf(const std::string& path);

}  // namespace v0
}  // namespace headrace
