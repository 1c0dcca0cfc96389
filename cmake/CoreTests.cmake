# The unit tests of simd, parse and decode alone, with GoogleTest from its sources: no library of the system is needed,
# another architecture's compiler is enough (preset "neon"). HEADRACE_EXPECT_SIMD: the level that has to run.
enable_testing()
find_path(HEADRACE_GTEST_SOURCES googletest/src/gtest-all.cc PATHS /usr/src/googletest REQUIRED NO_DEFAULT_PATH)
add_library(headrace_gtest STATIC EXCLUDE_FROM_ALL "${HEADRACE_GTEST_SOURCES}/googletest/src/gtest-all.cc"
            "${HEADRACE_GTEST_SOURCES}/googletest/src/gtest_main.cc")
target_include_directories(headrace_gtest SYSTEM PUBLIC "${HEADRACE_GTEST_SOURCES}/googletest/include"
                           PRIVATE "${HEADRACE_GTEST_SOURCES}/googletest")
target_compile_options(headrace_gtest PUBLIC -O1)  # tests take longer to compile than to run
find_package(Threads REQUIRED)
target_link_libraries(headrace_gtest PUBLIC Threads::Threads)

file(GLOB core_tests CONFIGURE_DEPENDS "src/simd/*_test.cc" "src/parse/*_test.cc" "src/decode/*_test.cc")
add_executable(headrace_core_tests ${core_tests})
target_link_libraries(headrace_core_tests PRIVATE headrace_core headrace_gtest)

set(environment GTEST_TOTAL_SHARDS=4)  # an emulator is slow: several processes
set(core_arguments "")
set(exact_arguments --values 2e6 --tables 2e4 --float32 both --step 20011)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  list(APPEND environment HEADRACE_EXPECT_SIMD=neon)
elseif(HEADRACE_EMULATED)
  # Some 30 million instructions a second: what runs kernels, and less of it.
  list(APPEND environment HEADRACE_EXPECT_SIMD=avx512 HEADRACE_SHORT_TESTS=1)
  set(core_arguments "--gtest_filter=KernelsTest.*:LevelsTest.*:TurnColumns.*:CopyTexts.*:TextKeys.*:Expand.*:Summarize.*:Utf8Test.LongTexts:DecodeBounds.*:*Bounds.*/avx512")
  set(exact_arguments --values 1e4 --tables 300 --float32 both --step 300007)
endif()
foreach(shard RANGE 3)
  add_test(NAME core_${shard} COMMAND headrace_core_tests ${core_arguments}
           WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
  set_tests_properties(core_${shard} PROPERTIES ENVIRONMENT "${environment};GTEST_SHARD_INDEX=${shard}")
endforeach()

file(GLOB exact_sources CONFIGURE_DEPENDS "tests/exact/*.cc")
add_executable(headrace_exact ${exact_sources})
target_include_directories(headrace_exact PRIVATE tests)
target_link_libraries(headrace_exact PRIVATE headrace_core Threads::Threads)
add_test(NAME exact COMMAND headrace_exact ${exact_arguments})
