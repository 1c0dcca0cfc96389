#pragma once
// hwloc, loaded when a topology is wanted: no job pays for it.
// Takes: nothing. Gives: its functions. Owns: the library, for the process. Threads: any number. Fails: Status that
// says what to install.
#include <hwloc.h>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

struct HwlocApi {
  decltype(&::hwloc_topology_init) topology_init = nullptr;
  decltype(&::hwloc_topology_load) topology_load = nullptr;
  decltype(&::hwloc_topology_destroy) topology_destroy = nullptr;
  decltype(&::hwloc_topology_set_xml) topology_set_xml = nullptr;
  decltype(&::hwloc_topology_set_synthetic) topology_set_synthetic = nullptr;
  decltype(&::hwloc_get_type_depth) get_type_depth = nullptr;
  decltype(&::hwloc_get_nbobjs_by_depth) get_nbobjs_by_depth = nullptr;
  decltype(&::hwloc_get_obj_by_depth) get_obj_by_depth = nullptr;
  decltype(&::hwloc_cpukinds_get_nr) cpukinds_get_nr = nullptr;
  decltype(&::hwloc_cpukinds_get_info) cpukinds_get_info = nullptr;
  decltype(&::hwloc_bitmap_alloc) bitmap_alloc = nullptr;
  decltype(&::hwloc_bitmap_free) bitmap_free = nullptr;
  decltype(&::hwloc_bitmap_weight) bitmap_weight = nullptr;
  decltype(&::hwloc_bitmap_intersects) bitmap_intersects = nullptr;
};

/// Return the functions; the first call loads the library.
Result<const HwlocApi*> LoadHwloc();

}  // namespace v0
}  // namespace headrace
