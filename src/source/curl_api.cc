#include "source/curl_api.h"

#include "os/shared_library.h"

namespace headrace {
inline namespace v0 {
namespace {

#ifdef __APPLE__
constexpr const char* kLibrary = "libcurl.4.dylib";
#else
constexpr const char* kLibrary = "libcurl.so.4";
#endif

Result<const CurlApi*> Load() {
  const SharedLibrary library(kLibrary);
  static CurlApi api;
  const bool whole =
      library.Find("curl_global_init", &api.global_init) && library.Find("curl_easy_init", &api.easy_init) &&
      library.Find("curl_easy_cleanup", &api.easy_cleanup) && library.Find("curl_easy_reset", &api.easy_reset) &&
      library.Find("curl_easy_setopt", &api.easy_setopt) && library.Find("curl_easy_getinfo", &api.easy_getinfo) &&
      library.Find("curl_easy_pause", &api.easy_pause) && library.Find("curl_easy_strerror", &api.easy_strerror) &&
      library.Find("curl_slist_append", &api.slist_append) &&
      library.Find("curl_slist_free_all", &api.slist_free_all) && library.Find("curl_multi_init", &api.multi_init) &&
      library.Find("curl_multi_cleanup", &api.multi_cleanup) &&
      library.Find("curl_multi_add_handle", &api.multi_add_handle) &&
      library.Find("curl_multi_remove_handle", &api.multi_remove_handle) &&
      library.Find("curl_multi_perform", &api.multi_perform) && library.Find("curl_multi_poll", &api.multi_poll) &&
      library.Find("curl_multi_info_read", &api.multi_info_read);
  if (!whole || api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Status::NotImplemented("URLs are read with libcurl, which is not to be found here (", kLibrary,
                                  ")\nfix: install it (Debian: libcurl4), or download the file first");
  }
  return &api;
}

}  // namespace

Result<const CurlApi*> LoadCurl() {
  static const Result<const CurlApi*> loaded = Load();
  return loaded;
}

}  // namespace v0
}  // namespace headrace
