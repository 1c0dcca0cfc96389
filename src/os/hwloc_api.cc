#include "os/hwloc_api.h"

#include <dlfcn.h>

namespace headrace {
inline namespace v0 {
namespace {

#ifdef __APPLE__
constexpr const char* kLibrary = "libhwloc.15.dylib";
#else
constexpr const char* kLibrary = "libhwloc.so.15";
#endif

template <class Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

Result<const HwlocApi*> Load() {
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  static HwlocApi api;
  const bool whole = library != nullptr && Find(library, "hwloc_topology_init", &api.topology_init) &&
                     Find(library, "hwloc_topology_load", &api.topology_load) &&
                     Find(library, "hwloc_topology_destroy", &api.topology_destroy) &&
                     Find(library, "hwloc_topology_set_xml", &api.topology_set_xml) &&
                     Find(library, "hwloc_topology_set_synthetic", &api.topology_set_synthetic) &&
                     Find(library, "hwloc_get_type_depth", &api.get_type_depth) &&
                     Find(library, "hwloc_get_nbobjs_by_depth", &api.get_nbobjs_by_depth) &&
                     Find(library, "hwloc_get_obj_by_depth", &api.get_obj_by_depth) &&
                     Find(library, "hwloc_cpukinds_get_nr", &api.cpukinds_get_nr) &&
                     Find(library, "hwloc_cpukinds_get_info", &api.cpukinds_get_info) &&
                     Find(library, "hwloc_bitmap_alloc", &api.bitmap_alloc) &&
                     Find(library, "hwloc_bitmap_free", &api.bitmap_free) &&
                     Find(library, "hwloc_bitmap_weight", &api.bitmap_weight) &&
                     Find(library, "hwloc_bitmap_intersects", &api.bitmap_intersects);
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
