#pragma once
// The manifest beside an output: OUTPUT.manifest.json; whether the names of both are free.
#include <string>

#include "headrace/options.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

/// Return where the manifest of `output_path` lies: beside it, with .manifest.json behind its name.
std::string ManifestPath(const std::string& output_path);

/// Fail before work starts where the manifest's name is taken: without a manifest too, since an older one would vouch
/// for this output.
Status CheckManifest(const Options& options);

/// Fail where the name of the output or of its manifest was taken while the job ran: to be asked before anything is
/// published, for what stands beside an output must not be there without it.
Status CheckNames(const Options& options);

/// Publish `json` beside `options.output_path`. Where it is empty, remove the manifest of an output that is replaced;
/// without leave to replace, there may be none.
Status PublishManifest(const Options& options, const std::string& json);

}  // namespace v0
}  // namespace headrace
