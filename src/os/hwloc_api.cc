#include "os/hwloc_api.h"

#include "os/shared_library.h"

namespace headrace {
inline namespace v0 {
namespace {

#ifdef __APPLE__
constexpr const char* kLibrary = "libhwloc.15.dylib";
#else
constexpr const char* kLibrary = "libhwloc.so.15";
#endif

Result<const HwlocApi*> Load() {
  const SharedLibrary library(kLibrary);
  static HwlocApi api;
  const bool whole = library.Find("hwloc_topology_init", &api.topology_init) &&
                     library.Find("hwloc_topology_load", &api.topology_load) &&
                     library.Find("hwloc_topology_destroy", &api.topology_destroy) &&
                     library.Find("hwloc_topology_set_xml", &api.topology_set_xml) &&
                     library.Find("hwloc_topology_set_synthetic", &api.topology_set_synthetic) &&
                     library.Find("hwloc_get_type_depth", &api.get_type_depth) &&
                     library.Find("hwloc_get_nbobjs_by_depth", &api.get_nbobjs_by_depth) &&
                     library.Find("hwloc_get_obj_by_depth", &api.get_obj_by_depth) &&
                     library.Find("hwloc_cpukinds_get_nr", &api.cpukinds_get_nr) &&
                     library.Find("hwloc_cpukinds_get_info", &api.cpukinds_get_info) &&
                     library.Find("hwloc_bitmap_alloc", &api.bitmap_alloc) &&
                     library.Find("hwloc_bitmap_free", &api.bitmap_free) &&
                     library.Find("hwloc_bitmap_weight", &api.bitmap_weight) &&
                     library.Find("hwloc_bitmap_intersects", &api.bitmap_intersects);
  if (whole) return &api;
  return Status::NotImplemented("cores, caches and NUMA nodes are read with hwloc, which is not to be found here (",
                                kLibrary, ")\nfix: install it (Debian: libhwloc15)");
}

}  // namespace

Result<const HwlocApi*> LoadHwloc() {
  static const Result<const HwlocApi*> loaded = Load();
  return loaded;
}

}  // namespace v0
}  // namespace headrace
