#include "sink/manifest_file.h"

#include <unistd.h>

#include "os/atomic_file.h"

namespace headrace {
inline namespace v0 {

std::string ManifestPath(const std::string& output_path) {
  std::string path = output_path;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path + ".manifest.json";
}

Status CheckManifest(const Options& options) {
  return options.manifest ? CheckReplaceable(ManifestPath(options.output_path), options.overwrite) : Status::OK();
}

Status PublishManifest(const Options& options, const std::string& json) {
  if (json.empty()) {
    // An older output's manifest must not vouch for this one.
    if (options.overwrite) unlink(ManifestPath(options.output_path).c_str());
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(auto file, AtomicFile::Create(ManifestPath(options.output_path), options.overwrite));
  ARROW_RETURN_NOT_OK(file->Write(json.data(), static_cast<int64_t>(json.size())));
  ARROW_RETURN_NOT_OK(file->Sync());
  return file->Publish();
}

}  // namespace v0
}  // namespace headrace
