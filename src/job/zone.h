#pragma once
// The system's zone database. Takes: the name of a zone. Gives: its clock changes as decode looks them up.
// Threads: any. Fails: with the zone's name where the database does not have it.
#include <memory>
#include <string>

#include "decode/local_zone.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Read a zone such as Europe/Rome, with all its clock changes, past and future. While one of a name is in use, it is
/// the same object: columns of a zone share it, and its decoders.
Result<std::shared_ptr<const LocalZone>> LoadZone(const std::string& name);

}  // namespace v0
}  // namespace headrace
