#include "os/storage.h"

#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#endif

namespace headrace {
inline namespace v0 {

Storage StorageOfDevice(unsigned major, unsigned minor, const MachineRoot& root) {
  const std::string device = root.At("/sys/dev/block/" + std::to_string(major) + ":" + std::to_string(minor));
  // A partition has no queue of its own; its disk is the folder above.
  for (const char* queue : {"/queue/rotational", "/../queue/rotational"}) {
    const std::string text = ReadMachineFile(device + queue);
    if (!text.empty()) return text[0] == '1' ? Storage::kRotational : Storage::kSolid;
  }
  return Storage::kUnknown;
}

Storage StorageOf(const std::string& path, const MachineRoot& root) {
#ifdef __linux__
  struct statfs system;
  struct stat file;
  if (statfs(path.c_str(), &system) != 0 || stat(path.c_str(), &file) != 0) return Storage::kUnknown;
  // As linux/magic.h has them: tmpfs, ramfs, hugetlbfs; NFS, SMB 1 to 3, AFS, Ceph, 9p, FUSE.
  switch (static_cast<uint32_t>(system.f_type)) {
    case 0x01021994:
    case 0x858458f6:
    case 0x958458f6:
      return Storage::kMemory;
    case 0x6969:
    case 0x517b:
    case 0xff534d42:
    case 0xfe534d42:
    case 0x5346414f:
    case 0x00c36400:
    case 0x01021997:
    case 0x65735546:
      return Storage::kNetwork;
    default:
      return StorageOfDevice(major(file.st_dev), minor(file.st_dev), root);
  }
#else
  static_cast<void>(path);
  static_cast<void>(root);
  return Storage::kUnknown;
#endif
}

std::string_view StorageName(Storage storage) {
  switch (storage) {
    case Storage::kUnknown:
      return "unknown";
    case Storage::kMemory:
      return "memory";
    case Storage::kSolid:
      return "solid";
    case Storage::kRotational:
      return "rotational";
    case Storage::kNetwork:
      return "network";
  }
  return "";
}

}  // namespace v0
}  // namespace headrace
