"""Makes the topologies of this folder with hwloc: `make.py`, with libhwloc15 installed. They are machines that nobody
here owns: counts of cores and kinds are those that their makers publish, sizes of caches are one kind's for all cores."""
import ctypes
import os

HERE = os.path.dirname(os.path.abspath(__file__))
GIB = 1 << 30
hwloc = ctypes.CDLL("libhwloc.so.15")
hwloc.hwloc_bitmap_alloc.restype = ctypes.c_void_p
hwloc.hwloc_get_obj_by_depth.restype = ctypes.c_void_p

# name: (synthetic description, CPU model, [threads of each kind, the slowest first]).
MACHINES = {
    "m4-pro-14": (f"package:1 [numanode(memory={48 * GIB})] l2:1(size=16777216) core:14 l1d:1(size=131072) pu:1",
                  "Apple M4 Pro", [range(10, 14), range(0, 10)]),
    "m4-max-16": (f"package:1 [numanode(memory={64 * GIB})] l2:1(size=16777216) core:16 l1d:1(size=131072) pu:1",
                  "Apple M4 Max", [range(12, 16), range(0, 12)]),
    "mac-studio-24": (f"package:1 [numanode(memory={128 * GIB})] l2:1(size=16777216) core:24 l1d:1(size=131072) pu:1",
                      "Apple M2 Ultra", [range(16, 24), range(0, 16)]),
    "mac-pro-28": (f"package:1 [numanode(memory={192 * GIB})] l2:1(size=16777216) core:28 l1d:1(size=131072) pu:1",
                   "Apple M3 Ultra", [range(20, 28), range(0, 20)]),
    "intel-hybrid-24": (f"package:1 [numanode(memory={64 * GIB})] l3:1(size=37748736) l2:24(size=2097152) core:1 pu:1",
                        "Intel Core Ultra 9 285K", [range(8, 24), range(0, 8)]),
    "epyc-2x64": (f"package:2 [numanode(memory={256 * GIB})] l3:8(size=33554432) l2:8(size=524288) l1d:1(size=32768) "
                  "core:1 pu:2", "AMD EPYC 7763", []),
}


def make(name, description, model, kinds):
    topology = ctypes.c_void_p()
    assert hwloc.hwloc_topology_init(ctypes.byref(topology)) == 0
    assert hwloc.hwloc_topology_set_synthetic(topology, description.encode()) == 0, name
    assert hwloc.hwloc_topology_load(topology) == 0, name
    machine = ctypes.c_void_p(hwloc.hwloc_get_obj_by_depth(topology, 0, 0))
    assert hwloc.hwloc_obj_add_info(machine, b"CPUModel", model.encode()) == 0
    for efficiency, cpus in enumerate(kinds):
        cpuset = ctypes.c_void_p(hwloc.hwloc_bitmap_alloc())
        hwloc.hwloc_bitmap_set_range(cpuset, cpus[0], cpus[-1])
        assert hwloc.hwloc_cpukinds_register(topology, cpuset, efficiency, 0, None, ctypes.c_ulong(0)) == 0
    path = os.path.join(HERE, name + ".xml")
    assert hwloc.hwloc_topology_export_xml(topology, path.encode(), ctypes.c_ulong(0)) == 0
    hwloc.hwloc_topology_destroy(topology)


for machine_name, parts in MACHINES.items():
    make(machine_name, *parts)
