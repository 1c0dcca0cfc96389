# The two images that tests/emulator/run.py starts the emulated machine with.
enable_language(ASM)
set(emulator_sources "${CMAKE_CURRENT_SOURCE_DIR}/tests/emulator")
function(headrace_image name script)
  add_executable(${name} ${ARGN})
  target_compile_options(${name} PRIVATE -O2 -ffreestanding -fno-pic -mno-red-zone -mgeneral-regs-only
    -fno-stack-protector -fno-asynchronous-unwind-tables
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
  target_link_options(${name} PRIVATE -nostdlib -no-pie "-Wl,-T,${emulator_sources}/${script}" -Wl,--build-id=none
    -Wl,--no-warn-rwx-segments)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF LINK_DEPENDS "${emulator_sources}/${script}")
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND "${CMAKE_OBJCOPY}" -O binary $<TARGET_FILE:${name}> "${CMAKE_BINARY_DIR}/${name}.bin")
endfunction()
headrace_image(emulator_rom rom.ld "${emulator_sources}/rom.S")
headrace_image(emulator_kernel kernel.ld "${emulator_sources}/entry.S" "${emulator_sources}/kernel.cc")
