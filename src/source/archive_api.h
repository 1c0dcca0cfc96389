#pragma once
// libarchive, loaded when the first archive is read: linked, it and what it needs would make every start a tenth
// longer. Takes: nothing. Gives: its functions. Owns: the library, for the process. Threads: any number. Fails: Status
// that says what to install.
#include <archive.h>
#include <archive_entry.h>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

struct ArchiveApi {
  decltype(&::archive_read_new) read_new = nullptr;
  decltype(&::archive_read_free) read_free = nullptr;
  decltype(&::archive_read_support_format_tar) support_tar = nullptr;
  decltype(&::archive_read_support_format_zip_seekable) support_seekable_zip = nullptr;
  decltype(&::archive_read_set_option) set_option = nullptr;
  decltype(&::archive_read_set_callback_data) set_callback_data = nullptr;
  decltype(&::archive_read_set_read_callback) set_read_callback = nullptr;
  decltype(&::archive_read_set_skip_callback) set_skip_callback = nullptr;
  decltype(&::archive_read_set_seek_callback) set_seek_callback = nullptr;
  decltype(&::archive_read_open1) open = nullptr;
  decltype(&::archive_read_next_header) next_header = nullptr;
  decltype(&::archive_read_data_block) read_data_block = nullptr;
  decltype(&::archive_error_string) error_string = nullptr;
  decltype(&::archive_filter_bytes) filter_bytes = nullptr;
  decltype(&::archive_entry_pathname) entry_pathname = nullptr;
  decltype(&::archive_entry_pathname_utf8) entry_pathname_utf8 = nullptr;
  decltype(&::archive_entry_size) entry_size = nullptr;
  decltype(&::archive_entry_filetype) entry_filetype = nullptr;
  decltype(&::archive_entry_hardlink) entry_hardlink = nullptr;
  decltype(&::archive_entry_is_data_encrypted) entry_is_data_encrypted = nullptr;
  decltype(&::archive_entry_is_metadata_encrypted) entry_is_metadata_encrypted = nullptr;
};

/// Return the functions; the first call loads the library.
Result<const ArchiveApi*> LoadArchiveApi();

}  // namespace v0
}  // namespace headrace
