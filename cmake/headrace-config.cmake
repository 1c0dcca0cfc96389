# find_package(headrace) reads this. Arrow's headers come from an installed Arrow 26 or from pyarrow 26.0.1: name its
# interpreter with -DHEADRACE_PYTHON=... where python3 of the PATH is not the one.
include(CMakeFindDependencyMacro)
list(PREPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
find_dependency(Threads)
find_dependency(absl)
find_dependency(LibLZMA)
find_dependency(HeadraceArrow)
list(POP_FRONT CMAKE_MODULE_PATH)
include("${CMAKE_CURRENT_LIST_DIR}/headrace-targets.cmake")
