#pragma once
// The last look before an output is published: it is read again, page by page, by the code of `headrace verify`.
#include <string>

#include "headrace/ingest.h"
#include "sink/sink.h"

namespace headrace {
inline namespace v0 {

/// Read what `sink` left after Finish, and compare it with the account in `manifest_json`. Fails where something does
/// not match, with the first thing that does not.
Status VerifyBeforePublishing(const Sink& sink, const Options& options, const std::string& manifest_json,
                              const arrow::StopToken& stop);

}  // namespace v0
}  // namespace headrace
