#pragma once
// Reads a plain file through io_uring: the parts of a call at the same time, and advice to have the next ones ready.
// Takes: an InputFile. Gives: bytes. Owns: a ring. Threads: one. Fails: Status that names the file.
#include <memory>
#include <string>

#include "os/file_reader.h"

namespace headrace {
inline namespace v0 {

/// Return why no ring can be had here; empty: one can.
std::string WhyNoRing();

/// Make a reader with a ring of its own; where none can be had, it reads without.
std::unique_ptr<FileReader> MakeRingReader();

}  // namespace v0
}  // namespace headrace
