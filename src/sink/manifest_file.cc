#include "sink/manifest_file.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "os/atomic_file.h"
#include "os/input_file.h"
#include "os/temporary.h"

namespace headrace {
inline namespace v0 {
namespace {

// Another output's manifest must not vouch for this one.
Status CheckNoOlder(const Options& options) {
  ARROW_RETURN_NOT_OK(CheckReplaceable(options.output_path, false));
  const std::string path = ManifestPath(options.output_path);
  if (!CheckReplaceable(path, false).IsAlreadyExists()) return Status::OK();  // a name may be too long to be there
  return Status::AlreadyExists("'", path, "' exists already, and is not of this output",
                               "\nfix: remove it with --overwrite, write another with --manifest --overwrite, or "
                               "choose another name for the output");
}

// Before the new output has its name: a crash in between leaves the old one without a manifest, not the new one with
// the old one's.
Status RemoveOlder(const Options& options) {
  const std::string path = ManifestPath(options.output_path);
  const bool is_gone = unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENAMETOOLONG;
  return is_gone ? Status::OK() : SystemError(errno, "cannot remove", path);
}

}  // namespace

std::string ManifestPath(const std::string& output_path) { return WithoutSlashes(output_path) + ".manifest.json"; }

Status CheckManifest(const Options& options) {
  const std::string path = ManifestPath(options.output_path);
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Status::Invalid("'", path, "' is a folder, and its name is that of the output's manifest",
                           "\nfix: rename the folder, or choose another name for the output");
  }
  if (options.manifest) return CheckReplaceable(path, options.overwrite);
  return options.overwrite ? Status::OK() : CheckNoOlder(options);
}

Status CheckNames(const Options& options) {
  const OutputKind kind = options.output_kind;
  if (kind == OutputKind::kNone || kind == OutputKind::kIpcStream) return Status::OK();
  const bool is_directory = kind != OutputKind::kParquet && kind != OutputKind::kIpcFile;
  ARROW_RETURN_NOT_OK(CheckTarget(WithoutSlashes(options.output_path), options.overwrite, is_directory));
  return CheckManifest(options);
}

Status PublishManifest(const Options& options, const std::string& json) {
  if (json.empty()) return options.overwrite ? RemoveOlder(options) : CheckNoOlder(options);
  ARROW_ASSIGN_OR_RAISE(auto file, AtomicFile::Create(ManifestPath(options.output_path), options.overwrite));
  ARROW_RETURN_NOT_OK(file->Write(json.data(), static_cast<int64_t>(json.size())));
  ARROW_RETURN_NOT_OK(file->Sync());
  return file->Publish();
}

}  // namespace v0
}  // namespace headrace
