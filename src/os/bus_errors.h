#pragma once
// A file that shrinks takes its pages out of every mapping of it: what reads them then gets SIGBUS.
// Takes: memory that is mapped from a file. Gives: a copy, or word that it is gone. Owns: the process's handler of
// SIGBUS, where the program asks for it; the library alone installs none. Threads: any number. Fails: see below.
#include <cstddef>

namespace headrace {
inline namespace v0 {

/// Make SIGBUS inside CopyFromMapping a return value; elsewhere it ends the process as ever. For programs, once.
void CatchBusErrors();

/// Return whether CatchBusErrors was called.
bool CatchesBusErrors();

/// Copy `num_bytes` from a mapping; false where some of it is no longer there. Needs CatchBusErrors.
bool CopyFromMapping(void* to, const void* from, size_t num_bytes);

}  // namespace v0
}  // namespace headrace
