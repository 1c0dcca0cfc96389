# For the kernel tests alone (preset "avx512"): this machine's compiler, and Bochs to run what it makes (tests/emulator).
# Static, for the emulated machine has no file but the program.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
find_program(HEADRACE_PYTHON3 python3 REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR "${HEADRACE_PYTHON3}" "${CMAKE_CURRENT_LIST_DIR}/../tests/emulator/run.py"
    "${CMAKE_BINARY_DIR}/emulator_kernel.bin" "${CMAKE_BINARY_DIR}/emulator_rom.bin")
