#pragma once
// What kind of storage a file lies on.
// Takes: a path, /sys/dev/block. Gives: a kind. Owns: nothing. Threads: any number. Fails: never; kUnknown.
#include <cstdint>
#include <string>
#include <string_view>

#include "os/machine_root.h"

namespace headrace {
inline namespace v0 {

enum class Storage : uint8_t {
  kUnknown,
  kMemory,      ///< tmpfs and the like
  kSolid,       ///< a block device without moving parts, as the kernel sees it
  kRotational,  ///< one with moving parts, as the kernel sees it: virtual disks may claim it
  kNetwork      ///< a file system of another machine, or of a user's program
};

/// Return the kind of storage of an existing file.
Storage StorageOf(const std::string& path, const MachineRoot& root = MachineRoot::Active());

/// Return the kind of a block device by its numbers.
Storage StorageOfDevice(unsigned major, unsigned minor, const MachineRoot& root);

/// Return its name, such as "solid".
std::string_view StorageName(Storage storage);

}  // namespace v0
}  // namespace headrace
