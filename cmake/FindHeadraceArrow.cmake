# Find Arrow and Parquet C++ and make the imported targets Arrow::arrow and Parquet::parquet.
#
# 1. An installed Arrow 26 with CMake files (find_package(Arrow 26 CONFIG), then Parquet).
# 2. Else the pinned pyarrow wheel in the project's virtual environment: it ships the headers and the shared
#    libraries, but no CMake files. Run scripts/bootstrap.sh to make that environment.
#
# Input:  HEADRACE_PYTHON        the interpreter whose pyarrow is used (python3 of the PATH where there is none)
#         HEADRACE_SYSTEM_ARROW  OFF to go straight to the wheel
# Output: HeadraceArrow_FOUND, HeadraceArrow_VERSION, HeadraceArrow_ORIGIN ("system" or "wheel"),
#         HeadraceArrow_LIBRARY_DIR (wheel only)
#
# The wheel is manylinux_2_28, built with the new libstdc++ ABI (_GLIBCXX_USE_CXX11_ABI=1), the default of g++ 12 and of
# clang with libstdc++: nothing has to be defined. libarrow contains the compute registry's core, the codecs,
# IPC and the local file system; libparquet needs libarrow alone; libarrow_compute (kernels such as cast, sort and
# filter), libarrow_s3 and the others are separate and not linked here.

set(HeadraceArrow_REQUIRED_VERSION 26.0.1)
set(HEADRACE_PYTHON "${CMAKE_SOURCE_DIR}/.venv/bin/python" CACHE FILEPATH
    "Python interpreter whose pyarrow ${HeadraceArrow_REQUIRED_VERSION} provides Arrow C++")
option(HEADRACE_SYSTEM_ARROW "Use an installed Arrow 26 where there is one" ON)

include(FindPackageHandleStandardArgs)

if(HEADRACE_SYSTEM_ARROW AND NOT TARGET Arrow::arrow)
  find_package(Arrow 26 CONFIG QUIET)
  if(Arrow_FOUND)
    find_package(Parquet 26 CONFIG QUIET)
  endif()
  if(Arrow_FOUND AND Parquet_FOUND)
    set(HeadraceArrow_ORIGIN system)
    set(HeadraceArrow_VERSION "${Arrow_VERSION}")
    foreach(name IN ITEMS arrow parquet)
      set(package Arrow)
      if(name STREQUAL "parquet")
        set(package Parquet)
      endif()
      if(NOT TARGET ${package}::${name})
        add_library(${package}::${name} INTERFACE IMPORTED)
        if(TARGET ${package}::${name}_shared)
          target_link_libraries(${package}::${name} INTERFACE ${package}::${name}_shared)
        else()
          target_link_libraries(${package}::${name} INTERFACE ${package}::${name}_static)
        endif()
      endif()
    endforeach()
  endif()
endif()

if(NOT HeadraceArrow_ORIGIN)
  set(_headrace_wheel "")
  set(_headrace_python "${HEADRACE_PYTHON}")
  if(NOT EXISTS "${_headrace_python}")
    find_program(HEADRACE_PATH_PYTHON python3)
    set(_headrace_python "${HEADRACE_PATH_PYTHON}")
  endif()
  if(_headrace_python)
    execute_process(
      COMMAND "${_headrace_python}" -c
              "import pyarrow as p; print(p.__version__, p.get_include(), p.get_library_dirs()[0], sep=';')"
      OUTPUT_VARIABLE _headrace_wheel OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  list(LENGTH _headrace_wheel _headrace_wheel_fields)
  if(_headrace_wheel_fields EQUAL 3)
    list(GET _headrace_wheel 0 _headrace_wheel_version)
    list(GET _headrace_wheel 1 _headrace_wheel_include)
    list(GET _headrace_wheel 2 _headrace_wheel_libraries)
    set(_headrace_arrow "${_headrace_wheel_libraries}/libarrow.so.2600")
    set(_headrace_parquet "${_headrace_wheel_libraries}/libparquet.so.2600")
    if(APPLE)  # untested
      set(_headrace_arrow "${_headrace_wheel_libraries}/libarrow.2600.dylib")
      set(_headrace_parquet "${_headrace_wheel_libraries}/libparquet.2600.dylib")
    endif()
    if(_headrace_wheel_version VERSION_EQUAL HeadraceArrow_REQUIRED_VERSION AND EXISTS "${_headrace_arrow}"
       AND EXISTS "${_headrace_parquet}")
      set(HeadraceArrow_ORIGIN wheel)
      set(HeadraceArrow_VERSION "${_headrace_wheel_version}")
      set(HeadraceArrow_LIBRARY_DIR "${_headrace_wheel_libraries}")
      if(NOT TARGET Arrow::arrow)
        add_library(Arrow::arrow SHARED IMPORTED)
        set_target_properties(Arrow::arrow PROPERTIES
          IMPORTED_LOCATION "${_headrace_arrow}"
          INTERFACE_INCLUDE_DIRECTORIES "${_headrace_wheel_include}")
      endif()
      if(NOT TARGET Parquet::parquet)
        add_library(Parquet::parquet SHARED IMPORTED)
        set_target_properties(Parquet::parquet PROPERTIES
          IMPORTED_LOCATION "${_headrace_parquet}"
          INTERFACE_INCLUDE_DIRECTORIES "${_headrace_wheel_include}"
          INTERFACE_LINK_LIBRARIES Arrow::arrow)
      endif()
    endif()
  endif()
endif()

find_package_handle_standard_args(HeadraceArrow
  REQUIRED_VARS HeadraceArrow_ORIGIN
  VERSION_VAR HeadraceArrow_VERSION
  REASON_FAILURE_MESSAGE
    "Neither an installed Arrow 26 nor pyarrow ${HeadraceArrow_REQUIRED_VERSION} at ${HEADRACE_PYTHON}. Name an \
interpreter that has it with -DHEADRACE_PYTHON=..., or, to build headrace itself, run scripts/bootstrap.sh.")
