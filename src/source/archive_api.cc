#include "source/archive_api.h"

#include "os/shared_library.h"

namespace headrace {
inline namespace v0 {
namespace {

#ifdef __APPLE__
constexpr const char* kLibrary = "libarchive.13.dylib";
#else
constexpr const char* kLibrary = "libarchive.so.13";
#endif

Result<const ArchiveApi*> Load() {
  const SharedLibrary library(kLibrary);
  static ArchiveApi api;
  const bool whole =
      library.Find("archive_read_new", &api.read_new) && library.Find("archive_read_free", &api.read_free) &&
      library.Find("archive_read_support_format_tar", &api.support_tar) &&
      library.Find("archive_read_support_format_zip_seekable", &api.support_seekable_zip) &&
      library.Find("archive_read_set_option", &api.set_option) &&
      library.Find("archive_read_set_callback_data", &api.set_callback_data) &&
      library.Find("archive_read_set_read_callback", &api.set_read_callback) &&
      library.Find("archive_read_set_skip_callback", &api.set_skip_callback) &&
      library.Find("archive_read_set_seek_callback", &api.set_seek_callback) &&
      library.Find("archive_read_open1", &api.open) && library.Find("archive_read_next_header", &api.next_header) &&
      library.Find("archive_read_data_block", &api.read_data_block) &&
      library.Find("archive_error_string", &api.error_string) &&
      library.Find("archive_filter_bytes", &api.filter_bytes) &&
      library.Find("archive_entry_pathname", &api.entry_pathname) &&
      library.Find("archive_entry_pathname_utf8", &api.entry_pathname_utf8) &&
      library.Find("archive_entry_size", &api.entry_size) &&
      library.Find("archive_entry_filetype", &api.entry_filetype) &&
      library.Find("archive_entry_hardlink", &api.entry_hardlink) &&
      library.Find("archive_entry_is_data_encrypted", &api.entry_is_data_encrypted) &&
      library.Find("archive_entry_is_metadata_encrypted", &api.entry_is_metadata_encrypted);
  if (whole) return &api;
  return Status::NotImplemented("archives are read with libarchive, which is not to be found here (", kLibrary,
                                ")\nfix: install it (Debian: libarchive13), or unpack the archive first");
}

}  // namespace

Result<const ArchiveApi*> LoadArchiveApi() {
  static const Result<const ArchiveApi*> loaded = Load();
  return loaded;
}

}  // namespace v0
}  // namespace headrace
