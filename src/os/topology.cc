#include "os/topology.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>

#include "os/hwloc_api.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxFileBytes = 16 << 20;

// One of hwloc's topologies, from the settings that `prepare` makes to its end.
class Loaded {
 public:
  static Result<std::unique_ptr<Loaded>> Make(const std::function<int(const HwlocApi&, hwloc_topology_t)>& prepare,
                                              const std::string& what) {
    ARROW_ASSIGN_OR_RAISE(const HwlocApi* api, LoadHwloc());
    std::unique_ptr<Loaded> loaded(new Loaded(*api));
    if (api->topology_init(&loaded->topology_) != 0) return Status::OutOfMemory("hwloc");
    if (prepare(*api, loaded->topology_) != 0 || api->topology_load(loaded->topology_) != 0) {
      return Status::Invalid(what, " is no topology that hwloc reads\nfix: give it the XML of `lstopo FILE.xml`, or a ",
                             "description such as 'package:2 core:8 pu:2'");
    }
    return loaded;
  }
  ~Loaded() {
    if (topology_ != nullptr) api_.topology_destroy(topology_);
  }

  Topology Read() const {
    Topology found;
    found.packages = std::max(1, Count(HWLOC_OBJ_PACKAGE));
    found.numa_nodes = std::max(1, Count(HWLOC_OBJ_NUMANODE));
    hwloc_obj* machine = api_.get_obj_by_depth(topology_, 0, 0);
    found.memory_bytes = static_cast<int64_t>(machine->total_memory);
    found.l1_bytes = CacheBytes(HWLOC_OBJ_L1CACHE);
    found.l2_bytes = CacheBytes(HWLOC_OBJ_L2CACHE);
    found.l3_bytes = CacheBytes(HWLOC_OBJ_L3CACHE);
    for (hwloc_obj* object : {machine, First(HWLOC_OBJ_PACKAGE)}) {
      const char* model = object == nullptr ? nullptr : hwloc_obj_get_info_by_name(object, "CPUModel");
      if (model != nullptr && found.cpu_model.empty()) found.cpu_model = model;
    }
    found.kinds = Kinds();
    return found;
  }

 private:
  explicit Loaded(const HwlocApi& api) : api_(api) {}

  int Count(hwloc_obj_type_t type) const {
    const int depth = api_.get_type_depth(topology_, type);
    return depth == HWLOC_TYPE_DEPTH_UNKNOWN || depth == HWLOC_TYPE_DEPTH_MULTIPLE
               ? 0
               : static_cast<int>(api_.get_nbobjs_by_depth(topology_, depth));
  }
  hwloc_obj_t First(hwloc_obj_type_t type) const {
    return Count(type) == 0 ? nullptr : api_.get_obj_by_depth(topology_, api_.get_type_depth(topology_, type), 0);
  }
  int64_t CacheBytes(hwloc_obj_type_t type) const {
    const hwloc_obj* cache = First(type);
    return cache == nullptr ? 0 : static_cast<int64_t>(cache->attr->cache.size);
  }

  // The cores of a set of CPUs; where none are told, each CPU is one.
  int64_t CoresIn(hwloc_const_cpuset_t set) const {
    const int count = Count(HWLOC_OBJ_CORE), depth = api_.get_type_depth(topology_, HWLOC_OBJ_CORE);
    if (count == 0) return api_.bitmap_weight(set);
    int64_t cores = 0;
    for (int i = 0; i < count; i++) {
      const hwloc_obj* core = api_.get_obj_by_depth(topology_, depth, static_cast<unsigned>(i));
      cores += api_.bitmap_intersects(core->cpuset, set);
    }
    return cores;
  }

  // hwloc ranks kinds by how fast they are, the slowest first, where it knows.
  std::vector<CoreKind> Kinds() const {
    std::vector<CoreKind> kinds;
    const int count = std::max(0, api_.cpukinds_get_nr(topology_, 0));
    hwloc_bitmap_t set = api_.bitmap_alloc();
    for (int i = count - 1; i >= 0; i--) {
      int efficiency = 0;
      if (api_.cpukinds_get_info(topology_, static_cast<unsigned>(i), set, &efficiency, nullptr, nullptr, 0) != 0)
        continue;
      if (efficiency < 0) break;  // not ranked: as good as all alike
      kinds.push_back({CoresIn(set), api_.bitmap_weight(set)});
    }
    api_.bitmap_free(set);
    if (!kinds.empty()) return kinds;
    const hwloc_obj* machine = api_.get_obj_by_depth(topology_, 0, 0);
    return {{CoresIn(machine->cpuset), api_.bitmap_weight(machine->cpuset)}};
  }

  const HwlocApi& api_;
  hwloc_topology_t topology_ = nullptr;
};

}  // namespace

int64_t Topology::cores() const {
  int64_t sum = 0;
  for (const CoreKind& kind : kinds) sum += kind.cores;
  return sum;
}

int64_t Topology::cpus() const {
  int64_t sum = 0;
  for (const CoreKind& kind : kinds) sum += kind.cpus;
  return sum;
}

Result<Topology> ReadTopology(const MachineRoot& root) {
  if (!root.prefix.empty()) setenv("HWLOC_FSROOT", root.prefix.c_str(), 1);
  ARROW_ASSIGN_OR_RAISE(const auto loaded, Loaded::Make([](const auto&, auto) { return 0; }, "this machine"));
  return loaded->Read();
}

Result<Topology> ReadTopologyFile(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const FileFacts facts, StatFile(path));
  if (!facts.is_regular || facts.size > static_cast<int64_t>(kMaxFileBytes)) {
    return Status::Invalid("'", path, "' is no file of a topology");
  }
  std::string text = ReadMachineFile(path, kMaxFileBytes);
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  const bool is_xml = text.starts_with('<');
  for (char& byte : text) {
    if (!is_xml && (byte == '\n' || byte == '\r')) byte = ' ';
  }
  const auto prepare = [&](const HwlocApi& api, hwloc_topology_t topology) {
    return is_xml ? api.topology_set_xml(topology, path.c_str()) : api.topology_set_synthetic(topology, text.c_str());
  };
  ARROW_ASSIGN_OR_RAISE(const auto loaded, Loaded::Make(prepare, "'" + path + "'"));
  return loaded->Read();
}

}  // namespace v0
}  // namespace headrace
