# Fail where an object that is compiled for newer processors defines a weak symbol: an inline function of which the linker
# keeps one copy. Older processors would run that copy from anywhere in the program, and stop at its first instruction.
# Remedy: make the function a lambda, static, or a template over a type of that file, or mark it always_inline.
# Or where it has code that runs when the program starts, on any processor. Remedy: constexpr.
#   cmake -DNM=nm -DOBJECTS=a.o,b.o -P CheckVectorObjects.cmake
string(REPLACE "," ";" objects "${OBJECTS}")
set(faults "")
foreach(object IN LISTS objects)
  execute_process(COMMAND "${NM}" -C --defined-only "${object}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[0-9a-f]+ W [^\n]*" weak "${symbols}")
  string(REGEX MATCHALL "[0-9a-f]+ t _GLOBAL__sub_I_[^\n]*" constructors "${symbols}")
  foreach(symbol IN LISTS weak constructors)
    string(APPEND faults "${object}: ${symbol}\n")
  endforeach()
endforeach()
if(faults)
  message(FATAL_ERROR "Weak symbols or constructors in objects for newer processors:\n${faults}")
endif()
