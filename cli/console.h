#pragma once
// Standard output and standard error: whole texts, told errors, and what a terminal can show.
#include <cstddef>
#include <string>
#include <string_view>

#include "headrace/status.h"

namespace headrace::cli {

/// Open what a parent closed of descriptors 0 to 2, so that no file of ours takes their place. Reading and writing them
/// fails as before.
void OccupyStandardDescriptors();

/// Write all of `text` to standard output. A reader that went away is an IOError with EPIPE (see IsClosedPipe).
Status WriteOutput(std::string_view text);

/// Write `text` to standard error; there is nobody to tell when that fails.
void Tell(std::string_view text);

bool IsTerminal(int descriptor);
/// Return true where the terminal understands "erase to the end of the line".
bool CanErase(int descriptor);
/// Return true where colour is wanted: a terminal that can show it, and no NO_COLOR.
bool WantsColour(int descriptor);
/// Return the terminal's columns, or 80.
size_t TerminalColumns(int descriptor);

/// Return the errno that `status` carries, or 0.
int ErrnoOf(const Status& status);
bool IsClosedPipe(const Status& status);

}  // namespace headrace::cli
