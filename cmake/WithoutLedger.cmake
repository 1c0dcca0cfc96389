# headrace_without_ledger: the program without rejects, ledger and locations (src/os/keeps_ledger.h), which bench/ledger
# measures ours against. All sources are compiled again, for the constant stands in a header, and archived and linked in
# the order of ours. Built only where it is asked for, not installed, and its version says that it is not for use.

get_target_property(without_ledger_links headrace LINK_LIBRARIES)

add_library(headrace_without_ledger_library STATIC EXCLUDE_FROM_ALL ${library_sources} ${core_sources})
target_include_directories(headrace_without_ledger_library PUBLIC include src "${CMAKE_CURRENT_SOURCE_DIR}")
target_include_directories(headrace_without_ledger_library SYSTEM PRIVATE "${HEADRACE_ISAL_INCLUDE}"
                           "${HEADRACE_CURL_INCLUDE}" "${HEADRACE_ZSTD_INCLUDE}")
target_compile_definitions(headrace_without_ledger_library PUBLIC
  HEADRACE_WITHOUT_LEDGER=1 HEADRACE_VERSION="${PROJECT_VERSION}+without-ledger.not-for-use")
target_link_libraries(headrace_without_ledger_library PUBLIC ${without_ledger_links})

add_library(headrace_without_ledger_objects OBJECT EXCLUDE_FROM_ALL ${cli_sources})
target_link_libraries(headrace_without_ledger_objects PUBLIC headrace_without_ledger_library CLI11::CLI11)

add_executable(headrace_without_ledger EXCLUDE_FROM_ALL "${cli_main}")
target_link_libraries(headrace_without_ledger PRIVATE headrace_without_ledger_objects headrace_without_ledger_library)
